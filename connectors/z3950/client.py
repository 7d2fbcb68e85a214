"""A Z39.50 client: one association with one target, each answer under a deadline.

Owns: the order of requests and answers; they are matched by order, since some targets echo no reference ids.
Must not: partition, retry or judge completeness (``harvester`` does).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from connectors.errors import ConnectorError, Diagnostic, Disconnected, ProtocolViolation, TimedOut
from connectors.transport import acknowledge_at_once, open_stream
from connectors.z3950 import ber
from connectors.z3950.apdu import (
    Apdu,
    Close,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    DiagnosticRecord,
    InitRequest,
    InitResponse,
    PresentRequest,
    PresentResponse,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
    Segment,
    Slot,
)
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.oids import SYNTAXES
from connectors.z3950.rpn import RpnQuery, Term
from connectors.z3950.settings import Settings

Answer = TypeVar(
    "Answer", InitResponse, SearchResponse, PresentResponse, ScanResponse, DeleteResultSetResponse
)

_CHUNK: Final = 65536
_FAREWELL_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """The size of a result set as the target states it."""

    hits: int
    exact: bool  #: False where the target says subset, interim or estimate


class Client:
    """An open association. Not for use by several tasks at once."""

    def __init__(
        self, settings: Settings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Use ``open_client``; this takes streams already connected."""
        self._settings = settings
        self._reader = reader
        self._writer = writer
        self._framer = Framer()
        self._segments: list[Slot] = []
        self.target = InitResponse(result=False)  #: what the target said of itself

    async def initialise(self) -> None:
        """Open the association.

        Raises:
            ProtocolViolation: ``session_refused``, with the target's reason.
            ConnectorError: the conversation broke off or made no sense.
        """
        request = InitRequest(
            credentials=self._settings.credentials,
            preferred_message_size=self._settings.message_size,
            exceptional_record_size=self._settings.message_size,
        )
        self.target = await self._ask(request, InitResponse)
        if not self.target.result:
            raise ProtocolViolation("session_refused", self._settings.where, reason=self.target.message)

    async def search(self, query: RpnQuery, result_set: str = "default") -> Found:
        """Make a result set.

        Raises:
            Diagnostic: the target refused the query.
            ConnectorError: the conversation broke off or made no sense.
        """
        request = SearchRequest((self._settings.database,), query, result_set)
        answer = await self._ask(request, SearchResponse)
        refusals = answer.diagnostics or tuple(
            slot for slot in answer.records if isinstance(slot, DiagnosticRecord)
        )
        if refusals or not answer.search_status:
            raise self._refusal(refusals)
        if answer.result_count < 0:
            raise ProtocolViolation("malformed", self._settings.where, reason="a negative result count")
        return Found(answer.result_count, answer.result_set_status is None)

    async def present(
        self, start: int, count: int, result_set: str = "default", *, syntax: str | None = None
    ) -> tuple[Slot, ...]:
        """Fetch records from position ``start`` (the first is 1); fewer than ``count`` may come.

        Raises:
            Diagnostic: the target refused the whole request.
            ConnectorError: the conversation broke off or made no sense.
        """
        return (await self.present_many([(start, count)], result_set, syntax=syntax))[0]

    async def present_many(
        self,
        ranges: Sequence[tuple[int, int]],
        result_set: str = "default",
        *,
        syntax: str | None = None,
    ) -> list[tuple[Slot, ...]]:
        """Fetch several ranges with all requests in flight at once; answers in the same order.

        ``syntax`` is a name of ``oids.SYNTAXES``; by default that of the settings.

        Raises:
            Diagnostic: the target refused one of the requests.
            ConnectorError: the conversation broke off or made no sense.
        """
        oid, element_set = SYNTAXES[syntax or self._settings.syntax], self._settings.element_set
        requests = (PresentRequest(start, count, result_set, oid, element_set) for start, count in ranges)
        self._send(*requests)
        answers = [self._delivered(count, await self._answer(PresentResponse)) for _, count in ranges]
        for answer in answers:
            if isinstance(answer, ConnectorError):
                raise answer
        return [answer for answer in answers if not isinstance(answer, ConnectorError)]

    def _delivered(self, count: int, answer: PresentResponse) -> tuple[Slot, ...] | ConnectorError:
        slots = (*self._segments, *answer.records)
        self._segments.clear()
        if answer.diagnostics:
            return self._refusal(answer.diagnostics)
        if len(slots) > count:
            reason = f"{len(slots)} records where {count} were asked for"
            return ProtocolViolation("malformed", self._settings.where, reason=reason)
        return slots

    async def scan(self, term: Term, count: int, position: int = 1) -> ScanResponse:
        """Neighbouring terms of an index.

        Raises:
            Diagnostic: the target refused and gave no term.
            ConnectorError: the conversation broke off or made no sense.
        """
        request = ScanRequest((self._settings.database,), term, count, position)
        answer = await self._ask(request, ScanResponse)
        if answer.diagnostics and not answer.entries:
            raise self._refusal(answer.diagnostics)
        return answer

    async def delete(self, *result_sets: str) -> bool:
        """Forget result sets; False when the target could not."""
        answer = await self._ask(DeleteResultSetRequest(result_sets), DeleteResultSetResponse)
        return answer.status == 0

    async def close(self) -> None:
        """End the association politely if the target still listens, and the connection in any case."""
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                self._writer.write(encode(Close()))
                await self._writer.drain()
                self._writer.close()
                await self._writer.wait_closed()
        except (OSError, TimeoutError, ssl.SSLError):
            # The target is gone already; the connection is dropped without a word.
            self._writer.transport.abort()

    async def _ask(self, request: Apdu, kind: type[Answer]) -> Answer:
        self._send(request)
        return await self._answer(kind)

    def _send(self, *requests: Apdu) -> None:
        # In one piece: a second small segment would wait for the acknowledgement of the first.
        self._writer.write(b"".join(encode(request) for request in requests))

    async def _answer(self, kind: type[Answer]) -> Answer:
        """The next answer, which must be of this kind; segments before it are collected."""
        try:
            async with asyncio.timeout(self._settings.seconds):
                await self._writer.drain()
                while isinstance(unit := await self._receive(), Segment):
                    self._segments.extend(unit.records)
        except TimeoutError:
            during = kind.__name__
            raise TimedOut(
                "timed_out", self._settings.where, seconds=self._settings.seconds, during=during
            ) from None
        except OSError as error:
            raise Disconnected("disconnected", self._settings.where, reason=str(error)) from error
        if isinstance(unit, Close):
            reason = f"close {unit.reason} {unit.message}".strip()
            raise Disconnected("disconnected", self._settings.where, reason=reason)
        if not isinstance(unit, kind):
            raise ProtocolViolation(
                "unexpected_answer",
                self._settings.where,
                expected=kind.__name__,
                found=type(unit).__name__,
            )
        return unit

    async def _receive(self) -> Apdu:
        try:
            while (unit := self._framer.next()) is None:
                if self._settings.pipeline > 1:
                    acknowledge_at_once(self._writer)
                data = await self._reader.read(_CHUNK)
                if not data:
                    raise Disconnected("disconnected", self._settings.where, reason="end of stream")
                self._framer.feed(data)
            return decode(unit)
        except ber.Malformed as error:
            raise ProtocolViolation("malformed", self._settings.where, reason=str(error)) from error

    def _refusal(self, diagnostics: Sequence[DiagnosticRecord]) -> ConnectorError:
        if not diagnostics:
            return Diagnostic(self._settings.where, "", 0, "refused without a reason")
        first = diagnostics[0]
        return Diagnostic(self._settings.where, first.diagnostic_set, first.condition, first.addinfo)


async def open_client(settings: Settings, tls: ssl.SSLContext | None = None) -> Client:
    """Connect and open an association; close it with ``Client.close``.

    Raises:
        ConnectorError: unreachable, too slow, refused, or no Z39.50 server.
    """
    reader, writer = await open_stream(settings.address, seconds=settings.seconds, tls=tls)
    client = Client(settings, reader, writer)
    try:
        await client.initialise()
    except BaseException:
        await client.close()
        raise
    return client
