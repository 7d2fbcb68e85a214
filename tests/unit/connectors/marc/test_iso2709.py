from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.iso2709 import MAX_PIECE, Splitter, split
from connectors.marc.layout import lay_out
from connectors.marc.malformed import Malformed
from connectors.marc.writing import to_iso2709
from hub.kernel.record import Field, Record, Subfield
from tests.unit.connectors.marc.strategies import records

RECORD = Record(
    "00000nam a2200000 a 4500", (Field("001", "1"), Field("245", "", "10", (Subfield("a", "Title"),)))
)
RAW = to_iso2709(RECORD)


def piecewise(data: bytes, cuts: list[int]) -> list[bytes]:
    splitter = Splitter()
    found: list[bytes] = []
    start = 0
    for end in [*sorted(cuts), len(data)]:
        found.extend(piece.raw for piece in splitter.feed(data[start:end]))
        start = max(start, end)
    found.extend(piece.raw for piece in splitter.close())
    return found


@given(st.lists(records(), max_size=4), st.lists(st.integers(0, 400), max_size=6))
def test_the_size_of_the_chunks_does_not_matter(several: list[Record], cuts: list[int]) -> None:
    pieces = [to_iso2709(record) for record in several]
    assert piecewise(b"".join(pieces), cuts) == pieces


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=4))
def test_any_bytes_are_cut_without_loss(data: bytes, cuts: list[int]) -> None:
    padding = b"\r\n\t \x00\x1a\xef\xbb\xbf\x1d"
    kept = b"".join(piecewise(data, cuts))
    assert kept.translate(None, padding) == data.translate(None, padding)


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b"\x00\x00", b" \n "])
def test_padding_between_records_is_dropped(between: bytes) -> None:
    assert [piece.raw for piece in split(RAW + between + RAW + b"\r\n\x1a")] == [RAW, RAW]


def test_pieces_know_where_they_began() -> None:
    data = RAW + b"\r\n" + RAW
    assert [data[piece.offset : piece.offset + 24] for piece in split(data)] == [RAW[:24], RAW[:24]]


def test_a_file_without_separators_does_not_grow_in_memory() -> None:
    splitter = Splitter()
    chunk = b"x" * (1 << 20)
    lengths = [len(piece.raw) for _ in range(40) for piece in splitter.feed(chunk)]
    assert lengths == [MAX_PIECE, MAX_PIECE]


def test_a_record_beyond_the_stated_maximum_is_laid_out_by_its_separators() -> None:
    fields = [(f"{500 + number}", b"  \x1fa" + b"x" * 9000) for number in range(20)]
    directory = b"".join(tag.encode("ascii") + b"9004" + b"99999" for tag, _ in fields)
    body = b"".join(content + b"\x1e" for _, content in fields)
    layout = lay_out(b"99999nam a2299999 a 4500" + directory + b"\x1e" + body + b"\x1d")
    assert [(tag, content) for tag, content in zip(layout.tags, layout.contents, strict=True)] == fields
    assert "directory_lengths" in layout.repairs


def test_fields_out_of_order_are_found_by_their_starts() -> None:
    body = b"second\x1efirst\x1e"
    raw = b"00000nam a2200000 a 4500" + b"001000600007" + b"005000700000" + b"\x1e" + body + b"\x1d"
    layout = lay_out(raw)
    assert dict(zip(layout.tags, layout.contents, strict=True)) == {"001": b"first", "005": b"second"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "too_short"),
        (b"00024nam", "too_short"),
        (b"x" * 60, "no_directory"),
        (b"00000nam a2200000 a 4500" + b"garbage" + b"\x1edata\x1e\x1d", "bad_directory"),
        (b"00000nam a2200000 a 4500" + b"\x1e\x1d", "no_fields"),
        (b"00000nam a2200000 a 4500" + b"001000500000" + b"\x1ea\x1eb\x1ec\x1e\x1d", "directory_mismatch"),
    ],
)
def test_what_cannot_be_laid_out_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as problem:
        lay_out(raw)
    assert problem.value.reason == reason
