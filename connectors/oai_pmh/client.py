"""An OAI-PMH client: the requests, and a list followed to its end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Final

from connectors.errors import Diagnostic, Disconnected, ProtocolViolation
from connectors.oai_pmh.protocol import ErrorCode, Verb
from connectors.oai_pmh.responses import (
    Identity,
    ListPage,
    read_formats,
    read_identity,
    read_list,
    read_sets,
)
from connectors.transport import HttpClient

_MAX_PAGES: Final = 1_000_000
_MAX_EMPTY_PAGES: Final = 10


class OaiClient:
    """Asks one repository over an open HTTP client."""

    def __init__(self, address: str, http: HttpClient) -> None:
        """The HTTP client is opened and closed by the caller."""
        self._address = address
        self._http = http
        self.requests = 0  #: sent so far

    async def identify(self) -> Identity:
        """What the repository says of itself."""
        return read_identity(await self._get({"verb": Verb.IDENTIFY}), self._address)

    async def formats(self) -> tuple[tuple[str, str], ...]:
        """The metadata formats offered: pairs of prefix and namespace."""
        return read_formats(await self._get({"verb": Verb.LIST_METADATA_FORMATS}), self._address)

    async def sets(self) -> tuple[str, ...]:
        """The names of the sets on the first page of their list.

        Raises:
            Diagnostic: the repository has none.
        """
        return read_sets(await self._get({"verb": Verb.LIST_SETS}), self._address)

    async def first_page(self, arguments: Mapping[str, str], verb: Verb = Verb.LIST_IDENTIFIERS) -> ListPage:
        """The first page of a list."""
        return await self._page(verb, arguments)

    async def size(self, arguments: Mapping[str, str]) -> int | None:
        """The length of a list as its first page states it; None where it does not."""
        return (await self.first_page(arguments)).size

    async def count(self, arguments: Mapping[str, str]) -> int:
        """The number of different identifiers of a list, for repositories that state no length.

        Raises:
            ConnectorError: as ``pages``.
        """
        seen: set[str] = set()
        async for page in self.pages(Verb.LIST_IDENTIFIERS, arguments):
            seen.update(record.identifier for record in page.records)
        return len(seen)

    async def pages(self, verb: Verb, arguments: Mapping[str, str]) -> AsyncGenerator[ListPage, None]:
        """A list, page by page, to its end.

        Raises:
            ProtocolViolation: a resumption token that was given before, or pages without records for ever.
            Disconnected: the repository has forgotten the list; it must be begun anew.
            ConnectorError: the conversation broke off or made no sense.
        """
        page = await self._page(verb, arguments)
        seen: set[str] = set()
        empty = 0
        yield page
        while page.token is not None:
            if page.token in seen or len(seen) >= _MAX_PAGES:
                raise self._no_progress("a resumption token came again")
            seen.add(page.token)
            page = await self._resumed(verb, page.token)
            empty = 0 if page.records else empty + 1
            if empty > _MAX_EMPTY_PAGES:
                raise self._no_progress("pages without records")
            yield page

    async def _page(self, verb: Verb, arguments: Mapping[str, str]) -> ListPage:
        return read_list(await self._get({"verb": verb, **arguments}), verb, self._address)

    async def _get(self, parameters: Mapping[str, str]) -> bytes:
        self.requests += 1
        return await self._http.get(parameters)

    async def _resumed(self, verb: Verb, token: str) -> ListPage:
        try:
            page = await self._page(verb, {"resumptionToken": token})
        except Diagnostic as error:
            if error.detail.startswith(ErrorCode.BAD_RESUMPTION_TOKEN):
                raise Disconnected("disconnected", self._address, reason=error.detail) from error
            raise
        if page.nothing_matches:
            # A list that goes on has records; this is how some repositories say that they forgot it.
            raise Disconnected("disconnected", self._address, reason=str(ErrorCode.NO_RECORDS_MATCH))
        return page

    def _no_progress(self, reason: str) -> ProtocolViolation:
        return ProtocolViolation("no_progress", self._address, reason=reason)
