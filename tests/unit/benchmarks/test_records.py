"""The made records: readable, always the same, two of each edition in both dialects."""

from __future__ import annotations

from pathlib import Path

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from dedupe.description import describe
from dedupe.verdict import compare
from hub.benchmarks.records import made_record, records_of, write_file
from hub.kernel.record import Flavour


def test_they_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "records.mrc"
    write_file(file, 30)
    outcomes = [read(piece) for piece in read_file(file)]
    assert len(outcomes) == 30
    for number, outcome in enumerate(outcomes):
        assert isinstance(outcome, ReadRecord)
        assert outcome.record.fields == made_record(number).fields
        assert outcome.record.flavour is made_record(number).flavour
        assert outcome.repairs == ()


def test_there_are_both_dialects() -> None:
    assert {made_record(number).flavour for number in range(10)} == {Flavour.CNMARC, Flavour.MARC21}


def test_neighbours_are_one_edition_and_others_are_not() -> None:
    descriptions = [describe(made_record(number)) for number in range(12)]
    for even in range(0, 12, 2):
        assert compare(descriptions[even], descriptions[even + 1]).tier == "automatic"
    assert compare(descriptions[0], descriptions[2]).tier == "different"


def test_a_file_takes_their_place_and_is_read_no_further_than_asked(tmp_path: Path) -> None:
    file = tmp_path / "own.mrc"
    write_file(file, 9)
    assert [record.identifier for record in records_of(file, 4)] == [f"{number:09d}" for number in range(4)]
    assert len(list(records_of(file, 100))) == 9
