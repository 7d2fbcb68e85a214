"""A Z39.50 client: one association with one target, each answer under a deadline.

Owns: the order of requests and answers; they are matched by order, since some targets echo no reference ids.
Must not: partition, retry or judge completeness (``harvester`` does).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from connectors.errors import ConnectorError, Diagnostic, Disconnected, ProtocolViolation, TimedOut
from connectors.transport import open_protocol
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
from connectors.z3950.connection import Connection
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.oids import SYNTAXES
from connectors.z3950.rpn import RpnQuery, Term
from connectors.z3950.settings import Settings

Answer = TypeVar(
    "Answer", InitResponse, SearchResponse, PresentResponse, ScanResponse, DeleteResultSetResponse
)

_FAREWELL_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """The size of a result set as the target states it."""

    hits: int
    exact: bool  #: False where the target says subset, interim or estimate


class Client:
    """An open association. Not for use by several tasks at once."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        """Use ``open_client``; this takes a connection already made."""
        self._settings = settings
        self._connection = connection
        self._unclaimed = 0  #: requests sent whose answers nobody has taken
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
        await self._settle()
        self._send(self._present_request(start, count, result_set, syntax))
        return await self._presented(count)

    async def fetch(
        self,
        start: int,
        count: int,
        *,
        chunk: int,
        in_flight: int = 1,
        result_set: str = "default",
        syntax: str | None = None,
    ) -> AsyncGenerator[tuple[Slot, ...], None]:
        """Records from ``start`` on, answer by answer, each asked for ``chunk`` of them at the most.

        ``in_flight`` requests are kept waiting at the target; the next is sent before an answer is given out,
        so that the target works while the caller does. After an answer with fewer records than were asked
        for the stream ends: the caller asks anew from where it stopped.

        Raises:
            Diagnostic: the target refused one of the requests; the records before it have been given out.
            ConnectorError: the conversation broke off or made no sense.
        """
        await self._settle()
        ends = range(start, start + count, chunk)
        requests = iter([(first, min(chunk, start + count - first)) for first in ends])
        waiting: deque[int] = deque()

        def ask(most: int) -> None:
            asked = list(islice(requests, most))
            self._send(*(self._present_request(*one, result_set, syntax) for one in asked))
            waiting.extend(wanted for _, wanted in asked)

        ask(in_flight)
        while waiting:
            wanted = waiting.popleft()
            slots = await self._presented(wanted)
            short = len(slots) < wanted
            if not short:
                ask(1)
            yield slots
            if short:
                return

    def _present_request(self, start: int, count: int, result_set: str, syntax: str | None) -> PresentRequest:
        oid = SYNTAXES[syntax or self._settings.syntax]
        return PresentRequest(start, count, result_set, oid, self._settings.element_set)

    async def _presented(self, wanted: int) -> tuple[Slot, ...]:
        ahead, answer = await self._answer(PresentResponse)
        slots = (*ahead, *answer.records) if ahead else answer.records
        if answer.diagnostics:
            raise self._refusal(answer.diagnostics)
        if len(slots) > wanted:
            reason = f"{len(slots)} records where {wanted} were asked for"
            raise ProtocolViolation("malformed", self._settings.where, reason=reason)
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
                self._connection.send(encode(Close()))
                await self._connection.close()
        except TimeoutError:
            # The target does not take in what is sent any more.
            self._connection.abort()

    async def _ask(self, request: Apdu, kind: type[Answer]) -> Answer:
        await self._settle()
        self._send(request)
        return (await self._answer(kind))[1]

    async def _settle(self) -> None:
        """Take the answers that nobody waits for any more: a stream of records may be left early."""
        while self._unclaimed:
            await self._next()

    def _send(self, *requests: Apdu) -> None:
        self._connection.send(b"".join(map(encode, requests)))
        self._unclaimed += len(requests)

    async def _answer(self, kind: type[Answer]) -> tuple[list[Slot], Answer]:
        """The next answer, which must be of this kind, and the records that came ahead of it in segments."""
        ahead, unit = await self._next()
        if isinstance(unit, kind):
            return ahead, unit
        raise ProtocolViolation(
            "unexpected_answer", self._settings.where, expected=kind.__name__, found=type(unit).__name__
        )

    async def _next(self) -> tuple[list[Slot], Apdu]:
        ahead: list[Slot] = []
        try:
            async with asyncio.timeout(self._settings.seconds):
                while isinstance(unit := await self._receive(), Segment):
                    ahead.extend(unit.records)
        except TimeoutError:
            seconds = self._settings.seconds
            raise TimedOut("timed_out", self._settings.where, seconds=seconds, during="answer") from None
        if isinstance(unit, Close):
            reason = f"close {unit.reason} {unit.message}".strip()
            raise Disconnected("disconnected", self._settings.where, reason=reason)
        self._unclaimed -= 1
        return ahead, unit

    async def _receive(self) -> Apdu:
        try:
            return decode(await self._connection.receive())
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
    connection = await open_protocol(
        lambda: Connection(settings.where), settings.address, seconds=settings.seconds, tls=tls
    )
    client = Client(settings, connection)
    try:
        await client.initialise()
    except BaseException:
        await client.close()
        raise
    return client
