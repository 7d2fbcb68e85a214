"""tongjie timetable: set, listed for people and programs, started, skipped, stopped and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tongjie


@pytest.fixture
def source(tongjie: Tongjie, tmp_path: Path) -> str:
    (tmp_path / "drop").mkdir()
    added = tongjie(
        "source", "add", "one", "--member", "JLT", "--protocol", "file", "--address", tmp_path / "drop"
    )
    assert added.code == 0, added.err
    return "one"


def test_a_source_is_given_a_timetable_and_controlled(tongjie: Tongjie, source: str) -> None:
    rules = ("--times", "2:30", "--days", "working", "--full", "sun", "--window", "22:00-06:00")
    kept = tongjie("timetable", "set", source, *rules, "--missed", "skip", "--json").answer
    assert (kept["times"], kept["days"], kept["full"], kept["missed"]) == ("02:30", "working", "sun", "skip")

    (told,) = tongjie("timetable", "list", "--json").answer["sources"]
    assert (told["state"], told["next_at"]) == ("ready", kept["next_at"])
    assert "working days, make-up days too" in tongjie("timetable", "list").out
    assert "工作日（含调休）" in tongjie("timetable", "list", TONGJIE_LANGUAGE="zh").out
    assert "02:30" in tongjie("timetable", "list").out.splitlines()[1].split("  ")[-1], "in wall time"

    assert tongjie("timetable", "skip", source, "--json").answer["skipped"] == kept["next_at"]
    skipped = tongjie("timetable", "skip", source).out
    assert " 02:30" in skipped, "in wall time"
    assert "+00:00" not in skipped
    assert tongjie("timetable", "start", source, "--full").code == 0
    assert tongjie("timetable", "list", "--json").answer["sources"][0]["state"] == "starting"
    assert tongjie("timetable", "stop", source, "--json").answer["state"] == "stopped"
    refused = tongjie("timetable", "stop", source)
    assert (refused.code, "nothing to stop" in refused.err) == (1, True)
    assert tongjie("timetable", "remove", source).code == 0
    assert tongjie("timetable", "list", "--json").answer["sources"][0]["timetable"] is None


def test_a_wrong_timetable_is_refused_with_the_remedy(tongjie: Tongjie, source: str) -> None:
    refused = tongjie("timetable", "set", source, "--times", "noon")
    assert (refused.code, "Write 02:30" in refused.err) == (1, True)
    assert tongjie("timetable", "set", "nobody", "--times", "02:30").code == 1
    assert tongjie("timetable", "set", source, "--times", "02:30", "--missed", "each").code == 2
