from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.serving import ServedCatalogue
from connectors.z3950 import apdu, oids
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import (
    DiagnosticRecord,
    Fragment,
    InitRequest,
    Part,
    Place,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    SearchRequest,
    Segment,
    Slot,
)
from connectors.z3950.ber import Malformed
from connectors.z3950.client import open_client
from connectors.z3950.pqf import parse
from connectors.z3950.segments import OVERHEAD, SegmentLimits, assembled, segmented
from connectors.z3950.server import listen
from connectors.z3950.settings import settings
from tests.catalogues import FIRST_DAY, catalogue, served_record

BOOKS = catalogue(40)
SLOTS = st.lists(
    st.builds(RetrievedRecord, st.just(oids.USMARC), st.binary(max_size=900), st.just("Books"))
    | st.builds(DiagnosticRecord, st.integers(1, 300)),
    max_size=12,
)


def size(parts: tuple[Part, ...]) -> int:
    return sum(
        OVERHEAD + len(part.addinfo if isinstance(part, DiagnosticRecord) else part.content) for part in parts
    )


@given(SLOTS, st.integers(OVERHEAD + 1, 1500), st.booleans())
def test_what_is_divided_is_put_together_again(slots: list[Slot], most: int, fragments: bool) -> None:
    segments = segmented(slots, SegmentLimits(most, fragments))
    parts = [part for segment in segments for part in segment]
    assert assembled(parts, oids.USMARC) == tuple(slots)
    if fragments:
        assert all(size(segment) <= most for segment in segments)
    else:
        assert not any(isinstance(part, Fragment) for part in parts)
        assert all(size(segment) <= most or len(segment) == 1 for segment in segments)


@given(SLOTS, st.integers(OVERHEAD + 1, 600), st.booleans(), st.integers(1, 6))
def test_no_more_segments_come_than_are_allowed_and_no_record_in_part(
    slots: list[Slot], most: int, fragments: bool, count: int
) -> None:
    segments = segmented(slots, SegmentLimits(most, fragments, count))
    assert len(segments) <= count
    whole = assembled([part for segment in segments for part in segment], None)
    assert whole == tuple(slots[: len(whole)])


@pytest.mark.parametrize(
    "places",
    [
        [Place.FINAL],
        [Place.INTERMEDIATE],
        [Place.STARTING],
        [Place.STARTING, Place.STARTING],
        [Place.STARTING, Place.INTERMEDIATE],
        [Place.STARTING, None],
        [Place.STARTING, Place.FINAL, Place.FINAL],
    ],
    ids=str,
)
def test_fragments_out_of_place_are_malformed(places: list[Place | None]) -> None:
    parts = [
        RetrievedRecord(oids.USMARC, b"x") if place is None else Fragment(place, b"x") for place in places
    ]
    with pytest.raises(Malformed):
        assembled(parts, oids.USMARC)


def test_fragments_without_syntax_are_of_the_one_asked_for() -> None:
    parts = [Fragment(Place.STARTING, b"a"), Fragment(Place.INTERMEDIATE, b"b"), Fragment(Place.FINAL, b"c")]
    assert assembled(parts, oids.UNIMARC) == (RetrievedRecord(oids.UNIMARC, b"abc"),)


def presented(options: set[int], **changes: int) -> tuple[apdu.Apdu, ...]:
    session = ServerSession(BOOKS, ServerLimits(message_size=2_000))
    session.receive(InitRequest(options=frozenset(options | {apdu.SEARCH, apdu.PRESENT})))
    session.receive(SearchRequest(("Books",), parse("@attr 1=4 book")))
    return session.receive(PresentRequest(1, 30, **changes))  # type: ignore[arg-type]  # fields by name


def test_segments_are_sent_only_where_they_were_agreed_on() -> None:
    (answer,) = presented(set())
    assert isinstance(answer, PresentResponse)
    assert (answer.present_status, answer.next_position) == (2, len(answer.records) + 1)
    *ahead, answer = presented({apdu.WHOLE_RECORD_SEGMENTS})
    assert isinstance(answer, PresentResponse)
    assert all(isinstance(unit, Segment) for unit in ahead)
    sent = sum(len(unit.records) for unit in ahead if isinstance(unit, Segment)) + len(answer.records)
    assert sent == 30
    assert (answer.present_status, answer.next_position) == (0, 31)


def test_records_larger_than_a_segment_are_divided_only_where_that_was_agreed_on() -> None:
    *_, answer = presented({apdu.WHOLE_RECORD_SEGMENTS, apdu.FRAGMENT_SEGMENTS}, max_segment_count=1)
    assert isinstance(answer, PresentResponse)
    assert 1 <= len(answer.records) < 30
    assert answer.present_status == 2


@pytest.mark.parametrize("message_size", [1024, 5000])
def test_our_client_takes_segments_from_our_server(message_size: int) -> None:
    long = [served_record(number, FIRST_DAY, f"Book {'word ' * 100 * number}") for number in range(20)]

    async def run() -> tuple[Slot, ...]:
        books = ServedCatalogue("Books", long)
        async with await listen(lambda: ServerSession(books), "127.0.0.1", 0) as server:
            options = {"segments": "yes", "message_size": message_size, "timeout": 5}
            client = await open_client(settings(f"tcp://127.0.0.1:{server.port}/Books", options))
            await client.search(parse("@attr 1=4 book"))
            slots = await client.present(1, len(long))
            await client.close()
            return slots

    contents = [slot.content for slot in asyncio.run(run()) if isinstance(slot, RetrievedRecord)]
    assert contents == [record.raw for record in long]
