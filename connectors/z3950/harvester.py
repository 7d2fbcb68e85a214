"""Harvesting a catalogue over Z39.50."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from connectors.harvesting.driver import harvest
from connectors.harvesting.patience import Timing
from connectors.options import Options
from connectors.ports import HarvestEvent, HarvestOrder
from connectors.profile import TargetProfile
from connectors.z3950.probing import probe
from connectors.z3950.settings import Settings, settings
from connectors.z3950.target import Target

_TIMING: Final = Timing()


class Z3950Harvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(
        self, settings: Settings, timing: Timing = _TIMING, *, tls: ssl.SSLContext | None = None
    ) -> None:
        """``tls`` replaces the system's trust, for targets with a certificate of their own."""
        self._settings = settings
        self._tls = tls
        self._timing = timing

    async def probe(self) -> TargetProfile:
        """Ask the target what it can do; see the port."""
        return await probe(self._settings, self._tls)

    async def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch what the order asks for; see the port."""
        async with (
            Target(self._settings, self._tls) as target,
            aclosing(harvest(target, order, self._settings.patience, self._timing)) as events,
        ):
            async for event in events:
                yield event


def open_z3950(address: str, options: Options, timing: Timing = _TIMING) -> Z3950Harvester:
    """A harvester for ``tcp://host:port/Database``.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return Z3950Harvester(settings(address, options), timing)
