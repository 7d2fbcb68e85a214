"""A Z39.50 client: the services of one association with one target.

Owns: requests and what their answers mean.
Must not: partition, retry or judge completeness (``harvester`` does).
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from connectors.errors import Interrupted, ProtocolViolation
from connectors.transport import open_protocol
from connectors.z3950 import apdu
from connectors.z3950.apdu import (
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
    Slot,
    SortKey,
    SortRequest,
    SortResponse,
)
from connectors.z3950.association import Association
from connectors.z3950.ber import Malformed
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.connection import Connection
from connectors.z3950.from_cql import compile_cql
from connectors.z3950.oids import SYNTAXES
from connectors.z3950.rpn import CqlQuery, RpnQuery, Term
from connectors.z3950.segments import assembled
from connectors.z3950.settings import Settings

_OPTIONS: Final = frozenset(
    {apdu.SEARCH, apdu.PRESENT, apdu.DELETE_SET, apdu.SCAN, apdu.SORT, apdu.NAMED_RESULT_SETS}
)
_SEGMENTATION: Final = frozenset({apdu.WHOLE_RECORD_SEGMENTS, apdu.FRAGMENT_SEGMENTS})
_SORTED_IN_PART: Final = 1


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
        self._association = Association(connection, settings.where, settings.seconds)
        self.target = InitResponse(result=False)  #: what the target said of itself

    async def initialise(self, character_set: str = "") -> None:
        """Open the association; ``character_set`` is proposed to the target where it is given.

        Raises:
            ProtocolViolation: ``session_refused``, with the target's reason.
            ConnectorError: the conversation broke off or made no sense.
        """
        options = _OPTIONS | (_SEGMENTATION if self._settings.segments else frozenset())
        options |= {apdu.QUERY_TYPE_104} if self._settings.cql else frozenset()
        request = InitRequest(
            credentials=self._settings.credentials,
            options=options | {apdu.NEGOTIATION} if character_set else options,
            preferred_message_size=self._settings.message_size,
            exceptional_record_size=self._settings.message_size,
            proposed=CharacterSets((character_set,), in_records=True) if character_set else None,
        )
        self.target = await self._association.ask(request, InitResponse)
        if not self.target.result:
            raise ProtocolViolation("session_refused", self._settings.where, reason=self.target.message)

    @property
    def character_set(self) -> str | None:
        """The encoding agreed on for terms and messages; None where nothing was agreed."""
        selected = self.target.selected
        return selected.names[0] if selected is not None and selected.names else None

    async def search(self, query: RpnQuery | CqlQuery, result_set: str = "default") -> Found:
        """Make a result set.

        Raises:
            Diagnostic: the target refused the query.
            ConnectorError: the conversation broke off or made no sense.
        """
        request = SearchRequest((self._settings.database,), query, result_set)
        answer = await self._association.ask(request, SearchResponse)
        refusals = answer.diagnostics or tuple(
            slot for slot in answer.records if isinstance(slot, DiagnosticRecord)
        )
        if refusals or not answer.search_status:
            raise self._association.refusal(refusals)
        if answer.result_count < 0:
            raise ProtocolViolation("malformed", self._settings.where, reason="a negative result count")
        return Found(answer.result_count, answer.result_set_status is None)

    async def search_cql(self, text: str, result_set: str = "default") -> Found:
        """Make a result set from CQL: as it is where the target takes it, else compiled to a type-1 query.

        Raises:
            Misconfigured: it is not CQL, or says what no type-1 query can say.
            Diagnostic: the target refused the query.
            ConnectorError: the conversation broke off or made no sense.
        """
        if self._settings.cql and apdu.QUERY_TYPE_104 in self.target.options:
            return await self.search(CqlQuery(text), result_set)
        return await self.search(compile_cql(text, self._settings.query_encoding), result_set)

    async def present(
        self, start: int, count: int, result_set: str = "default", *, syntax: str | None = None
    ) -> tuple[Slot, ...]:
        """Fetch records from position ``start`` (the first is 1); fewer than ``count`` may come.

        ``syntax`` is a name of ``oids.SYNTAXES``; by default that of the settings.

        Raises:
            Diagnostic: the target refused the whole request.
            ConnectorError: the conversation broke off or made no sense.
        """
        await self._association.settle()
        self._association.send(self._present_request(start, count, result_set, syntax))
        return await self._presented(count, syntax)

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
        await self._association.settle()
        starts = range(start, start + count, chunk)
        requests = iter([(first, min(chunk, start + count - first)) for first in starts])
        waiting: deque[int] = deque()

        def ask(most: int) -> None:
            asked = list(islice(requests, most))
            self._association.send(*(self._present_request(*one, result_set, syntax) for one in asked))
            waiting.extend(wanted for _, wanted in asked)

        ask(in_flight)
        while waiting:
            wanted = waiting.popleft()
            slots = await self._presented(wanted, syntax)
            short = len(slots) < wanted
            if not short:
                ask(1)
            yield slots
            if short:
                return

    def _present_request(self, start: int, count: int, result_set: str, syntax: str | None) -> PresentRequest:
        oid = SYNTAXES[syntax or self._settings.syntax]
        return PresentRequest(start, count, result_set, oid, self._settings.element_set)

    async def _presented(self, wanted: int, syntax: str | None) -> tuple[Slot, ...]:
        ahead, answer = await self._association.answer(PresentResponse)
        if answer.diagnostics:
            raise self._association.refusal(answer.diagnostics)
        parts = (*ahead, *answer.records) if ahead else answer.records
        try:
            slots = assembled(parts, SYNTAXES[syntax or self._settings.syntax])
        except Malformed as error:
            raise ProtocolViolation("malformed", self._settings.where, reason=str(error)) from error
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
        answer = await self._association.ask(request, ScanResponse)
        if answer.diagnostics and not answer.entries:
            raise self._association.refusal(answer.diagnostics)
        return answer

    async def sort(
        self, keys: Sequence[SortKey], result_set: str = "default", into: str | None = None
    ) -> bool:
        """Sort a result set, in its place or into another one; False where only a part was sorted.

        Raises:
            Diagnostic: the target refused.
            ConnectorError: the conversation broke off or made no sense.
        """
        request = SortRequest((result_set,), result_set if into is None else into, tuple(keys))
        answer = await self._association.ask(request, SortResponse)
        if answer.status > _SORTED_IN_PART:
            raise self._association.refusal(answer.diagnostics)
        return answer.status == 0

    async def delete(self, *result_sets: str) -> bool:
        """Forget result sets, or all where none is named; False when the target could not."""
        request = DeleteResultSetRequest(result_sets)
        return (await self._association.ask(request, DeleteResultSetResponse)).status == 0

    async def close(self) -> None:
        """End the association politely if the target still listens, and the connection in any case."""
        await self._association.close()


async def open_client(settings: Settings, tls: ssl.SSLContext | None = None) -> Client:
    """Connect and open an association; close it with ``Client.close``.

    Where the settings propose a character set and the target will not have it, a second association is opened
    without: some targets end the conversation over the proposal instead of declining it.

    Raises:
        ConnectorError: unreachable, too slow, refused, or no Z39.50 server.
    """
    if settings.character_set:
        try:
            return await _opened(settings, tls, settings.character_set)
        except (Interrupted, ProtocolViolation):
            return await _opened(settings, tls, "")
    return await _opened(settings, tls, "")


async def _opened(settings: Settings, tls: ssl.SSLContext | None, character_set: str) -> Client:
    connection = await open_protocol(
        lambda: Connection(settings.where), settings.address, seconds=settings.seconds, tls=tls
    )
    client = Client(settings, connection)
    try:
        await client.initialise(character_set)
    except BaseException:
        await client.close()
        raise
    return client
