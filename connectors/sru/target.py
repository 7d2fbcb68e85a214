"""An SRU server as the harvest plan sees it: it counts slices and delivers them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from connectors.errors import Diagnostic, Disconnected, ProtocolViolation
from connectors.harvesting.identifiers import received
from connectors.harvesting.keys import KeyRing
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE, Key, Slice
from connectors.ports import RawRecord
from connectors.sru.client import SruClient
from connectors.sru.responses import Page, Slot, SruDiagnostic
from connectors.sru.settings import Settings
from connectors.sru.slicing import EVERYTHING, INDEXES, SPARE_KEYS, Dialect


class Target:
    """One server, asked over one HTTP client."""

    def __init__(self, settings: Settings, client: SruClient) -> None:
        self._settings = settings
        self.client = client
        self._dialect: Dialect | None = None
        self._keys: tuple[Key, ...] | None = None
        self._ring: KeyRing[str] = KeyRing(INDEXES, settings.keys, SPARE_KEYS)

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self.client.requests

    async def dialect(self) -> Dialect:
        """How this server wants to be asked for everything.

        Raises:
            Diagnostic: the last refusal, when it understands none of the ways.
        """
        if self._dialect is None:
            self._dialect = Dialect(await self._way_to_everything(), iso_dates=self._settings.iso_dates)
        return self._dialect

    async def _way_to_everything(self) -> str:
        refusal: Diagnostic | None = None
        understood = ""
        for way in EVERYTHING:
            try:
                found = await self.search(way)
            except Diagnostic as error:
                refusal = error
                continue
            if found.hits:
                return way
            understood = understood or way
        if refusal is not None and not understood:
            raise refusal
        return understood

    async def keys(self) -> Sequence[Key]:
        """The keys that can be searched in ranges: those that every record has first."""
        if self._keys is None:
            self._keys = await self._find_keys()
        return self._keys

    async def _find_keys(self) -> tuple[Key, ...]:
        dialect = await self.dialect()
        total = await self.count(WHOLE)

        async def hits(key: Key, index: str) -> Found | None:
            return await self.hits_or_none(replace(dialect, indexes={key.name: index}).has_key(key))

        await self._ring.try_all(hits)
        indexes = {key.name: trial.variant for key, trial in self._ring.working.items()}
        self._dialect = replace(dialect, indexes=indexes)
        return self._ring.ordered(total)

    async def hits_or_none(self, query: str) -> Found | None:
        """What a query finds; None where it is refused."""
        try:
            return await self.search(query)
        except Diagnostic:
            return None

    async def count(self, part: Slice) -> Found:
        """How many records a slice has."""
        return await self.search((await self.dialect()).query(part))

    async def search(self, query: str) -> Found:
        """How many records a query finds."""
        # Servers differ on whether none may be asked for; one always may.
        page = await self.client.search(query, 1, 1)
        return Found(page.total, page.exact)

    async def occurrences(self, identifier: str) -> int | None:
        """How many records have this identifier; None when the server cannot search by it."""
        await self.keys()
        query = (await self.dialect()).by_identifier(identifier)
        found = None if query is None else await self.hits_or_none(query)
        return None if found is None else found.hits

    def trials(self) -> dict[str, int]:
        """How many records were found to have each key that works."""
        return {key.name: trial.found.hits for key, trial in self._ring.working.items()}

    @asynccontextmanager
    async def take(
        self, part: Slice, skip: int = 0
    ) -> AsyncIterator[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        """Count a slice and deliver the records of that query, but for the first ``skip``."""
        query = (await self.dialect()).query(part)
        first = await self.client.search(query, skip + 1, self._settings.chunk)
        async with aclosing(self._deliver(query, first, skip + 1)) as batches:
            yield Found(first.total, first.exact), batches

    async def _deliver(
        self, query: str, first: Page, position: int
    ) -> AsyncGenerator[tuple[RawRecord, ...], None]:
        page = first
        while True:
            if page.total != first.total:
                # Without result sets every page is a search of its own; only an unchanged one continues it.
                raise Disconnected("disconnected", self._settings.address, reason="the result changed")
            if page.slots:
                yield tuple(record(slot) for slot in page.slots)
            position += len(page.slots)
            if position > first.total:
                if beyond := await self._beyond(query, page, position):
                    yield beyond
                return
            if not page.slots:
                raise ProtocolViolation(
                    "no_progress", self._settings.address, reason="a page without records"
                )
            page = await self.client.search(query, position, self._settings.chunk)

    async def _beyond(self, query: str, page: Page, position: int) -> tuple[RawRecord, ...]:
        """The record after the last one, where the server says that there is one: then it counts too few."""
        if page.following is None:
            return ()
        try:
            more = await self.client.search(query, position, 1)
        except (Diagnostic, ProtocolViolation):
            return ()
        return tuple(record(slot) for slot in more.slots if not isinstance(slot, SruDiagnostic))


def record(slot: Slot) -> RawRecord:
    """What stands in a record's place, as it is handed on."""
    if isinstance(slot, SruDiagnostic):
        text = f"{slot.number} {slot.message} {slot.details}".strip()
        return RawRecord(text.encode(), None, syntax="diagnostic")
    return received(slot.content, "marcxml")
