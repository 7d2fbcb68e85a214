"""Harvesting a catalogue over SRU."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from connectors.errors import Diagnostic, ProtocolViolation
from connectors.harvesting.driver import harvest
from connectors.harvesting.opening import http_client
from connectors.harvesting.patience import Timing
from connectors.harvesting.slices import WHOLE
from connectors.options import Options
from connectors.ports import HarvestEvent, HarvestOrder
from connectors.profile import Finding, How, TargetProfile
from connectors.sru.client import SruClient
from connectors.sru.responses import Explanation, SruDiagnostic
from connectors.sru.settings import Settings, settings
from connectors.sru.target import Target

_TIMING: Final = Timing()


class SruHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(self, settings: Settings, timing: Timing = _TIMING) -> None:
        self._settings = settings
        self._timing = timing

    async def probe(self) -> TargetProfile:
        """Ask the server what it can do; see the port."""
        async with http_client(self._settings, self._timing.sleep) as http:
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
            findings={
                "syntaxes": Finding(self._settings.schema if works else ""),
                "keys": Finding(",".join(keys)),
                "incremental": Finding("date-modified" if "date-modified" in keys else ""),
                "deletions": Finding("no", How.EXPLAINED),
                "version": Finding(explanation.version or self._settings.version.number, How.EXPLAINED),
                "everything": Finding(dialect.everything),
                "schemas": Finding(",".join(explanation.schemas), How.EXPLAINED),
                "indexes": Finding(",".join(explanation.indexes), How.EXPLAINED),
            },
        )

    async def fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        """Fetch what the order asks for; see the port."""
        async with http_client(self._settings, self._timing.sleep) as http:
            target = Target(self._settings, SruClient(self._settings, http))
            async for event in harvest(target, order, self._settings.patience, self._timing):
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


def open_sru(address: str, options: Options, timing: Timing = _TIMING) -> SruHarvester:
    """A harvester for an SRU base address.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return SruHarvester(settings(address, options), timing)
