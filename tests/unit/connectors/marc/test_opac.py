"""OPAC records among stored records: the bytes stay as they came, the copies can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.holdings import StatedItem, detect, items, profiles
from connectors.marc.reading import ReadRecord, Rejected, read
from connectors.marc.writing import to_iso2709
from connectors.ports import HarvestOrder
from connectors.registry import open_harvester
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.testing import Exchange, with_indefinite_lengths, z3950_peer
from connectors.z3950 import oids
from connectors.z3950.apdu import PresentResponse, RetrievedRecord
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, encode_opac
from tests.harvests import gather
from tests.short_records import record

BIBLIOGRAPHIC = to_iso2709(record("cnmarc", {"001": "n1", "200": "$a红楼梦$f曹雪芹著"}))
HELD = (
    OpacHolding(
        "金陵图书馆",
        "I242.4/1",
        "社科",
        circulation=(Circulation(True, item_id="JL0001"), Circulation(False, "2027-01-25", item_id="JL0002")),
    ),
    OpacHolding("总馆", public_note="CHECK SHELVES"),
)
STATED = (
    StatedItem("JL0001", "金陵图书馆", "I242.4/1", "社科", status="available"),
    StatedItem("JL0002", "金陵图书馆", "I242.4/1", "社科", status="on loan"),
)


def wrapped(bibliographic: bytes = BIBLIOGRAPHIC) -> bytes:
    return encode_opac(OpacRecord(bibliographic, oids.UNIMARC, HELD))


def test_the_record_is_read_with_its_copies_and_its_bytes_stay() -> None:
    for raw in (wrapped(), with_indefinite_lengths(wrapped())):
        found = read(raw)
        assert isinstance(found, ReadRecord)
        assert found.raw == raw
        assert (found.record.identifier, found.record.first("200", "a")) == ("n1", "红楼梦")
        detected = detect([found.record]).profile
        assert detected is not None
        assert detected.name == "z3950-opac"
        assert items(found.record, profiles()["z3950-opac"]) == STATED


def test_what_cannot_be_read_is_rejected_with_its_bytes() -> None:
    for raw, reason in (
        (encode_opac(OpacRecord(b"", "", HELD * 2)), "no_bibliographic_record"),
        (wrapped(wrapped()), "no_bibliographic_record"),
        (wrapped()[:-1], "bad_opac"),
    ):
        found = read(raw)
        assert isinstance(found, Rejected)
        assert (found.raw, found.reason) == (raw, reason)
    found = read(wrapped(b"01"))
    assert isinstance(found, Rejected)
    assert found.raw == wrapped(b"01")


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    read(b"0\x82" + content)


async def test_a_harvest_in_this_syntax_keeps_what_came() -> None:
    def opac(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, PresentResponse):
            return exchange
        found = RetrievedRecord(oids.OPAC, wrapped(), "books")
        return replace(exchange, answer=replace(answer, records=(found,) * len(answer.records)))

    catalogue = ServedCatalogue(
        "books", [ServedRecord("n1", BIBLIOGRAPHIC, None, datetime(2026, 1, 1, tzinfo=UTC))]
    )
    async with z3950_peer(catalogue, opac) as address:
        outcome = await gather(open_harvester("z3950", address, {"syntax": "opac"}), HarvestOrder())
    assert outcome.problem is None
    assert [(one.raw, one.identifier, one.syntax) for one in outcome.records] == [(wrapped(), "n1", "opac")]
