from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.glance import Glance
from connectors.marc.iso2709 import split
from connectors.marc.marcxml import to_marcxml
from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import to_iso2709
from hub.benchmarks.records import made_record
from hub.kernel.record import Field, Record, Subfield
from tests.unit.connectors.marc.mutations import mutated
from tests.unit.connectors.marc.strategies import records

PLACES = (("001", ""), ("200", "a"), ("245", "a"), ("606", "x"), ("905", "b"))


def by_reading(raw: bytes) -> list[str | None] | None:
    result = read(raw)
    if not isinstance(result, ReadRecord):
        return None
    return [result.record.first(tag, code) for tag, code in PLACES]


@given(records(), st.sampled_from(("utf-8", "gb18030", "marc8")))
def test_a_glance_says_what_reading_says(record: Record, encoding: str) -> None:
    raw = to_iso2709(record, encoding)
    values = Glance(PLACES).values(raw)
    assert (None if values is None else list(values)) == by_reading(raw)


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\x1a\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_is_looked_at_as_it_would_be_read(tmp_path: Path, between: bytes, encoding: str) -> None:
    raws = [to_iso2709(made_record(number), encoding) for number in range(60)]
    raws[7:9] = [mutated(3), mutated(4)]
    file = tmp_path / "some.iso"
    file.write_bytes(between.join(raws))
    read_ones = [by_reading(piece.raw) for piece in split(file.read_bytes())]
    glanced = [values and list(values) for values in Glance(PLACES).of_file(file)]
    assert len(glanced) == len(read_ones)
    assert [
        one for one, other in zip(glanced, read_ones, strict=True) if other is not None and one != other
    ] == []


def test_other_layouts_are_read(tmp_path: Path) -> None:
    file = tmp_path / "one.xml"
    file.write_bytes(to_marcxml(made_record(0)))
    assert [list(values or []) for values in Glance(PLACES).of_file(file)] == [by_reading(file.read_bytes())]


def test_the_next_field_is_asked_when_the_first_has_no_such_subfield() -> None:
    fields = (
        Field("606", "", "  ", (Subfield("a", "one"),)),
        Field("606", "", "  ", (Subfield("x", "term"),)),
    )
    raw = to_iso2709(Record("00000nam a2200000 a 4500", fields))
    assert list(Glance(PLACES).values(raw) or []) == [None, None, None, "term", None]


def test_what_is_no_record_has_no_values() -> None:
    assert Glance(PLACES).values(b"no record at all") is None


@pytest.mark.parametrize("place", [("001", "a"), ("245", "")])
def test_control_fields_are_asked_for_without_a_code_and_data_fields_with_one(place: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=place[0]):
        Glance((place,))
