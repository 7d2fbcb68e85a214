"""A Z39.50 target as the harvest plan sees it: it counts slices and delivers them.

Owns: the association (reopened after a break), the sizes of Presents, records refused one by one.
Must not: decide what is fetched (``connectors.harvesting`` does).
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Final

from connectors.errors import ConnectorError, Diagnostic
from connectors.harvesting.identifiers import control_number, received
from connectors.harvesting.keys import KeyRing
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE, Key, Slice
from connectors.ports import RawRecord
from connectors.z3950 import oids
from connectors.z3950.apdu import DiagnosticRecord, Slot
from connectors.z3950.ber import Malformed
from connectors.z3950.client import Client, open_client
from connectors.z3950.delivery import deliver
from connectors.z3950.opac import decode_opac
from connectors.z3950.rpn import RpnQuery
from connectors.z3950.settings import Settings
from connectors.z3950.slicing import (
    CERTAIN,
    EVERYTHING,
    SPARE_KEYS,
    STRUCTURES,
    USE_ATTRIBUTES,
    Dialect,
    by_identifier,
)

_UNSUPPORTED_USE_ATTRIBUTE: Final = 114
_SYNTAXES: Final = {oids.XML: "marcxml", oids.SUTRS: "sutrs", oids.OPAC: "opac"}


class Target:
    """One target over one association at a time; an asynchronous context manager."""

    def __init__(self, settings: Settings, tls: ssl.SSLContext | None = None) -> None:
        """Nothing is opened before the first question."""
        self._settings = settings
        self._tls = tls
        self._client: Client | None = None
        self._dialect: Dialect | None = None
        self._keys: tuple[Key, ...] | None = None
        variants = {key: STRUCTURES[key.kind] for key in USE_ATTRIBUTES}
        self._ring: KeyRing[int | None] = KeyRing(variants, settings.keys, SPARE_KEYS)
        self._asks_beyond = True
        self.requests = 0  #: sent so far

    async def __aenter__(self) -> Target:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._drop()

    async def client(self) -> Client:
        """The open association; opened when there is none."""
        if self._client is None:
            self._client = await open_client(self._settings, self._tls)
        return self._client

    async def search(self, query: RpnQuery) -> Found:
        """Make the result set "default"; after a break the association is dropped."""
        self.requests += 1
        try:
            found = await (await self.client()).search(query)
        except Diagnostic:
            raise
        except ConnectorError:
            await self._drop()
            raise
        return Found(found.hits, found.exact)

    async def dialect(self) -> Dialect:
        """How this target wants to be asked for everything.

        Raises:
            Diagnostic: the last refusal, when it understands none of the ways.
        """
        if self._dialect is None:
            self._dialect = Dialect(everything=await self._way_to_everything())
        return self._dialect

    async def _way_to_everything(self) -> str:
        """The way that finds most. A smaller number is no better for being exact: it is of fewer records."""
        best, most = "", -1
        refusal: Diagnostic | None = None
        for name, way in EVERYTHING.items():
            try:
                found = await self.search(RpnQuery((way,)))
            except Diagnostic as error:
                refusal = error
                continue
            if found.hits > most:
                best, most = name, found.hits
            if found.exact and found.hits and name in CERTAIN:
                break
        if not best and refusal is not None:
            raise refusal
        return best

    async def keys(self) -> Sequence[Key]:
        """The keys that can be searched in ranges: those that every record has first."""
        if self._keys is None:
            self._keys = await self._find_keys()
        return self._keys

    async def _find_keys(self) -> tuple[Key, ...]:
        dialect = await self.dialect()
        total = await self.search(dialect.query(WHOLE))

        async def hits(key: Key, structure: int | None) -> Found | None:
            try:
                return await self.search(Dialect(dialect.everything, {key.name: structure}).has_key(key))
            except Diagnostic as refusal:
                known = structure is not None or refusal.number != _UNSUPPORTED_USE_ATTRIBUTE
                return None if known else Found.nothing_said()

        await self._ring.try_all(hits)
        working = self._ring.working
        self._dialect = Dialect(
            dialect.everything, {key.name: trial.variant for key, trial in working.items()}
        )
        for key, trial in working.items():
            if trial.found.exact:
                understood = await self._understands_difference(key, trial.found)
                self._dialect = replace(self._dialect, difference=understood)
                break
        return self._ring.ordered(total)

    async def _understands_difference(self, key: Key, has: Found) -> bool:
        """Whether "but not" takes away what it should: all of the same, and no more than the upper part."""
        dialect = await self.dialect()
        empty, upper, lower = [await self.hits_or_none(query) for query in dialect.differences(key)]
        if upper is None or lower is None or not (upper.exact and lower.exact):
            return empty == Found(0)
        return empty == Found(0) and upper.hits + lower.hits == has.hits

    async def hits_or_none(self, query: RpnQuery) -> Found | None:
        """What a query finds; None where it is refused."""
        try:
            return await self.search(query)
        except Diagnostic:
            return None

    async def count(self, part: Slice) -> Found:
        """How many records a slice has."""
        return await self.search((await self.dialect()).query(part))

    async def occurrences(self, identifier: str) -> int | None:
        """How many records have this local number; None when the target cannot search by it."""
        try:
            query = by_identifier(identifier, self._settings.query_encoding)
        except UnicodeEncodeError:
            return None
        found = await self.hits_or_none(query)
        return None if found is None else found.hits

    def trials(self) -> dict[str, int]:
        """How many records were found to have each key that works."""
        return {key.name: trial.found.hits for key, trial in self._ring.working.items()}

    async def present(self, start: int, count: int, syntax: str | None = None) -> tuple[RawRecord, ...]:
        """Records of the last result from a position; after a break the association is dropped."""
        client = await self.client()
        return tuple(map(_record, await client.present(start, count, syntax=syntax)))

    @asynccontextmanager
    async def take(
        self, part: Slice, skip: int = 0
    ) -> AsyncIterator[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        """Count a slice and deliver the records of that very result set, but for the first ``skip``."""
        found = await self.count(part)
        try:
            async with aclosing(self._deliver(found.hits, skip + 1)) as batches:
                yield found, batches
        except Diagnostic:
            raise
        except ConnectorError:
            await self._drop()
            raise

    async def _deliver(self, hits: int, position: int) -> AsyncGenerator[tuple[RawRecord, ...], None]:
        async with aclosing(deliver(await self.client(), self._settings, position, hits)) as answers:
            async for slots in answers:
                self.requests += 1
                yield tuple(map(_record, slots))
        beyond = await self._beyond(hits)
        if beyond:
            yield beyond

    async def _beyond(self, hits: int) -> tuple[RawRecord, ...]:
        """The record after the last one: where a target counts too few, there is one."""
        if not self._asks_beyond:
            return ()
        try:
            slots = await (await self.client()).present(hits + 1, 1)
        except Diagnostic:
            return ()
        except ConnectorError:
            # The question confuses this target. All that was counted has come, and it is not asked again.
            self._asks_beyond = False
            await self._drop()
            return ()
        return tuple(_record(slot) for slot in slots if not isinstance(slot, DiagnosticRecord))

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def _record(slot: Slot) -> RawRecord:
    if isinstance(slot, DiagnosticRecord):
        return RawRecord(f"{slot.condition} {slot.addinfo}".encode(), None, syntax="diagnostic")
    syntax = _SYNTAXES.get(slot.syntax, "marc")
    if syntax == "opac":
        return RawRecord(slot.content, _number_inside(slot.content), syntax=syntax)
    if syntax == "sutrs":
        return RawRecord(slot.content, None, syntax=syntax)
    return received(slot.content, syntax)


def _number_inside(opac: bytes) -> str | None:
    """The number of the record that an OPAC record is about; what cannot be read has none and is kept."""
    try:
        return control_number(decode_opac(opac).bibliographic)
    except Malformed:
        return None
