"""Harvesting a repository over OAI-PMH."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Final

from connectors.errors import ConnectorError, Misconfigured
from connectors.harvesting.opening import http_client
from connectors.harvesting.patience import Timing
from connectors.oai_pmh import windows
from connectors.oai_pmh.client import OaiClient
from connectors.oai_pmh.listing_run import ListingRun
from connectors.oai_pmh.probing import choose_prefix, probe
from connectors.oai_pmh.protocol import read_stamp
from connectors.oai_pmh.settings import Settings, settings
from connectors.oai_pmh.target import Target
from connectors.options import Options
from connectors.ports import Finished, HarvestEvent, HarvestOrder
from connectors.profile import TargetProfile

#: A repository may commit a record after giving it its datestamp; asking again is harmless.
_OVERLAP: Final = timedelta(hours=1)
_TIMING: Final = Timing()


class OaiHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(self, settings: Settings, timing: Timing = _TIMING) -> None:
        self._settings = settings
        self._timing = timing

    async def probe(self) -> TargetProfile:
        """Ask the repository what it can do; see the port."""
        async with http_client(self._settings, self._timing.sleep) as http:
            client = OaiClient(self._settings.address, http)
            return await probe(client, self._settings.prefix, self._set())

    async def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch what the order asks for; see the port."""
        try:
            async with (
                http_client(self._settings, self._timing.sleep) as http,
                aclosing(self._list(OaiClient(self._settings.address, http), order)) as events,
            ):
                async for event in events:
                    yield event
        except Misconfigured:
            raise
        except ConnectorError as error:
            yield Finished(error.code, {"where": error.where, **error.values})

    async def _list(self, client: OaiClient, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        identity = await client.identify()
        prefix = self._settings.prefix or choose_prefix(await client.formats())
        key = windows.datestamp(identity.granularity)
        target = Target(
            client,
            {"metadataPrefix": prefix, **self._set()},
            key,
            tail_identifiers=self._settings.tail_identifiers,
        )
        since = None if order.full or order.since is None else order.since - _OVERLAP
        run = ListingRun(target, self._settings.patience, self._timing)
        async with aclosing(run.events(windows.changed_since(key, since), order.done_slices)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    yield replace(event, begun=read_stamp(identity.responded))
                else:
                    yield event

    def _set(self) -> dict[str, str]:
        return {} if self._settings.set is None else {"set": self._settings.set}


def open_oai_pmh(address: str, options: Options, timing: Timing = _TIMING) -> OaiHarvester:
    """A harvester for an OAI-PMH base address.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return OaiHarvester(settings(address, options), timing)
