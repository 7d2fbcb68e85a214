"""Damaged protocol units: read by the codec and answered by the server without any surprise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from connectors.testing.z3950_faults import with_indefinite_lengths
from connectors.z3950 import apdu, control, oids
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import (
    Apdu,
    DiagnosticRecord,
    Fragment,
    InitRequest,
    Place,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    ScanEntry,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
    SortKey,
)
from connectors.z3950.ber import Limits, Malformed
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.composition import Composition
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, Volume, decode_opac, encode_opac
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import Attribute, CqlQuery, term
from tests.catalogues import catalogue

UNITS: Final = Path(__file__).parents[4] / "fixtures" / "z3950"
LIMITS: Final = Limits(size=200_000, elements=5_000)
BOOKS: Final = catalogue(6)
HELD: Final = OpacRecord(
    b"record",
    oids.USMARC,
    (OpacHolding("Main", "I247/1", volumes=(Volume("1"),), circulation=(Circulation(True, item_id="7"),)),),
)
RECORD: Final = RetrievedRecord(oids.USMARC, b"00026nam a22000254  4500\x1e\x1d", "Books")
QUERY: Final = parse('@or @and @attr 1=4 "hong lou" @set one @not x @attr 1=_ALLRECORDS @attr 2=103 ""')

#: One of each kind that says as much as its kind can, beside what was recorded from other programs.
WRITTEN: Final[tuple[Apdu, ...]] = (
    InitRequest(
        apdu.Credentials(group="g", user="u", password="p"),
        reference_id=b"1",
        proposed=CharacterSets(("utf-8", "gb18030"), ("chi",), in_records=True),
    ),
    apdu.InitResponse(True, message="hello", selected=CharacterSets(("utf-8",), ("chi",))),
    SearchRequest(("Books",), QUERY, syntax=oids.USMARC, small_set_element_set="F"),
    SearchRequest(("Books",), CqlQuery("dc.title = x")),
    SearchResponse(3, True, 1, 1, 2, 0, (RECORD,)),
    PresentRequest(1, 3, ranges=((2, 1),), composition=Composition("1.2.3", "F", (oids.XML,))),
    PresentResponse((RECORD, RECORD, DiagnosticRecord(14, "x"), RECORD)),
    PresentResponse((RetrievedRecord(oids.OPAC, encode_opac(HELD)),) * 3),
    apdu.Segment((RECORD, Fragment(Place.STARTING, b"abc", oids.XML), Fragment(Place.FINAL, b"d"))),
    ScanRequest(("Books",), term("b", (1, 12))),
    ScanResponse((ScanEntry(b"a", 1), ScanEntry(b"b", None)), position=1),
    apdu.SortRequest(("default",), "two", (SortKey("title"), SortKey("", (Attribute(1, 4),)))),
    apdu.SortResponse(2, 3, (DiagnosticRecord(207),)),
    apdu.DeleteResultSetRequest(("one",)),
    apdu.DeleteResultSetResponse(9, statuses=(("one", 1),)),
    control.AccessControlRequest(b"who"),
    control.AccessControlResponse(b"me"),
    control.ResourceControlResponse(result_set_wanted=True),
    control.ResourceReportResponse(),
    control.ResourceControlRequest(triggered=True),
    control.TriggerResourceControl(),
    control.ResourceReportRequest(b"1"),
    apdu.Close(2, "gone"),
)


def corpus() -> list[bytes]:
    """Whole units, with definite and with indefinite lengths."""
    recorded = [path.read_bytes() for path in sorted(UNITS.glob("*.ber"))]
    units = [*recorded, *map(encode, WRITTEN)]
    return [form for unit in units for form in (unit, with_indefinite_lengths(unit))]


def damaged(unit: bytes, chance: Random) -> bytes:
    """The unit with a few changes of the kinds that bad memory, bad programs and bad people make."""
    data = bytearray(unit)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0 | 1 if data:
                data[at - 1] = chance.randrange(256)
            case 2 if data:
                data[at - 1] ^= 1 << chance.randrange(8)
            case 3:
                data[at:at] = chance.randbytes(chance.randint(1, 4))
            case 4:
                del data[at : at + chance.randint(1, 8)]
            case 5:
                data[at:at] = data[at - 20 : at]
            case _:
                data[at : at + 1] = chance.choice(
                    (b"\x80", b"\x00\x00", b"\x84\xff\xff\xff\xff", b"\xbf\xff")
                )
    return bytes(data)


def units(stream: bytes, chance: Random) -> Iterator[Apdu]:
    """What is read of a stream that arrives in pieces."""
    framer, position = Framer(LIMITS), 0
    while position < len(stream):
        size = chance.choice((1, 7, 64, len(stream)))
        framer.feed(stream[position : position + size])
        position += size
        while (element := framer.next()) is not None:
            yield decode(element)


def tried(count: int, seed: int) -> dict[str, int]:
    """How many damaged units were read, and how many were refused."""
    chance, whole = Random(seed), corpus()
    outcomes = {"read": 0, "malformed": 0, "answered": 0}
    for _ in range(count):
        stream = damaged(chance.choice(whole), chance)
        try:
            for unit in units(stream, chance):
                outcomes["read"] += 1
                assert decode(encode(unit)) == unit
                outcomes["answered"] += answered(unit)
                holdings(unit)
        except Malformed:
            outcomes["malformed"] += 1
    return outcomes


def answered(unit: Apdu) -> int:
    """Whether a server in the middle of a conversation has an answer to this, each of which can be sent."""
    session = ServerSession(BOOKS, ServerLimits(result_sets=4), holdings=lambda _: HELD.holdings)
    session.receive(InitRequest(options=frozenset(range(20))))
    session.receive(SearchRequest(("Books",), parse("@attr 1=4 book")))
    answers = session.receive(unit)
    assert all(map(encode, answers))
    return bool(answers)


def holdings(unit: Apdu) -> None:
    for slot in unit.records if isinstance(unit, PresentResponse) else ():
        if isinstance(slot, RetrievedRecord) and slot.syntax == oids.OPAC:
            record = decode_opac(slot.content)
            assert decode_opac(encode_opac(record)) == record


def test_damaged_units_are_units_or_malformed() -> None:
    outcomes = tried(4_000, seed=1)
    assert min(outcomes.values()) > 400


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_a_million_damaged_units_are_units_or_malformed(seed: int) -> None:
    assert min(tried(100_000, seed=100 + seed).values()) > 10_000
