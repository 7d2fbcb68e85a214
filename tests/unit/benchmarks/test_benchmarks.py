"""Every benchmark at a tiny size: the answer's shape, and that all sides did the same work. No timing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connectors.marc.writing import to_iso2709
from hub.benchmarks import full_text, peers, zoom
from hub.benchmarks.records import made_record, write_file
from hub.benchmarks.running import Wanted, run
from hub.benchmarks.table import BENCHMARKS
from hub.cli.main import run as command_line
from hub.errors import NotFound, Refusal
from hub.kernel.record import Flavour
from hub.messages.catalogue import text

PEERS = {
    "marc": {"pymarc", "mrrc"}, "store": {"sqlite3"}, "search": {"sqlite_fts5"}, "dedupe": {"rapidfuzz_loop"},
    "z3950": {"yaz_client", "zoom"}, "harvest": {"raw_fetch"},
}  # fmt: skip
TINY = 24
DONE = {
    "marc": {"full_decode": f"{TINY} records, 344 fields, 632 subfields, 5116 characters"},
    "store": {f"commits_{callers}_callers": f"{TINY} rows committed" for callers in (1, 8, 64)},
    "search": {"analyse": f"{TINY} documents", "index": f"{TINY} documents"},
    "dedupe": {"describe": f"{TINY} records described"},
    "z3950": {},
    "harvest": {"harvest": f"{TINY} records"},
}


async def measured(name: str, folder: Path, **wanted: Any) -> dict[str, Any]:
    """The answer of a benchmark whose clock goes on by one at every look."""
    ticks = count()
    return await run(
        Wanted(name, **{"rounds": 1, "records": TINY, **wanted}), folder, lambda: float(next(ticks)), "en"
    )


def list_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def sides(names: Mapping[str, Any]) -> set[str]:
    return {name.partition(".")[2] for name in names}


@pytest.mark.parametrize("name", BENCHMARKS)
async def test_both_sides_do_the_same_work_and_leave_nothing_on_the_disk(name: str, tmp_path: Path) -> None:
    answer = await measured(name, tmp_path)
    assert answer["name"] == name
    assert (answer["rounds"], answer["records"]) == (1, TINY)
    assert answer["same_work"] is True, answer["work"]
    assert answer["work"].items() >= DONE[name].items()
    assert sides(answer["figures"]) == ({"tongjie"} | PEERS[name]) - set(answer["absent"])
    assert sides(answer["ratios"]) == {f"tongjie/{peer}" for peer in PEERS[name] - set(answer["absent"])}
    assert all(value > 0 for value in (*answer["figures"].values(), *answer["ratios"].values()))
    assert set(answer["ratio_ranges"]) == set(answer["ratios"])
    assert json.loads(json.dumps(answer)) == answer
    assert list_of(tmp_path) == []


async def test_records_of_a_file_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "own.mrc"
    write_file(file, 30)
    answer = await measured("marc", tmp_path, file=file, records=50)
    assert answer["records"] == 30
    assert answer["work"]["full_decode"].startswith("30 records, ")
    assert answer["same_work"] is True
    assert list_of(tmp_path) == [file]


async def test_peers_that_are_not_installed_are_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "program", lambda name: None)
    monkeypatch.setattr(zoom, "LIBRARY", "libyaz.so.none")
    zoom.library.cache_clear()
    answer = await measured("z3950", tmp_path)
    assert answer["absent"] == {
        "yaz_client": text("bench.no_program", "en", programs="yaz-client"),
        "zoom": text("bench.no_program", "en", programs="libyaz.so.none"),
        "zebra": text("bench.no_program", "en", programs="zebrasrv, zebraidx"),
    }
    assert sides(answer["figures"]) == {"tongjie"}
    assert answer["ratios"] == {}


async def test_a_sqlite_without_full_text_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.benchmarks.search.is_here", lambda: False)
    answer = await measured("search", tmp_path)
    assert set(answer["absent"]) == {"sqlite_fts5"}
    assert answer["ratios"] == {}


@pytest.mark.parametrize("token", ["中国", "c++", "a-b", "𠮷野", "river", "1996", "naïve"])
def test_the_full_text_peer_keeps_tokens_whole(token: str, tmp_path: Path) -> None:
    spelled = full_text.spelled(token)
    assert spelled.isalnum()
    assert full_text.spelled(spelled) == spelled


async def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        await measured("speed", tmp_path)
    assert all(name in refused.value.say("en") for name in BENCHMARKS)


async def test_a_file_must_be_there_and_hold_records(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        await measured("marc", tmp_path, file=tmp_path / "none.mrc")
    (tmp_path / "prose.mrc").write_text("no records at all", "utf-8")
    with pytest.raises(Refusal, match="only 0 records"):
        await measured("marc", tmp_path, file=tmp_path / "prose.mrc")


def test_the_command_prints_one_object_or_a_line_for_each_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "dedupe", "--records", str(TINY), "--rounds", "1"]
    environment = {"TONGJIE_DATA": str(tmp_path / "data"), "TONGJIE_LANGUAGE": "en"}
    assert command_line([*words, "--json"], environment) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "dedupe"
    assert command_line(words, environment) == 0
    printed = capsys.readouterr().out
    for word in ("pairs_per_second", "tongjie/rapidfuzz_loop", f"{TINY} records described"):
        assert word in printed


@pytest.mark.parametrize(
    "words", [["speed"], ["marc", "--rounds", "0"], ["marc", "--records", "none"], []], ids=" ".join
)
def test_wrong_usage_is_2(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line(["bench", *words], {"TONGJIE_DATA": str(tmp_path / "data"), "TONGJIE_LANGUAGE": "en"})
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage: tongjie bench" in said.err


async def test_a_reader_of_utf8_alone_takes_no_part_in_another_encoding(
    tmp_path: Path,
) -> None:
    file = tmp_path / "own.iso"
    chinese = [record for record in map(made_record, range(60)) if record.flavour is Flavour.CNMARC]
    file.write_bytes(b"".join(to_iso2709(record, "gb18030") for record in chinese))
    answer = await measured("marc", tmp_path, file=file)
    assert answer["absent"]["mrrc"] == text("bench.other_encoding", "en", encoding="gb18030")
    assert answer["same_work"] is True, answer["work"]
