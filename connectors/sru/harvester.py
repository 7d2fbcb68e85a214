"""Harvesting a catalogue over SRU."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from connectors.harvesting.driver import harvest
from connectors.harvesting.opening import http_client
from connectors.harvesting.patience import Timing
from connectors.options import Options
from connectors.ports import HarvestEvent, HarvestOrder
from connectors.profile import TargetProfile
from connectors.sru.client import SruClient
from connectors.sru.probing import Probe
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
            return await Probe(self._settings, http).run()

    async def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch what the order asks for; see the port."""
        async with http_client(self._settings, self._timing.sleep) as http:
            target = Target(self._settings, SruClient(self._settings, http))
            async with aclosing(harvest(target, order, self._settings.patience, self._timing)) as events:
                async for event in events:
                    yield event


def open_sru(address: str, options: Options, timing: Timing = _TIMING) -> SruHarvester:
    """A harvester for an SRU base address.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return SruHarvester(settings(address, options), timing)
