"""One connection: bytes are made into elements as they arrive, and handed out one by one.

Owns: the receive buffer, the framer, and the reason why the connection ended.
Must not: know what the elements say.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from connectors.errors import ConnectorError, Disconnected, ProtocolViolation
from connectors.transport import acknowledge_at_once
from connectors.z3950.ber import Element, Limits, Malformed
from connectors.z3950.framing import Framer

#: Answers are flat, for only a query nests as deep as it is long; ten thousand records are 70,000 elements.
ANSWER_LIMITS: Final = Limits(depth=64, elements=150_000)
_BUFFER: Final = 256 * 1024
_MAX_WAITING: Final = 16  # answers that nobody has taken; more are left to the peer


class Connection(asyncio.BufferedProtocol):
    """The receiving half of an association, and the transport for the sending one."""

    def __init__(self, where: str, limits: Limits = ANSWER_LIMITS) -> None:
        """``where`` names the peer in errors."""
        self._where = where
        self._framer = Framer(limits)
        self._received = memoryview(bytearray(_BUFFER))
        self._waiting: deque[Element] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._error: ConnectorError | None = None
        self._transport: asyncio.Transport | None = None
        self._closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            acknowledge_at_once(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Called by the event loop: where to put what arrives."""
        return self._received

    def buffer_updated(self, nbytes: int) -> None:
        """Called by the event loop: so many bytes have arrived."""
        if self._error is not None:
            return
        if self._transport is not None:
            acknowledge_at_once(self._transport)
        self._framer.feed(self._received[:nbytes])
        try:
            while (element := self._framer.next()) is not None:
                self._waiting.append(element)
        except Malformed as error:
            self._end(ProtocolViolation("malformed", self._where, reason=str(error)))
            self.abort()
        if len(self._waiting) > _MAX_WAITING and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._end(Disconnected("disconnected", self._where, reason=str(exc or "end of stream")))
        self._wake()
        if not self._closed.done():
            self._closed.set_result(None)

    def _end(self, error: ConnectorError) -> None:
        self._error = self._error or error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def send(self, data: bytes) -> None:
        """Send in one piece: a second small segment would wait for the acknowledgement of the first."""
        if self._transport is not None:
            self._transport.write(data)

    async def receive(self) -> Element:
        """The next whole element.

        Raises:
            Disconnected: the connection ended before it.
            ProtocolViolation: what came is not BER, or exceeds the limits.
        """
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        element = self._waiting.popleft()
        if self._transport is not None and len(self._waiting) == _MAX_WAITING:
            self._transport.resume_reading()
        return element

    def abort(self) -> None:
        """Drop the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Send what is still to be sent, and end the connection."""
        if self._transport is not None:
            self._transport.close()
            await asyncio.shield(self._closed)
