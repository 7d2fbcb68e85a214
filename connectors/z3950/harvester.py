"""Harvesting a catalogue over Z39.50."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Final

from connectors.errors import Diagnostic
from connectors.harvesting.driver import harvest
from connectors.harvesting.patience import Timing
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE
from connectors.options import Options
from connectors.ports import HarvestEvent, HarvestOrder
from connectors.profile import Finding, How, TargetProfile
from connectors.z3950 import apdu
from connectors.z3950.apdu import DiagnosticRecord
from connectors.z3950.client import Client
from connectors.z3950.oids import SYNTAXES
from connectors.z3950.rpn import term
from connectors.z3950.settings import Settings, settings
from connectors.z3950.target import Target

_OPTION_NAMES: Final = {
    apdu.SEARCH: "search",
    apdu.PRESENT: "present",
    apdu.DELETE_SET: "delete",
    apdu.SCAN: "scan",
    8: "sort",
    apdu.NAMED_RESULT_SETS: "named-result-sets",
}


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
        async with Target(self._settings, self._tls) as target:
            client = await target.client()
            server = f"{client.target.implementation_name} {client.target.implementation_version}".strip()
            total = await target.count(WHOLE)
            keys = await target.keys()
            features = await self._features(target)
            syntaxes = await self._syntaxes(target, total)
        names = tuple(key.name for key in keys)
        return TargetProfile(
            protocol="z3950",
            server=server,
            total=total.hits,
            total_exact=total.exact,
            findings={
                "syntaxes": Finding(",".join(syntaxes)),
                "keys": Finding(",".join(names)),
                "incremental": Finding("date-modified" if "date-modified" in names else ""),
                "deletions": Finding("no", How.EXPLAINED),
                **features,
            },
        )

    async def _features(self, target: Target) -> dict[str, Finding]:
        client = await target.client()
        dialect = await target.dialect()
        options = [name for bit, name in _OPTION_NAMES.items() if bit in client.target.options]
        features = {
            "options": Finding(",".join(options), How.EXPLAINED),
            "everything": Finding(dialect.everything),
        }
        if apdu.SCAN in client.target.options:
            features["scan"] = await _scan(client)
        return features

    async def _syntaxes(self, target: Target, total: Found) -> tuple[str, ...]:
        """The syntaxes in which the first record is delivered."""
        if not total.hits:
            return ()
        return tuple([name for name in SYNTAXES if await self._delivers(name, target)])

    async def _delivers(self, syntax: str, target: Target) -> bool:
        client = await target.client()
        await target.count(WHOLE)
        try:
            slots = await client.present(1, 1, syntax=syntax)
        except Diagnostic:
            return False
        return bool(slots) and not isinstance(slots[0], DiagnosticRecord)

    async def fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        """Fetch what the order asks for; see the port."""
        async with Target(self._settings, self._tls) as target:
            async for event in harvest(target, order, self._settings.patience, self._timing):
                yield event


async def _scan(client: Client) -> Finding:
    try:
        answer = await client.scan(term("0", (1, 12)), 1)
    except Diagnostic as error:
        return Finding("", How.ASKED, f"1=12: diagnostic {error.number}")
    return Finding("local-number" if answer.entries else "", How.ASKED, f"1=12: {len(answer.entries)} terms")


def open_z3950(address: str, options: Options, timing: Timing = _TIMING) -> Z3950Harvester:
    """A harvester for ``tcp://host:port/Database``.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return Z3950Harvester(settings(address, options), timing)
