"""A repository as a harvest sees it: it counts windows of its list and delivers them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

from connectors.harvesting.plan import Found
from connectors.harvesting.slices import Key, Slice
from connectors.oai_pmh import windows
from connectors.oai_pmh.client import OaiClient
from connectors.oai_pmh.protocol import Verb
from connectors.oai_pmh.responses import Listed, ListPage
from connectors.ports import RawRecord


class Target:
    """One repository; implements ``connectors.harvesting.target.SearchTarget``.

    A list cannot be entered in its middle, so nothing is ever skipped: whoever takes a window again begins it
    anew.
    """

    def __init__(
        self, client: OaiClient, selection: Mapping[str, str], key: Key, *, tail_identifiers: bool
    ) -> None:
        """``selection`` names the metadata prefix and the set; ``key`` is that of the datestamps."""
        self._client = client
        self._selection = selection
        self._key = key
        self._tail = tail_identifiers

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    async def keys(self) -> Sequence[Key]:
        """The datestamps."""
        return (self._key,)

    async def count(self, part: Slice) -> Found:
        """How long the list of a window is said to be; inexact where it is not said."""
        return _found(await self._client.size(self._arguments(part)))

    @asynccontextmanager
    async def take(
        self, part: Slice, skip: int = 0
    ) -> AsyncIterator[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        """The list of a window, page by page."""
        del skip
        async with aclosing(self._client.pages(Verb.LIST_RECORDS, self._arguments(part))) as pages:
            first = await anext(pages)
            async with aclosing(self._records(first, pages)) as batches:
                yield _found(first.size), batches

    async def _records(
        self, first: ListPage, pages: AsyncIterator[ListPage]
    ) -> AsyncGenerator[tuple[RawRecord, ...], None]:
        yield self._page(first)
        async for page in pages:
            yield self._page(page)

    async def inventory(self, part: Slice) -> frozenset[str]:
        """The identifiers of a window by the list of headers, deletions included."""
        found: set[str] = set()
        async with aclosing(self._client.pages(Verb.LIST_IDENTIFIERS, self._arguments(part))) as pages:
            async for page in pages:
                found.update(self._identifier(listed) for listed in page.records)
        return frozenset(found)

    async def occurrences(self, identifier: str) -> int | None:
        """Identifiers are unique by the protocol."""
        del identifier
        return 1

    def _arguments(self, part: Slice) -> dict[str, str]:
        return {**self._selection, **windows.arguments(part)}

    def _page(self, page: ListPage) -> tuple[RawRecord, ...]:
        return tuple(map(self._record, page.records))

    def _identifier(self, listed: Listed) -> str:
        if not self._tail:
            return listed.identifier
        return listed.identifier.replace("/", ":").rpartition(":")[2] or listed.identifier

    def _record(self, listed: Listed) -> RawRecord:
        identifier = self._identifier(listed)
        if not listed.deleted and not listed.content:
            text = f"no metadata for {listed.identifier}"
            return RawRecord(text.encode(), identifier, syntax="diagnostic")
        syntax = "marcxml" if listed.root in ("record", "") else "xml"
        return RawRecord(listed.content, identifier, listed.deleted, syntax)


def _found(size: int | None) -> Found:
    return Found(0, exact=False) if size is None else Found(size)
