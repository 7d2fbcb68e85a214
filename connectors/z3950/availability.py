"""Whether copies are in, asked over Z39.50: the record is looked up, and its holdings read.

Owns: one association, kept open between questions; which record syntax the target tells holdings in.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Final

from connectors.availability.from_marc import marc_items
from connectors.availability.from_opac import opac_record
from connectors.availability.from_xml import xml_record
from connectors.availability.options import AUTOMATIC, WAYS, AskingHabits, habits
from connectors.availability.values import HeldRecord, LiveItem, LocalIdentifiers, asked_for, not_found
from connectors.errors import ConnectorError, Diagnostic, Disconnected, Interrupted, ProtocolViolation
from connectors.marc.reading import Rejected, read
from connectors.options import Options
from connectors.z3950 import ber, oids
from connectors.z3950.apdu import DiagnosticRecord, RetrievedRecord, Slot
from connectors.z3950.client import Client, open_client
from connectors.z3950.opac import decode_opac
from connectors.z3950.rpn import Operator, RpnQuery, joined, term
from connectors.z3950.settings import Settings, settings
from hub.kernel.identifiers import isbn_forms

_USE: Final = 1
_LOCAL_NUMBER, _ISBN = "12", "7"
_MOST_RECORDS: Final = 10
_OPAC: Final = "opac"


class Z3950Availability:
    """One target's holdings; opened at the first question."""

    def __init__(self, target: Settings, asking: AskingHabits, tls: ssl.SSLContext | None = None) -> None:
        self._settings = target
        self._habits = asking
        self._tls = tls
        self._ways = list(WAYS["z3950"]) if asking.way == AUTOMATIC else [asking.way]
        self._client: Client | None = None

    async def ask(self, identifiers: LocalIdentifiers) -> tuple[LiveItem, ...]:
        """The copies of a record; see the port."""
        kept = self._client is not None
        try:
            return await self._ask(identifiers)
        except Disconnected:
            # A target may end an idle association at any time: only a new one tells that it is gone.
            if not kept:
                raise
            return await self._ask(identifiers)

    async def close(self) -> None:
        """End the association."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, identifiers: LocalIdentifiers) -> tuple[LiveItem, ...]:
        try:
            return await self._look_up(identifiers)
        except (Interrupted, ProtocolViolation, asyncio.CancelledError):
            # What was asked may still be answered on this association, and be taken for the next answer.
            await self.close()
            raise

    async def _look_up(self, identifiers: LocalIdentifiers) -> tuple[LiveItem, ...]:
        if self._client is None:
            self._client = await open_client(self._settings, self._tls)
        refusal: Diagnostic | None = None
        for query in self._queries(identifiers):
            try:
                found = await self._client.search(query)
            except Diagnostic as error:
                refusal = error
                continue
            if not found.hits:
                continue
            records = await self._records(self._client, min(found.hits, _MOST_RECORDS))
            try:
                return asked_for(records, identifiers, self._settings.where)
            except ConnectorError:
                # This index found others; the next one may find the record.
                continue
        raise refusal or not_found(identifiers, self._settings.where)

    def _queries(self, identifiers: LocalIdentifiers) -> Iterator[RpnQuery]:
        """By the record's own number first, then by every way its ISBNs may be written."""
        if number := self._encoded(identifiers.number):
            yield RpnQuery((term(number, (_USE, _use(self._habits.record_index))),))
        forms = [form for isbn in identifiers.isbns for form in isbn_forms(isbn)]
        if forms:
            use = _use(self._habits.isbn_index)
            yield RpnQuery(joined(Operator.OR, [(term(form, (_USE, use)),) for form in forms]))

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._settings.query_encoding, "ignore")

    async def _records(self, client: Client, count: int) -> list[HeldRecord]:
        """The records found, in the first way of telling holdings that the target knows."""
        while True:
            way = self._ways[0]
            try:
                slots = await client.present(1, count, syntax=self._syntax(way))
                return self._read(slots)
            except Diagnostic:
                if len(self._ways) == 1:
                    raise
                # It will refuse the next time too.
                del self._ways[0]

    def _syntax(self, way: str) -> str:
        if way == _OPAC:
            return _OPAC
        return self._settings.syntax if self._settings.syntax != _OPAC else "usmarc"

    def _read(self, slots: tuple[Slot, ...]) -> list[HeldRecord]:
        refused = [slot for slot in slots if isinstance(slot, DiagnosticRecord)]
        records = [slot for slot in slots if isinstance(slot, RetrievedRecord)]
        if refused and not records:
            first = refused[0]
            raise Diagnostic(self._settings.where, first.diagnostic_set, first.condition, first.addinfo)
        return [self._held(record) for record in records]

    def _held(self, record: RetrievedRecord) -> HeldRecord:
        where, asking = self._settings.where, self._habits
        if record.syntax == oids.OPAC:
            try:
                return opac_record(decode_opac(record.content), asking)
            except ber.Malformed as error:
                raise ProtocolViolation("malformed", where, reason=str(error)) from error
        if record.syntax == oids.XML:
            return xml_record(record.content, asking, where)
        answer = read(record.content, encoding=asking.encoding)
        if isinstance(answer, Rejected):
            raise ProtocolViolation("malformed", where, reason=f"record: {answer.reason}")
        return HeldRecord(answer.record, marc_items(answer.record, asking.profile, asking.date_order))


def _use(index: str) -> int | str:
    return int(index) if index.isdecimal() else index


def open_z3950_availability(address: str, options: Options) -> Z3950Availability:
    """The holdings of ``tcp://host:port/Database``; nothing is opened before the first question.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return Z3950Availability(settings(address, options), habits("z3950", options, _LOCAL_NUMBER, _ISBN))
