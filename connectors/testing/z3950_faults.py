"""The ways in which Z39.50 targets were seen to fail."""

from __future__ import annotations

from dataclasses import replace

from connectors.testing.listening import Then
from connectors.testing.z3950_peers import Exchange, Fault
from connectors.z3950 import apdu, ber, ber_writing
from connectors.z3950.apdu import (
    Close,
    CloseReason,
    DiagnosticRecord,
    InitResponse,
    PresentRequest,
    PresentResponse,
    ResultSetStatus,
    RetrievedRecord,
    SearchResponse,
    Segment,
)
from connectors.z3950.encoding import encode
from connectors.z3950.framing import decode_element


def hang(exchange: Exchange) -> Exchange:
    """Say nothing more."""
    return replace(exchange, data=b"", then=Then.HANG)


def hang_in_the_middle(exchange: Exchange) -> Exchange:
    """Send half of the answer and say nothing more."""
    return replace(exchange, data=exchange.bytes[: len(exchange.bytes) // 2], then=Then.HANG)


def drip(exchange: Exchange) -> Exchange:
    """Send the answer byte by byte, so that something arrives all the time and nothing ever whole."""
    return replace(exchange, then=Then.DRIP)


def drop(exchange: Exchange) -> Exchange:
    """Close the connection without an answer."""
    return replace(exchange, data=b"", then=Then.CLOSE)


def drop_in_the_middle(exchange: Exchange) -> Exchange:
    """Close the connection after half of the answer."""
    return replace(exchange, data=exchange.bytes[: len(exchange.bytes) // 2], then=Then.CLOSE)


def take_leave(exchange: Exchange) -> Exchange:
    """Close as the protocol has it, for lack of activity."""
    return replace(exchange, answer=Close(CloseReason.LACK_OF_ACTIVITY), then=Then.CLOSE)


def refuse_session(exchange: Exchange) -> Exchange:
    """Refuse the Init, as targets do to whom they do not know."""
    answer = exchange.answer
    if not isinstance(answer, InitResponse):
        return exchange
    return replace(exchange, answer=replace(answer, result=False), then=Then.CLOSE)


def nonsense(exchange: Exchange) -> Exchange:
    """Answer in another protocol."""
    return replace(exchange, data=b"HTTP/1.1 400 Bad Request\r\n\r\nwhat?", then=Then.CLOSE)


def endless(exchange: Exchange) -> Exchange:
    """Send an answer of indefinite length that never ends."""
    piece = b"\x04\x7f" + b"x" * 127
    return replace(exchange, data=b"\xb9\x80" + piece, then=Then.REPEAT, repeated=piece * 500)


def enormous(exchange: Exchange) -> Exchange:
    """Announce an answer of many gigabytes."""
    return replace(exchange, data=b"\xb9\x86\x00\xff\xff\xff\xff\xff")


def announced_and_sent(exchange: Exchange) -> Exchange:
    """Announce an answer of a gigabyte, and go on sending it."""
    return replace(exchange, data=b"\xb9\x84\x40\x00\x00\x00", then=Then.REPEAT, repeated=b"\0" * 65536)


def endless_segments(exchange: Exchange) -> Exchange:
    """Send segments without records for ever, and never the answer that they are of."""
    if not isinstance(exchange.answer, PresentResponse):
        return exchange
    segment = encode(Segment(()))
    return replace(exchange, data=segment, then=Then.REPEAT, repeated=segment * 500)


def bottomless(exchange: Exchange) -> Exchange:
    """Nest elements far deeper than anything sensible."""
    return replace(exchange, data=b"\xb9\x80" + b"\x30\x80" * 100_000 + b"\x00\x00" * 100_001)


def indefinite(exchange: Exchange) -> Exchange:
    """Send lengths as indefinite, which is allowed; what another fault made of the bytes stays."""
    if exchange.data is not None:
        return exchange
    return replace(exchange, data=with_indefinite_lengths(exchange.bytes))


def wrong_kind(exchange: Exchange) -> Exchange:
    """Answer something else than was asked."""
    return replace(exchange, answer=apdu.DeleteResultSetResponse(0))


def other_reference(exchange: Exchange) -> Exchange:
    """Answer under a reference of one's own; some targets do, and mean nothing by it."""
    if isinstance(exchange.answer, Segment):
        return exchange
    return replace(exchange, answer=replace(exchange.answer, reference_id=b"not yours"))


def short_presents(most: int) -> Fault:
    """Deliver fewer records than asked for, and call it a success."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, PresentResponse):
            return exchange
        return replace(exchange, answer=replace(answer, records=answer.records[:most], present_status=0))

    return fault


def generous(exchange: Exchange) -> Exchange:
    """Deliver each record twice, more than was asked for."""
    answer = exchange.answer
    if not isinstance(answer, PresentResponse):
        return exchange
    twice = tuple(record for record in answer.records for _ in range(2))
    return replace(exchange, answer=replace(answer, records=twice))


def stuck(exchange: Exchange) -> Exchange:
    """Deliver the first record of each answer again and again in the place of the others."""
    answer = exchange.answer
    if not isinstance(answer, PresentResponse) or not answer.records:
        return exchange
    same = (answer.records[0],) * len(answer.records)
    return replace(exchange, answer=replace(answer, records=same))


def segmented(exchange: Exchange) -> Exchange:
    """Send all records but the last ahead in segments."""
    answer = exchange.answer
    if not isinstance(answer, PresentResponse) or len(answer.records) < 2:
        return exchange
    ahead = b"".join(encode(Segment((record,))) for record in answer.records[:-1])
    return replace(exchange, data=ahead + encode(replace(answer, records=answer.records[-1:])))


def lying_count(difference: int) -> Fault:
    """State another number of hits than there are."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, SearchResponse) or not answer.search_status:
            return exchange
        lie = max(0, answer.result_count + difference)
        return replace(exchange, answer=replace(answer, result_count=lie))

    return fault


def lying_total(size: int, difference: int, *times: int) -> Fault:
    """State another number of hits where the honest one is ``size``; only at these ``times``, where given."""
    asked = iter(range(1, 1_000_000_000))
    lie = lying_count(difference)

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, SearchResponse) or answer.result_count != size:
            return exchange
        return lie(exchange) if next(asked) in times or not times else exchange

    return fault


def negative_count(exchange: Exchange) -> Exchange:
    """State fewer hits than none."""
    if not isinstance(exchange.answer, SearchResponse):
        return exchange
    return replace(exchange, answer=replace(exchange.answer, result_count=-1))


def cut(most: int, *, told: bool) -> Fault:
    """Keep no more hits than this of any search; ``told`` by the result set's status, or in silence."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, SearchResponse) or answer.result_count <= most:
            return exchange
        status = ResultSetStatus.SUBSET if told else answer.result_set_status
        return replace(exchange, answer=replace(answer, result_count=most, result_set_status=status))

    return fault


def capped(most: int) -> Fault:
    """Find any number of records, but deliver none beyond this position."""

    def fault(exchange: Exchange) -> Exchange:
        request = exchange.request
        if not isinstance(request, PresentRequest) or request.start + request.count - 1 <= most:
            return exchange
        return replace(exchange, answer=PresentResponse((), 5, diagnostics=(DiagnosticRecord(13),)))

    return fault


def refusing(identifier: str) -> Fault:
    """Put a diagnostic into the place of one record."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, PresentResponse):
            return exchange
        slots = tuple(
            DiagnosticRecord(14, identifier)
            if isinstance(slot, RetrievedRecord) and identifier.encode() in slot.content
            else slot
            for slot in answer.records
        )
        return replace(exchange, answer=replace(answer, records=slots))

    return fault


def recoded(encoding: str) -> Fault:
    """Send records in another encoding than they say; their lengths no longer fit either."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, PresentResponse):
            return exchange
        slots = tuple(
            replace(slot, content=slot.content.decode().encode(encoding, "replace"))
            if isinstance(slot, RetrievedRecord)
            else slot
            for slot in answer.records
        )
        return replace(exchange, answer=replace(answer, records=slots))

    return fault


def with_indefinite_lengths(data: bytes) -> bytes:
    """The same element with indefinite lengths wherever it is constructed."""
    pieces: list[bytes] = []
    waiting: list[ber.Element | bytes] = [decode_element(data)]
    while waiting:
        element = waiting.pop()
        if isinstance(element, bytes):
            pieces.append(element)
        elif element.children is None:
            pieces.append(ber_writing.primitive(element.tag, element.content))
        else:
            # The identifier octets are those of the empty element, without its length.
            pieces.append(ber_writing.constructed(element.tag)[:-1] + b"\x80")
            waiting.append(b"\x00\x00")
            waiting.extend(reversed(element.children))
    return b"".join(pieces)
