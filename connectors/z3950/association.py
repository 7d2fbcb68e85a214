"""Requests and answers of one association; answers are matched by order.

Some targets echo no reference ids, so nothing is concluded from them.

Owns: what is still to be answered, segments ahead of an answer, units that come unasked, the deadline.
Must not: know what a service asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, TypeVar

from connectors.errors import ConnectorError, Diagnostic, Disconnected, ProtocolViolation, TimedOut
from connectors.z3950.apdu import (
    Apdu,
    Close,
    DeleteResultSetResponse,
    DiagnosticRecord,
    InitResponse,
    Part,
    PresentResponse,
    ScanResponse,
    SearchResponse,
    Segment,
    SortResponse,
)
from connectors.z3950.ber import Malformed
from connectors.z3950.connection import Connection
from connectors.z3950.control import AccessControlRequest, ResourceControlRequest, ResourceControlResponse
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode

Answer = TypeVar(
    "Answer",
    InitResponse,
    SearchResponse,
    PresentResponse,
    ScanResponse,
    SortResponse,
    DeleteResultSetResponse,
)

_FAREWELL_SECONDS: Final = 2.0
_MAX_INTERRUPTIONS: Final = 10_000  # segments and questions before one answer


class Association:
    """Sends units and takes their answers. Not for use by several tasks at once."""

    def __init__(self, connection: Connection, where: str, seconds: float) -> None:
        """``seconds`` is the deadline of one answer; ``where`` names the target in errors."""
        self._connection = connection
        self._where = where
        self._seconds = seconds
        self._unclaimed = 0  # requests sent whose answers nobody has taken

    async def ask(self, request: Apdu, kind: type[Answer]) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            ConnectorError: the conversation broke off or made no sense.
        """
        await self.settle()
        self.send(request)
        return (await self.answer(kind))[1]

    def send(self, *requests: Apdu) -> None:
        """Send requests in one piece; their answers are to be taken in the same order."""
        self._connection.send(b"".join(map(encode, requests)))
        self._unclaimed += len(requests)

    async def settle(self) -> None:
        """Take the answers that nobody waits for any more: a stream of records may be left early."""
        while self._unclaimed:
            await self._next()

    async def answer(self, kind: type[Answer]) -> tuple[Sequence[Part], Answer]:
        """The next answer, which must be of this kind, and what came ahead of it in segments.

        Raises:
            TimedOut: it did not come within the time.
            Disconnected: the target closed instead.
            ProtocolViolation: another unit came, or none at all.
        """
        ahead, unit = await self._next()
        if isinstance(unit, kind):
            return ahead, unit
        raise ProtocolViolation(
            "unexpected_answer", self._where, expected=kind.__name__, found=type(unit).__name__
        )

    async def close(self) -> None:
        """End the association politely if the target still listens, and the connection in any case."""
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                self._connection.send(encode(Close()))
                await self._connection.close()
        except TimeoutError:
            # The target does not take in what is sent any more.
            self._connection.abort()

    def refusal(self, diagnostics: Sequence[DiagnosticRecord]) -> ConnectorError:
        """The error that the first of these diagnostics is."""
        if not diagnostics:
            return Diagnostic(self._where, "", 0, "refused without a reason")
        first = diagnostics[0]
        return Diagnostic(self._where, first.diagnostic_set, first.condition, first.addinfo)

    async def _next(self) -> tuple[Sequence[Part], Apdu]:
        try:
            async with asyncio.timeout(self._seconds):
                ahead, unit = await self._awaited()
        except TimeoutError:
            raise TimedOut("timed_out", self._where, seconds=self._seconds, during="answer") from None
        if isinstance(unit, Close):
            reason = f"close {unit.reason} {unit.message}".strip()
            raise Disconnected("disconnected", self._where, reason=reason)
        self._unclaimed -= 1
        return ahead, unit

    async def _awaited(self) -> tuple[Sequence[Part], Apdu]:
        ahead: list[Part] = []
        for _ in range(_MAX_INTERRUPTIONS):
            unit = await self._receive()
            if isinstance(unit, Segment):
                ahead.extend(unit.records)
            elif isinstance(unit, ResourceControlRequest):
                self._let_go_on(unit)
            elif isinstance(unit, AccessControlRequest):
                raise ProtocolViolation("session_refused", self._where, reason="access control")
            else:
                return ahead, unit
        raise ProtocolViolation("no_progress", self._where, reason="segments without end")

    def _let_go_on(self, unit: ResourceControlRequest) -> None:
        if unit.response_required:
            self._connection.send(encode(ResourceControlResponse(go_on=True, reference_id=unit.reference_id)))

    async def _receive(self) -> Apdu:
        try:
            return decode(await self._connection.receive())
        except Malformed as error:
            raise ProtocolViolation("malformed", self._where, reason=str(error)) from error
