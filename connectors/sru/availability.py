"""Whether copies are in, asked over SRU: the record is looked up, and its holdings read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from connectors.availability.from_xml import xml_record
from connectors.availability.options import AUTOMATIC, AskingHabits, habits
from connectors.availability.values import HeldRecord, LiveItem, LocalIdentifiers, asked_for, not_found
from connectors.errors import ConnectorError, Diagnostic
from connectors.options import Options
from connectors.sru.client import SruClient
from connectors.sru.cql_writing import quote
from connectors.sru.responses import Page, SruDiagnostic
from connectors.sru.settings import Settings, settings
from connectors.transport import HttpClient
from hub.kernel.identifiers import isbn_forms

_RECORD_INDEX, _ISBN_INDEX = "rec.identifier", "bath.isbn"
_MOST_RECORDS: Final = 10


class SruAvailability:
    """One server's holdings; its connection is kept open between questions."""

    def __init__(self, target: Settings, asking: AskingHabits) -> None:
        # Whoever waits for an answer now gains nothing from one after a pause.
        self._settings = replace(target, policy=replace(target.policy, attempts=1))
        self._habits = asking
        self._http: HttpClient | None = None

    async def ask(self, identifiers: LocalIdentifiers) -> tuple[LiveItem, ...]:
        """The copies of a record; see the port."""
        client = SruClient(self._settings, await self._open())
        schema = None if self._habits.way == AUTOMATIC else self._habits.way
        refusal: Diagnostic | None = None
        for query in self._queries(identifiers):
            try:
                page = await client.search(query, 1, _MOST_RECORDS, schema=schema)
                records = self._records(page)
            except Diagnostic as error:
                refusal = error
                continue
            if not records:
                continue
            try:
                return asked_for(records, identifiers, self._settings.address)
            except ConnectorError:
                # This index found others; the next one may find the record.
                continue
        raise refusal or not_found(identifiers, self._settings.address)

    async def close(self) -> None:
        """Let go of the connection."""
        http, self._http = self._http, None
        if http is not None:
            await http.__aexit__(None, None, None)

    async def _open(self) -> HttpClient:
        if self._http is None:
            http = HttpClient(
                self._settings.address, self._settings.policy, credentials=self._settings.credentials
            )
            self._http = await http.__aenter__()
        return self._http

    def _queries(self, identifiers: LocalIdentifiers) -> Iterator[str]:
        """By the record's own number first, then by every way its ISBNs may be written."""
        if identifiers.number:
            yield f"{self._habits.record_index} = {quote(identifiers.number)}"
        forms = [form for isbn in identifiers.isbns for form in isbn_forms(isbn)]
        if forms:
            yield " or ".join(f"{self._habits.isbn_index} = {quote(form)}" for form in forms)

    def _records(self, page: Page) -> list[HeldRecord]:
        refused = [slot for slot in page.slots if isinstance(slot, SruDiagnostic)]
        if refused and len(refused) == len(page.slots):
            first = refused[0]
            detail = " ".join(filter(None, (first.message, first.details)))
            raise Diagnostic(self._settings.address, first.uri.rpartition("/")[0], first.number, detail)
        return [
            xml_record(slot.content, self._habits, self._settings.address)
            for slot in page.slots
            if not isinstance(slot, SruDiagnostic)
        ]


def open_sru_availability(address: str, options: Options) -> SruAvailability:
    """The holdings of an SRU server; nothing is opened before the first question.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return SruAvailability(settings(address, options), habits("sru", options, _RECORD_INDEX, _ISBN_INDEX))
