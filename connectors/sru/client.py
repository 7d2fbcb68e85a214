"""An SRU client: one request, one answer; versions differ only in names."""

from __future__ import annotations

from connectors.errors import Diagnostic
from connectors.sru.responses import Explanation, Page, SruDiagnostic, read_explanation, read_page
from connectors.sru.settings import Settings
from connectors.transport import HttpClient


class SruClient:
    """Asks one server over an open HTTP client."""

    def __init__(self, settings: Settings, http: HttpClient) -> None:
        """The HTTP client is opened and closed by the caller."""
        self._settings = settings
        self._http = http
        self.requests = 0  #: sent so far

    async def search(self, query: str, start: int, count: int, *, schema: str | None = None) -> Page:
        """A page of results from position ``start``, the first being 1; fewer than ``count`` may come.

        Raises:
            Diagnostic: the server refused the query as a whole.
            ConnectorError: the conversation broke off or made no sense.
        """
        parameters = {
            "query": query,
            "startRecord": str(start),
            "maximumRecords": str(count),
            "recordSchema": schema or self._settings.schema,
            self._settings.version.packing: self._settings.packing,
        }
        page = read_page(await self._ask("searchRetrieve", parameters), self._settings.address)
        # Warnings come with results; a refusal comes without.
        if page.diagnostics and not page.slots:
            raise self._refusal(page.diagnostics[0])
        return page

    async def explain(self) -> Explanation:
        """What the server says of itself.

        Raises:
            ConnectorError: the conversation broke off or made no sense.
        """
        return read_explanation(await self._ask("explain", {}), self._settings.address)

    async def _ask(self, operation: str, parameters: dict[str, str]) -> bytes:
        self.requests += 1
        version = self._settings.version
        common = {"version": version.number, **dict(self._settings.parameters)}
        if version.has_operation:
            common["operation"] = operation
        return await self._http.get({**common, **parameters})

    def _refusal(self, diagnostic: SruDiagnostic) -> Diagnostic:
        detail = " ".join(part for part in (diagnostic.message, diagnostic.details) if part)
        return Diagnostic(
            self._settings.address, diagnostic.uri.rpartition("/")[0], diagnostic.number, detail
        )
