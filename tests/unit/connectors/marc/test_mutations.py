"""Whatever happened to a record, it is soon read or rejected with a reason, and all ways agree."""

from __future__ import annotations

import re
from time import monotonic

import pytest

from connectors.marc.glance import Glance
from connectors.marc.iso2709 import Splitter, split
from connectors.marc.marcxml import to_marcxml
from connectors.marc.plain import plain_record
from connectors.marc.reading import ReadRecord, Rejected, read
from connectors.marc.writing import to_iso2709
from tests.unit.connectors.marc.mutations import mutated

PINNED = 3_000
SOAKED = 1_000_000
#: seconds: what no record of this size may take, on a machine that is busy with other things
LONGEST = 2.0
PLACES = (("001", ""), ("245", "a"), ("200", "a"), ("010", "a"), ("905", "b"))
TAG = re.compile("[0-9A-Za-z]{3}")
GLANCE = Glance(PLACES)
REASONS = {
    "too_short", "no_directory", "bad_directory", "directory_mismatch", "no_fields", "undecodable",
    "bad_xml", "xml_entities", "several_records", "bad_json", "bad_worksheet", "bad_opac",
    "no_bibliographic_record",
}  # fmt: skip


def check(raw: bytes) -> str:
    """Read, look, cut and write the bytes; what became of them."""
    began = monotonic()
    result = read(raw)
    glanced = GLANCE.values(raw)
    pieces = [piece.raw for piece in split(raw)]
    assert monotonic() - began < LONGEST
    splitter = Splitter()
    in_chunks = [piece.raw for at in range(0, len(raw), 97) for piece in splitter.feed(raw[at : at + 97])]
    assert in_chunks + [piece.raw for piece in splitter.close()] == pieces
    assert result.raw == raw
    if isinstance(result, Rejected):
        assert result.reason in REASONS
        assert plain_record(raw) is None
        return result.reason
    record = result.record
    assert len(record.leader) == 24
    assert glanced is not None
    assert list(glanced) == [record.first(tag, code) for tag, code in PLACES]
    assert "\x00" not in "".join(value for field in record.fields for _, value in field.pairs)
    assert isinstance(read(to_marcxml(record)), ReadRecord)
    if all(TAG.fullmatch(field.tag) for field in record.fields):  # the writer refuses others by name
        assert isinstance(read(to_iso2709(record)), ReadRecord)
    return "read"


@pytest.mark.parametrize("start", range(0, PINNED, PINNED // 6))
def test_no_mutation_of_a_record_is_unexpected(start: int) -> None:
    found = {check(mutated(number)) for number in range(start, start + PINNED // 6)}
    assert "read" in found
    assert found & REASONS


@pytest.mark.soak
def test_a_million_mutations_are_read_or_rejected() -> None:
    found = {check(mutated(number)) for number in range(SOAKED)}
    assert found <= REASONS | {"read"}
