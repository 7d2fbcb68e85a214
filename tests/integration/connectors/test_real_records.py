"""Every real record at hand is read or rejected with a reason; the encodings found are the true ones.

The records are measured, never copied: they stand beside the repository, and the test skips without them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from connectors.marc.files import read_file
from connectors.marc.holdings import detect, items
from connectors.marc.reading import ReadRecord, Rejected, read

DATA = Path(__file__).parents[4] / "shared" / "data"
SAMPLE = 150
REASONS = {
    "too_short", "no_directory", "bad_directory", "directory_mismatch", "no_fields", "undecodable",
    "bad_xml", "xml_entities", "several_records", "bad_json", "bad_worksheet",
}  # fmt: skip
ENCODINGS = {"gb18030": {"gb18030", "utf-8"}, "utf-8": {"utf-8"}, "MARC-8": {"marc8", "utf-8"}}
PROFILES = {
    "A": {"cnmarc-905-copies"},
    # Where no record has two copies, groups, copies and ranges look and read the same.
    "B": {"cnmarc-905-groups", "cnmarc-905-copies"},
    "C": {"cnmarc-905-ranges", "cnmarc-905-copies"},
    "D": {"cnmarc-985-items"},
    "852": {"marc21-852-items"},
    "952": {"marc21-952-koha"},
}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real records are not beside the repository")


def outcomes(folder: str, limit: int = SAMPLE) -> Iterator[ReadRecord | Rejected]:
    for path in sorted((DATA / "records" / folder).iterdir()):
        yield from map(read, islice(read_file(path), limit))


@pytest.mark.parametrize(
    ("folder", "least_read"),
    [("fixtures", 0.85), ("zh", 0.99), ("nasty", 0.89), ("load", 0.98), ("derived", 1.0)],
)
def test_real_records_are_read_or_rejected_with_a_reason(folder: str, least_read: float) -> None:
    if not (DATA / "records" / folder).exists():
        pytest.skip(f"no {folder} among the real records")
    found = Counter(result.reason if isinstance(result, Rejected) else "read" for result in outcomes(folder))
    assert set(found) - {"read"} <= REASONS
    assert found["read"] / found.total() >= least_read, found


def members() -> list[dict[str, Any]]:
    path = DATA / "network_20k" / "members.json"
    if not path.exists():
        return []
    return [file for member in json.loads(path.read_text("utf-8"))["members"] for file in member["files"]]


@pytest.mark.parametrize("file", members(), ids=lambda file: str(file["file"]))
def test_a_member_of_the_network_is_read_as_it_was_written(file: dict[str, Any]) -> None:
    pieces = list(read_file(DATA / "network_20k" / file["file"]))
    assert len(pieces) == file["records"]
    results = list(map(read, pieces[:SAMPLE]))
    read_well = [result for result in results if isinstance(result, ReadRecord)]
    assert len(read_well) == len(results)
    assert {result.format for result in read_well} == {file["format"].lower()}
    assert {result.encoding for result in read_well} <= ENCODINGS[file["encoding"]]
    assert not [result.repairs for result in read_well if result.repairs]
    detected = detect(result.record for result in read_well)
    assert detected.profile is not None
    assert detected.profile.name in PROFILES[file["holdings"]]
    assert detected.confidence >= 0.95
    assert all(items(result.record, detected.profile) for result in read_well)


def test_gb18030_and_utf8_twins_say_the_same() -> None:
    folder = DATA / "records" / "derived"
    twins = [folder / f"zh_books_cnmarc_dev.{encoding}.iso" for encoding in ("gb18030", "utf8")]
    if not all(path.exists() for path in twins):
        pytest.skip("the twins are not among the real records")
    compared = 0
    for pair in zip(*(islice(map(read, read_file(path)), 3000) for path in twins), strict=True):
        first, second = pair
        assert isinstance(first, ReadRecord)
        assert isinstance(second, ReadRecord)
        assert first.record.fields == second.record.fields
        assert first.encoding in ("gb18030", "utf-8")
        compared += 1
    assert compared == 3000


def broken_and_repaired() -> tuple[Path, Path]:
    broken = (
        DATA / "records" / "nasty" / "jorol+processing-marc__files~pride-and-prejudice-with-many-errors.mrc"
    )
    repaired = DATA / "records" / "zh" / "marc4j+marc4j__test~resources~pride-and-prejudice-fixed.mrc"
    if not (broken.exists() and repaired.exists()):
        pytest.skip("the broken file or its repaired twin is not among the real records")
    return broken, repaired


def number_and_title(raw: bytes) -> tuple[str, str] | None:
    result = read(raw)
    if isinstance(result, Rejected):
        return None
    title = result.record.first("245", "a") or ""
    return result.record.identifier or "", normalize("NFC", title)


def test_broken_records_say_what_their_repaired_twins_say() -> None:
    broken, repaired = (list(map(number_and_title, read_file(path))) for path in broken_and_repaired())
    assert len(broken) == len(repaired) == 383
    assert sum(one is not None and one == other for one, other in zip(broken, repaired, strict=True)) >= 365
