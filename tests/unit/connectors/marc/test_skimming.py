"""Skimming says of a record what reading says of it, or nothing; of a record that cannot be read, nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.marc.files import read_file
from connectors.marc.holdings import items, profiles
from connectors.marc.reading import ReadRecord, read
from connectors.marc.skimming import Skim
from connectors.marc.writing import to_iso2709
from hub.benchmarks.records import made_record
from tests.unit.connectors.marc.mutations import mutated

FIXTURES = Path(__file__).parents[4] / "fixtures" / "marc"
PINNED, SOAKED = 4_000, 400_000
PROFILE = profiles()["cnmarc-905-copies"]
TAGS = ("905", "852", "LKR", "606", "500")
GOOD = to_iso2709(made_record(0))


def agrees(raw: bytes, encoding: str = "auto") -> bool:
    """Whether anything was said; it is an error if it differs from what reading says."""
    skimmed = Skim(TAGS, encoding).of(raw)
    if skimmed is None:
        return False
    whole = read(raw, encoding=encoding)
    assert isinstance(whole, ReadRecord), raw
    assert skimmed[1:] == (whole.format, whole.encoding, whole.confidence)
    assert (skimmed.record.leader, skimmed.record.flavour) == (whole.record.leader, whole.record.flavour)
    assert list(skimmed.record.fields) == list(whole.record.every(*TAGS))
    assert items(skimmed.record, PROFILE) == items(whole.record, PROFILE)
    return True


def test_nearly_all_records_of_a_catalogue_are_skimmed() -> None:
    assert all(agrees(to_iso2709(made_record(number))) for number in range(60))
    assert agrees(GOOD, "utf-8")
    assert not agrees(GOOD, "gb18030"), "bytes said to be in another encoding are not taken for UTF-8"


@pytest.mark.parametrize("encoding", ["auto", "utf-8"])
def test_whatever_happened_to_a_record_skimming_and_reading_agree(encoding: str) -> None:
    said = [agrees(mutated(number), encoding) for number in range(PINNED)]
    assert 0 < sum(said) < len(said)


@pytest.mark.soak
def test_many_more_mutations() -> None:
    said = [agrees(mutated(number)) for number in range(PINNED, SOAKED)]
    assert 0 < sum(said) < len(said)


def test_odd_records_agree() -> None:
    pieces = [raw for file in sorted(FIXTURES.glob("*.*")) if file.is_file() for raw in read_file(file)]
    assert len(pieces) > 20
    said = [agrees(raw) for raw in pieces]
    assert sum(said) < len(said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"905", b"9[5"), (b"nam", b"na\xff"), (b"nam", "n\u00e9".encode()), (b"001", b"00\x1d"),
        (b"\x1e\x1d", b"\x1e"), (b"\x1e\x1d", b"\x1d"), (b"\x1e\x1d", b"\x1e\x1e\x1d"),
        (b"\x1fa", b"\x1f\x1fa"), (b"chi", b"c\x00i"), (b"chi", b"c\x1b$1"), (b"chi", b"&amp;"),
        (b"chi", b"\xd6\xd0"), (b"\x1e  ", b"\x1e "), (b"\x1e\x1d", b'\x1e"\x1d'), (b"\x1e\x1d", b'"\x1d'),
    ],
)  # fmt: skip
def test_nothing_doubtful_is_skimmed(old: bytes, new: bytes) -> None:
    assert old in GOOD
    assert not agrees(GOOD.replace(old, new))


def test_bytes_that_are_no_record_are_not_skimmed() -> None:
    assert [
        Skim(TAGS).of(raw) for raw in (b"", b"\x1d", b"\x1e\x1d", b"00026" + b" " * 19 + b"\x1e\x1d")
    ] == [None] * 4
