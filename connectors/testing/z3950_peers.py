"""A Z39.50 target whose every answer passes through faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from connectors.serving import ServedCatalogue
from connectors.testing.listening import Then, Traffic, listening, perform
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import Apdu
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer

_CHUNK: Final = 65536


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request over Z39.50 and the answer to it. ``data`` replaces the answer's own bytes."""

    number: int  #: counted from 1 over all connections
    request: Apdu
    answer: Apdu
    ahead: tuple[Apdu, ...] = ()  #: segments before the answer
    data: bytes | None = None
    then: Then = Then.GO_ON
    repeated: bytes = b""  #: what ``Then.REPEAT`` sends for ever

    @property
    def bytes(self) -> bytes:
        """What goes over the wire."""
        if self.data is not None:
            return self.data
        return b"".join(map(encode, (*self.ahead, self.answer)))


Fault: TypeAlias = Callable[[Exchange], Exchange]


def at(number: int, fault: Fault) -> Fault:
    """The fault, only at the request of this number."""
    return lambda exchange: fault(exchange) if exchange.number == number else exchange


def every(count: int, fault: Fault) -> Fault:
    """The fault at each request whose number is a multiple of ``count``."""
    return lambda exchange: fault(exchange) if exchange.number % count == 0 else exchange


@asynccontextmanager
async def z3950_peer(
    catalogue: ServedCatalogue,
    *faults: Fault,
    limits: ServerLimits | None = None,
    traffic: Traffic | None = None,
) -> AsyncIterator[str]:
    """A Z39.50 target with these faults; gives its address."""
    numbers = iter(range(1, 1_000_000_000))
    counted = traffic or Traffic()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, framer = ServerSession(catalogue, limits or ServerLimits()), Framer()
        while data := await reader.read(_CHUNK):
            framer.feed(data)
            while (unit := framer.next()) is not None:
                request = decode(unit)
                answers = session.receive(request)
                if not answers:
                    continue
                exchange = Exchange(next(numbers), request, answers[-1], answers[:-1])
                counted.requests += 1
                for fault in faults:
                    exchange = fault(exchange)
                if not await perform(writer, exchange.bytes, exchange.then, counted, exchange.repeated):
                    return

    async with listening(converse, counted) as port:
        yield f"tcp://127.0.0.1:{port}/{catalogue.name}"
