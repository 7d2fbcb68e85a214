"""Every command over a folder of its own: one JSON object, or sentences for people."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import to_iso2709
from hub.cli.commands import COMMANDS
from hub.kernel.record import Flavour
from tests import lived_in
from tests.command_line import LONGEST, environment
from tests.command_line import command as typed_words
from tests.short_records import record
from tests.unit.cli.conftest import Tongjie


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Five good records, one that is none, and one that comes twice."""
    file = tmp_path / "jlt.mrc"
    good = lived_in.marc("JLT", range(5))
    file.write_bytes(good + b"00046nam  22 nothing of the kind\x1d" + lived_in.marc("JLT", [0]))
    return file


def test_a_new_folder_holds_the_nanjing_network(tongjie: Tongjie) -> None:
    nodes = tongjie("network", "list", "--json").answer["nodes"]
    assert len(nodes) == 46
    shown = tongjie("network", "show", "JLT", "--json").answer
    assert (shown["code"], shown["level"]) == ("JLT", "city")
    assert "金陵图书馆" in tongjie("network", "list", TONGJIE_LANGUAGE="zh").out


def test_an_unknown_node_is_refused_in_both_languages(tongjie: Tongjie) -> None:
    english = tongjie("network", "show", "XYZ")
    assert (english.code, english.out) == (1, "")
    assert english.err == "tongjie: There is no node XYZ. Check it and try again.\n"
    chinese = tongjie("network", "show", "XYZ", TONGJIE_LANGUAGE="zh")
    assert chinese.err == "tongjie: 没有找到节点：XYZ。请核对后重试。\n"


def test_ingesting_counts_what_became_of_every_record(tongjie: Tongjie, catalogue: Path) -> None:
    order = ("ingest", catalogue, "--member", "JLT", "--json")
    tried = tongjie(*order, "--dry-run").answer
    counts = {"read": 7, "stored": 5, "unchanged": 1, "quarantined": 1}
    assert {name: tried[name] for name in counts} == counts
    assert sum(tried["reasons"].values()) == 1
    assert tongjie("source", "list", "--json").answer == {"sources": []}, "a dry run leaves nothing"
    first = tongjie(*order).answer
    assert {name: first[name] for name in counts} == counts
    again = tongjie(*order).answer
    assert {name: again[name] for name in counts} == counts | {"stored": 0, "unchanged": 6}
    assert tongjie("doctor", "--json").answer["violations"] == []


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--member", "NOBODY", "NOBODY"),
        ("--encoding", "klingon", "klingon"),
        ("--profile", "none-such", "none-such"),
    ],
)
def test_a_wrong_option_is_named_with_the_remedy(
    tongjie: Tongjie, catalogue: Path, option: str, value: str, named: str
) -> None:
    words = ["ingest", catalogue, "--member", "JLT", option, value]
    said = tongjie(*words, "--json")
    assert (said.code, said.out) == (1, "")
    assert named in said.err
    assert said.err != tongjie(*words, TONGJIE_LANGUAGE="zh").err


def test_a_file_that_is_not_there_is_named(tongjie: Tongjie, tmp_path: Path) -> None:
    said = tongjie("ingest", tmp_path / "none.mrc", "--member", "JLT")
    assert said.code == 1
    assert "none.mrc" in said.err


def test_clustering_exports_a_line_per_record_and_search_finds_it(
    tongjie: Tongjie, tmp_path: Path, catalogue: Path
) -> None:
    other = tmp_path / "xwt.mrc"
    other.write_bytes(lived_in.marc("XWT", [0, 1]))
    for member, file in (("JLT", catalogue), ("XWT", other)):
        assert tongjie("ingest", file, "--member", member).code == 0
    exported = tmp_path / "clusters.tsv"
    report = tongjie("cluster", "--export", exported, "--json").answer
    assert (report["records"], report["clusters"]) == (7, 5)
    lines = [line.split("\t") for line in exported.read_text("utf-8").splitlines()]
    assert {name for name, _ in lines} == {
        *(f"JLT:JLT{number:04d}" for number in range(5)), "XWT:XWT0000", "XWT:XWT0001",
    }  # fmt: skip
    edition = {line[0]: line[1] for line in lines}
    assert edition["JLT:JLT0000"] == edition["XWT:XWT0000"] != edition["JLT:JLT0001"]

    for query in ("红楼梦", "honglou", "hlm", "紅樓夢"):
        found = tongjie("search", query, "--json", "--facets").answer
        assert [hit["cluster"] for hit in found["hits"]] == [edition["JLT:JLT0000"]], query
        assert found["facets"]
    refused = tongjie("search", "红楼梦", "--limit", "-1")
    assert (refused.code, "limit" in refused.err) == (1, True)
    assert "红楼梦" in tongjie("search", "红楼梦").out
    explained = tongjie("dedupe", "explain", "JLT:JLT0000", "XWT:XWT0000", "--json").answer
    assert (explained["tier"], bool(explained["evidence"])) == ("automatic", True)
    assert "JLT:nobody" in tongjie("dedupe", "explain", "JLT:JLT0000", "JLT:nobody").err


def test_converting_both_ways(tongjie: Tongjie, tmp_path: Path, catalogue: Path) -> None:
    there, back = tmp_path / "marc21.mrc", tmp_path / "cnmarc.mrc"
    forth = tongjie("convert", catalogue, there, "--to", "marc21", "--json").answer
    assert (forth["read"], forth["written"], forth["quarantined"]) == (7, 6, 1)
    assert [one["position"] for one in forth["left_out"]] == [6]
    assert tongjie("convert", there, back, "--to", "cnmarc", "--encoding", "gb18030", "--json").code == 0
    first = read(next(iter(read_file(there))))
    assert isinstance(first, ReadRecord)
    assert (first.format, first.record.first("245", "a")) == ("marc21", "红楼梦 /")
    returned = read(next(iter(read_file(back))))
    assert isinstance(returned, ReadRecord)
    assert (returned.encoding, returned.record.first("200", "a")) == ("gb18030", "红楼梦")


def test_converting_reports_what_the_encoding_lacks_and_what_is_too_long(
    tongjie: Tongjie, tmp_path: Path
) -> None:
    made = [
        record(Flavour.MARC21, {"001": "a", "245": "$aA cat \N{CAT FACE}"}),
        record(Flavour.MARC21, {"001": "b", "245": "$a" + "x" * 12_000}),
    ]
    source = tmp_path / "source.jsonl"
    import json

    from connectors.marc.marc_json import to_json

    source.write_text("\n".join(json.dumps(to_json(one)) for one in made), "utf-8")
    said = tongjie(
        "convert", source, tmp_path / "out.mrc", "--to", "marc21", "--encoding", "marc8", "--json"
    ).answer
    assert said["missing_characters"] == {"\N{CAT FACE}": 1}
    assert (said["written"], said["reasons"]) == (1, {"too_long": 1})
    assert [(one["position"], one["record"], one["reason"]) for one in said["left_out"]] == [
        (2, "b", "too_long")
    ]
    assert "field 245: 12005 bytes" in tongjie("convert", source, tmp_path / "out.mrc", "--to", "marc21").out
    refused = tongjie("convert", source, tmp_path / "out.csv", "--to", "marc21", "--json")
    assert refused.code == 1
    assert "CNMARC" in refused.err
    same = tongjie("convert", source, source, "--to", "marc21")
    assert same.code == 1
    assert source.read_text("utf-8"), "the source is not overwritten"


def test_evaluating_on_labelled_pairs(tongjie: Tongjie, tmp_path: Path) -> None:
    jlt, xwt, pairs = tmp_path / "jlt.mrc", tmp_path / "xwt.mrc", tmp_path / "pairs.tsv"
    jlt.write_bytes(lived_in.marc("JLT", [0, 1]))
    xwt.write_bytes(lived_in.marc("XWT", [0, 1]))
    pairs.write_text("JLT0000\tXWT0000\t1\tsame\nJLT0000\tXWT0001\t0\tother\nJLT0001\tXWT0001\tx\tdoubt\n")
    words = ("dedupe", "evaluate", "--records", jlt, xwt, "--pairs", pairs, "--json")
    answer = tongjie(*words).answer
    assert (answer["pairs"], answer["f1"], answer["false_positives"]) == (2, 1.0, 0)
    assert set(answer) >= {
        "pairs", "precision", "recall", "f1", "false_positives", "false_negatives", "auto_precision",
        "auto_recall", "pairs_per_second", "by_stratum",
    }  # fmt: skip
    assert tongjie(*words, "--without", "isbn,price").answer["pairs"] == 2
    assert tongjie(*words, "--without", "colour").code == 2
    pairs.write_text("JLT0000\tNOBODY\t1\tsame\n")
    assert tongjie(*words).answer["missing"] == 1, "a pair without its records is told, not dropped"


def test_backup_restore_and_upgrade(tongjie: Tongjie, tmp_path: Path, catalogue: Path) -> None:
    assert tongjie("ingest", catalogue, "--member", "JLT").code == 0
    assert tongjie("cluster").code == 0
    kept = tmp_path / "kept.backup"
    made = tongjie("backup", kept, "--json").answer
    assert (made["file"], made["bytes"] > 0) == (str(kept), True)
    assert tongjie("backup", kept).code == 1, "a backup is never overwritten"
    later = tmp_path / "later.mrc"
    later.write_bytes(lived_in.marc("XWT", [1, 2]))
    assert tongjie("ingest", later, "--member", "XWT").code == 0
    assert tongjie("cluster").code == 0
    assert tongjie("restore", kept).code == 1, "there are data"
    assert tongjie("restore", kept, "--overwrite", "--json").answer["revision"]
    assert tongjie("doctor", "--json").answer["violations"] == []
    assert tongjie("search", "围城", "--json").answer["total"] == 1, "the index follows the database"
    assert tongjie("doctor", "--json").answer["violations"] == []
    upgraded = tongjie("upgrade", "--json").answer
    assert upgraded["before"] == upgraded["revision"]


def test_a_password_comes_from_stdin(tongjie: Tongjie) -> None:
    words = ("user", "add", "li", "--role", "reader", "--node", "XWT", "--card", "C1", "--password", "-")
    made = tongjie(*words, "--json", stdin="open sesame\n").answer
    assert (made["login"], made["role"], made["node"]) == ("li", "reader", "XWT")
    assert "sesame" not in str(made)
    taken = tongjie(*words, stdin="open sesame\n")
    assert (taken.code, taken.err) == (1, "tongjie: The login li is taken. Choose another.\n")


@pytest.mark.parametrize(
    ("words", "stdin", "named"),
    [
        (("user", "add", "a", "--role", "king", "--password", "-"), "long enough\n", "king"),
        (("user", "add", "a", "--role", "staff", "--password", "-"), "long enough\n", "node"),
        (
            ("user", "add", "a", "--role", "staff", "--node", "NOPE", "--password", "-"),
            "long enough\n",
            "NOPE",
        ),
        (
            ("user", "add", "a", "--role", "reader", "--node", "XWT", "--password", "-"),
            "long enough\n",
            "card",
        ),
        (("user", "add", "a", "--role", "driver", "--password", "-"), "short\n", "8"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    tongjie: Tongjie, words: tuple[str, ...], stdin: str, named: str
) -> None:
    said = tongjie(*words, stdin=stdin)
    assert said.code == 1
    assert named in said.err


@pytest.mark.parametrize(
    "words",
    [(), ("nonsense",), ("source",), ("harvest", "--fast"), ("search",), ("convert", "a", "b", "--to", "x")],
)
def test_wrong_usage_ends_with_two(tongjie: Tongjie, words: tuple[str, ...]) -> None:
    said = tongjie(*words)
    assert (said.code, said.out) == (2, "")
    assert "usage: tongjie" in said.err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_every_command_explains_itself(tongjie: Tongjie, command: object, language: str) -> None:
    words = command.words  # type: ignore[attr-defined]  # the table holds commands
    said = tongjie(*words, "--help", TONGJIE_LANGUAGE=language)
    assert said.code == 0
    assert "--json" in said.out


@pytest.mark.parametrize(
    ("name", "value"),
    [("TONGJIE_PORT", "many"), ("TONGJIE_PORT", "70000"), ("TONGJIE_LANGUAGE", "fr"), ("TONGJIE_DATTA", "x")],
)
def test_a_wrong_setting_is_wrong_usage(tongjie: Tongjie, name: str, value: str) -> None:
    said = tongjie("network", "list", **{name: value})
    assert (said.code, said.out) == (2, "")
    assert name in said.err


def test_records_of_one_file_are_read_in_any_format(tongjie: Tongjie, tmp_path: Path) -> None:
    made = to_iso2709(record(Flavour.MARC21, {"001": "x1", "245": "$aA title$cby somebody"}))
    (tmp_path / "a.mrc").write_bytes(made)
    assert tongjie("ingest", tmp_path / "a.mrc", "--member", "JLT", "--json").answer["stored"] == 1


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    shown = subprocess.Popen(
        typed_words("network", "list"), env=environment(tmp_path / "data"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert shown.stdout is not None
    shown.stdout.close()
    shown.stdout = None
    _, complaints = shown.communicate(timeout=LONGEST)
    assert (shown.returncode, complaints) == (0, "")
