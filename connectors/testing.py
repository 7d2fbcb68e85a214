"""Peers that misbehave on purpose, shipped so that anyone can try a harvest against them.

A peer answers honestly from a catalogue and passes every answer through faults, one after another. A fault
sees the exchange (which request it is, what was asked, the honest answer) and returns it changed.

Owns: the ways in which real targets were seen to fail. Must not: be used to serve readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from connectors.serving import ServedCatalogue
from connectors.z3950 import apdu, ber, ber_writing
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    DiagnosticRecord,
    PresentRequest,
    PresentResponse,
    SearchResponse,
    Segment,
)
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer, decode_element

_CHUNK: Final = 65536


class Then(Enum):
    """What the peer does after it has sent its answer."""

    GO_ON = "go on"
    CLOSE = "close"
    HANG = "hang"
    REPEAT = "repeat for ever"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request over Z39.50 and the answer to it. ``data`` replaces the answer's own bytes."""

    number: int  #: counted from 1 over all connections
    request: Apdu
    answer: Apdu
    data: bytes | None = None
    then: Then = Then.GO_ON

    @property
    def bytes(self) -> bytes:
        """What goes over the wire."""
        return encode(self.answer) if self.data is None else self.data


Fault = Callable[[Exchange], Exchange]


def at(number: int, fault: Fault) -> Fault:
    """The fault, only at the request of this number."""
    return lambda exchange: fault(exchange) if exchange.number == number else exchange


def every(count: int, fault: Fault) -> Fault:
    """The fault at each request whose number is a multiple of ``count``."""
    return lambda exchange: fault(exchange) if exchange.number % count == 0 else exchange


def hang(exchange: Exchange) -> Exchange:
    """Say nothing more."""
    return replace(exchange, data=b"", then=Then.HANG)


def hang_in_the_middle(exchange: Exchange) -> Exchange:
    """Send half of the answer and say nothing more."""
    return replace(exchange, data=exchange.bytes[: len(exchange.bytes) // 2], then=Then.HANG)


def drop(exchange: Exchange) -> Exchange:
    """Close the connection without an answer."""
    return replace(exchange, data=b"", then=Then.CLOSE)


def drop_in_the_middle(exchange: Exchange) -> Exchange:
    """Close the connection after half of the answer."""
    return replace(exchange, data=exchange.bytes[: len(exchange.bytes) // 2], then=Then.CLOSE)


def take_leave(exchange: Exchange) -> Exchange:
    """Close as the protocol has it, for lack of activity."""
    return replace(exchange, answer=Close(CloseReason.LACK_OF_ACTIVITY), then=Then.CLOSE)


def nonsense(exchange: Exchange) -> Exchange:
    """Answer in another protocol."""
    return replace(exchange, data=b"HTTP/1.1 400 Bad Request\r\n\r\nwhat?", then=Then.CLOSE)


def endless(exchange: Exchange) -> Exchange:
    """Send an answer of indefinite length that never ends."""
    return replace(exchange, data=b"\xb9\x80" + b"\x04\x7f" + b"x" * 127, then=Then.REPEAT)


def enormous(exchange: Exchange) -> Exchange:
    """Announce an answer of many gigabytes."""
    return replace(exchange, data=b"\xb9\x86\x00\xff\xff\xff\xff\xff")


def bottomless(exchange: Exchange) -> Exchange:
    """Nest elements far deeper than anything sensible."""
    return replace(exchange, data=b"\xb9\x80" + b"\x30\x80" * 100_000 + b"\x00\x00" * 100_001)


def indefinite(exchange: Exchange) -> Exchange:
    """Send lengths as indefinite, which is allowed."""
    return replace(exchange, data=with_indefinite_lengths(exchange.bytes))


def wrong_kind(exchange: Exchange) -> Exchange:
    """Answer something else than was asked."""
    return replace(exchange, answer=apdu.DeleteResultSetResponse(0))


def short_presents(most: int) -> Fault:
    """Deliver fewer records than asked for, and call it a success."""

    def fault(exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if not isinstance(answer, PresentResponse):
            return exchange
        return replace(exchange, answer=replace(answer, records=answer.records[:most], present_status=0))

    return fault


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


def negative_count(exchange: Exchange) -> Exchange:
    """State fewer hits than none."""
    if not isinstance(exchange.answer, SearchResponse):
        return exchange
    return replace(exchange, answer=replace(exchange.answer, result_count=-1))


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
            if isinstance(slot, apdu.RetrievedRecord) and identifier.encode() in slot.content
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


@asynccontextmanager
async def z3950_peer(
    catalogue: ServedCatalogue, *faults: Fault, limits: ServerLimits | None = None
) -> AsyncIterator[str]:
    """A Z39.50 target with these faults; gives its address."""
    numbers = iter(range(1, 1_000_000_000))

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, framer = ServerSession(catalogue, limits or ServerLimits()), Framer()
        while data := await reader.read(_CHUNK):
            framer.feed(data)
            while (unit := framer.next()) is not None:
                request = decode(unit)
                *ahead, answer = session.receive(request)
                writer.write(b"".join(map(encode, ahead)))
                exchange = Exchange(next(numbers), request, answer)
                for fault in faults:
                    exchange = fault(exchange)
                if not await _perform(writer, exchange.bytes, exchange.then):
                    return

    async with _listening(converse) as port:
        yield f"tcp://127.0.0.1:{port}/{catalogue.name}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, perhaps a false one."""

    number: int  #: counted from 1 over all connections
    parameters: dict[str, str]
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0  #: bytes that are announced but not sent
    then: Then = Then.CLOSE


HttpFault = Callable[[Reply], Reply]


@asynccontextmanager
async def http_peer(respond: Callable[[dict[str, str]], bytes], *faults: HttpFault) -> AsyncIterator[str]:
    """An HTTP server with these faults; gives its base address."""
    numbers = iter(range(1, 1_000_000_000))

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        parameters = dict(parse_qsl(urlsplit(head.split(b" ")[1].decode()).query))
        reply = Reply(next(numbers), parameters, respond(parameters))
        for fault in faults:
            reply = fault(reply)
        headers = (("Content-Length", str(len(reply.body) + reply.missing)), ("Connection", "close"))
        lines = [f"HTTP/1.1 {reply.status} -", *(f"{k}: {v}" for k, v in (*headers, *reply.headers))]
        await _perform(writer, "\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body, reply.then)

    async with _listening(converse) as port:
        yield f"http://127.0.0.1:{port}/"


async def _perform(writer: asyncio.StreamWriter, data: bytes, then: Then) -> bool:
    """Send, then do what the fault says; False when the conversation is over."""
    writer.write(data)
    await writer.drain()
    if then is Then.HANG:
        await asyncio.Event().wait()
    while then is Then.REPEAT:
        writer.write(data[2:])
        await writer.drain()
    return then is Then.GO_ON


@asynccontextmanager
async def _listening(
    converse: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Listen on a free port; conversations still open at the end are broken off."""
    conversations: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            conversations.add(task)
        try:
            await converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The other side went away, or the test is over: both are the end of this conversation.
            writer.transport.abort()
        finally:
            writer.close()
            if task is not None:
                conversations.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await server.wait_closed()
