"""Harvesting a catalogue over SRU."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from connectors.errors import Diagnostic, ProtocolViolation
from connectors.harvesting.driver import Patience, harvest
from connectors.harvesting.slices import WHOLE
from connectors.options import Options
from connectors.ports import HarvestEvent, HarvestOrder, TargetProfile
from connectors.sru.client import SruClient
from connectors.sru.responses import Explanation, SruDiagnostic
from connectors.sru.settings import Settings, settings
from connectors.sru.target import Target
from connectors.transport import HttpClient, Sleep


class SruHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(self, settings: Settings, *, sleep: Sleep = asyncio.sleep) -> None:
        self._settings = settings
        self.sleep = sleep  #: how it waits between attempts

    def _http(self) -> HttpClient:
        return HttpClient(
            self._settings.address,
            self._settings.policy,
            credentials=self._settings.credentials,
            sleep=self.sleep,
        )

    async def probe(self) -> TargetProfile:
        """Ask the server what it can do; see the port."""
        async with self._http() as http:
            client = SruClient(self._settings, http)
            target = Target(self._settings, client)
            explanation = await _explain(client)
            total = await target.count(WHOLE)
            keys = tuple(key.name for key in await target.keys())
            dialect = await target.dialect()
            works = total.hits and await _delivers(target, self._settings.schema)
        return TargetProfile(
            protocol="sru",
            server=explanation.title,
            total=total.hits,
            total_exact=total.exact,
            syntaxes=(self._settings.schema,) if works else (),
            keys=keys,
            incremental="date-modified" in keys,
            deletions="no",
            features={
                "version": explanation.version or self._settings.version.number,
                "everything": dialect.everything,
                "schemas": " ".join(explanation.schemas),
                "indexes": " ".join(explanation.indexes),
            },
        )

    async def fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        """Fetch what the order asks for; see the port."""
        patience = Patience(self._settings.max_set, self._settings.attempts)
        async with self._http() as http:
            target = Target(self._settings, SruClient(self._settings, http))
            async for event in harvest(target, order, patience, self.sleep):
                yield event


async def _explain(client: SruClient) -> Explanation:
    """Explain is asked for courtesy's sake: many servers answer it badly and search well."""
    try:
        return await client.explain()
    except (Diagnostic, ProtocolViolation):
        return Explanation("", "", (), ())


async def _delivers(target: Target, schema: str) -> bool:
    dialect = await target.dialect()
    page = await target.client.search(dialect.query(WHOLE), 1, 1, schema=schema)
    return bool(page.slots) and not isinstance(page.slots[0], SruDiagnostic)


def open_sru(address: str, options: Options, sleep: Sleep = asyncio.sleep) -> SruHarvester:
    """A harvester for an SRU base address.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return SruHarvester(settings(address, options), sleep=sleep)
