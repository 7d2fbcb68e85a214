"""A small Z39.50 server over asyncio streams; what it says is decided in ``answering``."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from connectors.serving import ServedCatalogue
from connectors.z3950.answering import ServerSession
from connectors.z3950.apdu import Apdu, Close, CloseReason, DiagnosticRecord, SearchResponse
from connectors.z3950.ber import Element, Limits, Malformed
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.rpn_codec import UnsupportedQuery

log = logging.getLogger(__name__)

_CHUNK: Final = 65536

_REQUEST_LIMITS: Final = Limits(size=1024 * 1024, elements=50_000)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What the network may use."""

    connections: int = 100
    idle_seconds: float = 600.0  #: without a request, or without reading an answer
    request: Limits = _REQUEST_LIMITS


DEFAULT_LIMITS: Final = ConnectionLimits()
Sessions = Callable[[], ServerSession]


class Server:
    """A listening server; closing it ends its connections."""

    def __init__(self, sessions: Sessions, limits: ConnectionLimits) -> None:
        """Use ``serve`` or ``listen``."""
        self._sessions = sessions
        self._limits = limits
        self._listener: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._listener is None:
            raise RuntimeError("the server does not listen")
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """Listen; port 0 takes a free one."""
        self._listener = await asyncio.start_server(self._converse, host, port, ssl=tls)

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._listener is not None:
            self._listener.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await self._listener.wait_closed()

    async def __aenter__(self) -> Server:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= self._limits.connections:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            await self._answer_all(reader, writer)
        except (OSError, ssl.SSLError) as error:
            log.info("a Z39.50 client went away: %s", error)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, framer = self._sessions(), Framer(self._limits.request)
        while True:
            answers: tuple[Apdu, ...]
            try:
                async with asyncio.timeout(self._limits.idle_seconds):
                    unit = await _receive(reader, framer)
                answers = (Close(CloseReason.FINISHED),) if unit is None else _answers(session, unit)
            except TimeoutError:
                answers = (Close(CloseReason.LACK_OF_ACTIVITY),)
            except Malformed as error:
                answers = (Close(CloseReason.PROTOCOL_ERROR, str(error)),)
            writer.write(b"".join(map(encode, answers)))
            try:
                async with asyncio.timeout(self._limits.idle_seconds):
                    await writer.drain()
            except TimeoutError:
                # It asks and does not read the answers: nothing more can be said to it.
                writer.transport.abort()
                return
            if answers and isinstance(answers[-1], Close):
                return


def _answers(session: ServerSession, unit: Element) -> tuple[Apdu, ...]:
    try:
        return session.receive(decode(unit))
    except UnsupportedQuery as error:
        # A whole search, only not one that is understood: the conversation can go on.
        refusal = DiagnosticRecord(error.condition, str(error))
        answer = SearchResponse(
            0, search_status=False, diagnostics=(refusal,), reference_id=error.reference_id
        )
        return (answer,)


async def _receive(reader: asyncio.StreamReader, framer: Framer) -> Element | None:
    """The next whole unit; None when the client has ended the stream."""
    while (unit := framer.next()) is None:
        data = await reader.read(_CHUNK)
        if not data:
            return None
        framer.feed(data)
    return unit


async def listen(
    sessions: Sessions,
    host: str,
    port: int,
    *,
    limits: ConnectionLimits = DEFAULT_LIMITS,
    tls: ssl.SSLContext | None = None,
) -> Server:
    """Listen with a session of the caller's making for each connection."""
    server = Server(sessions, limits)
    await server.start(host, port, tls)
    return server


async def serve(catalogue: ServedCatalogue, host: str, port: int) -> Server:
    """Serve a catalogue; port 0 takes a free one, to be read from ``Server.port``."""
    return await listen(lambda: ServerSession(catalogue), host, port)
