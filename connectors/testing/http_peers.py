"""An HTTP server whose every answer passes through faults; what it answers is handed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from connectors.testing.listening import Then, Traffic, listening, perform


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, perhaps a false one."""

    number: int  #: counted from 1 over all connections
    parameters: dict[str, str]
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    missing: int | None = 0  #: bytes that are announced but not sent; None announces no length at all
    then: Then = Then.CLOSE
    raw: bytes | None = None  #: replaces everything, status and headers too
    repeated: bytes = b""  #: what ``Then.REPEAT`` sends for ever

    @property
    def bytes(self) -> bytes:
        """What goes over the wire."""
        if self.raw is not None:
            return self.raw
        headers = [("Connection", "close"), *self.headers]
        if self.missing is not None:
            headers.append(("Content-Length", str(len(self.body) + self.missing)))
        lines = [f"HTTP/1.1 {self.status} -", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


HttpFault: TypeAlias = Callable[[Reply], Reply]


@asynccontextmanager
async def http_peer(
    respond: Callable[[dict[str, str]], bytes], *faults: HttpFault, traffic: Traffic | None = None
) -> AsyncIterator[str]:
    """An HTTP server with these faults; gives its base address."""
    numbers = iter(range(1, 1_000_000_000))
    counted = traffic or Traffic()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        counted.requests += 1
        parameters = dict(parse_qsl(urlsplit(head.split(b" ")[1].decode()).query))
        reply = Reply(next(numbers), parameters, respond(parameters))
        for fault in faults:
            reply = fault(reply)
        await perform(writer, reply.bytes, reply.then, counted, reply.repeated)

    async with listening(converse, counted) as port:
        yield f"http://127.0.0.1:{port}/"
