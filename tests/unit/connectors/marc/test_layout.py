from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import given

from connectors.marc.encodings import decode
from connectors.marc.iso2709 import split
from connectors.marc.iso5426 import decode as decode_iso5426
from connectors.marc.layout import lay_out
from connectors.marc.malformed import Malformed
from connectors.marc.plain import plain_record
from connectors.marc.writing import to_iso2709
from hub.benchmarks.records import made_record
from hub.kernel.record import Record
from tests.unit.connectors.marc.strategies import records

LEADER = b"00000nam a2200000 a 4500"


def record(directory: bytes, body: bytes) -> bytes:
    return LEADER + directory + b"\x1e" + body + b"\x1d"


@given(records())
def test_the_quick_way_and_the_careful_way_come_to_the_same(made: Record) -> None:
    raw = to_iso2709(made)
    plain = plain_record(raw)
    if plain is not None:
        layout = lay_out(raw)
        assert (layout.leader.decode(), list(layout.tags), list(layout.repairs)) == (
            plain.leader,
            list(plain.tags),
            [],
        )
        assert decode(layout.body).texts == list(plain.texts)


def test_nearly_every_record_goes_the_quick_way() -> None:
    assert all(plain_record(to_iso2709(made_record(number))) for number in range(50))


def test_damaged_numbers_do_not_lose_a_field() -> None:
    layout = lay_out(record(b"001x006000000050005xxxxx", b"first\x1esecond\x1e"))
    assert (list(layout.tags), layout.contents) == (["001", "005"], [b"first", b"second"])
    assert "directory_lengths" in layout.repairs


def test_a_field_without_an_entry_is_reported() -> None:
    layout = lay_out(record(b"001000600000" + b"005000700013", b"first\x1ehidden\x1esecond\x1e"))
    assert layout.contents == [b"first", b"second"]
    assert "field_without_entry" in layout.repairs


def test_entries_that_share_their_bytes_do_not_make_a_small_record_a_huge_one() -> None:
    body = b"x" * 9_000 + b"\x1e"
    with pytest.raises(Malformed) as problem:
        lay_out(record(b"500900100000" * 5_000, body))
    assert problem.value.reason == "directory_mismatch"


@pytest.mark.parametrize(
    "hostile",
    [
        LEADER + b"1" * 2_000_000 + b"!\x1e\x1d",
        LEADER + b"\x1e" * 500_000 + b"\x1d",
        b"\x1d12" * 300_000,
        b"\x1d" + b" " * 2_000_000 + b"x",
    ],
    ids=["endless directory", "separators", "ends of records", "padding"],
)
def test_hostile_bytes_cost_no_more_than_their_length(hostile: bytes) -> None:
    began = monotonic()
    for piece in split(hostile):
        try:
            lay_out(piece.raw)
        except Malformed:
            continue
    assert monotonic() - began < 10


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"pr\xc2ejug\xc2es", "préjugés"),
        (b"gar\xd0con na\xc8if \xfauvre", "garçon naïf œuvre"),
        (b"\xe8\xc2od\xf8", "Łódł"),
        (b"\x88Les \x89\xc2et\xc2es", "\x88Les \x89étés"),
    ],
)
def test_marks_of_iso_5426_stand_before_their_letters(data: bytes, text: str) -> None:
    assert decode_iso5426(data) == (text, 0)


def test_a_byte_that_iso_5426_lacks_is_counted() -> None:
    assert decode_iso5426(b"a\xff\x80") == ("a\ufffd\ufffd", 2)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (
            "História do João António".encode("latin-1").decode("cp850").encode("latin-1", "ignore"),
            "latin-1-by-cp850",
        ),
        (b"Les \xc2et\xc2es oubli\xc2es de Ren\xc2e", "iso5426"),
        (b"\xa1\xe2od\xe2z", "marc8"),
        (b"Dvo\xe9r\xe2ak, Anton\xe2in", "marc8"),
        ("Bollnäs, Finspång, Gävle och Östersund".encode("latin-1"), "latin-1"),
    ],
)
def test_western_encodings_are_told_apart(data: bytes, encoding: str) -> None:
    assert decode(b"  \x1fa" + data).encoding == encoding
