"""Harvesting from peers that fail on purpose, within a deadline and with what passed counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from connectors.errors import ERROR_CODES, HARVEST_PROBLEMS
from connectors.ports import HarvestOrder
from connectors.registry import open_harvester
from connectors.testing import Traffic
from tests.harvests import Outcome, gather

#: Seconds for one answer where the fault is that none comes; a busy machine answers all others in time.
SHORT = 0.2
DEADLINE = 8.0  # seconds for any of these harvests, on a slow machine
#: A unit or document may have 64 MiB; what is on its way beyond that stands in buffers.
MOST_BYTES = 80 << 20

#: Opens a peer that counts into the traffic, and gives its address.
Peer = Callable[[Traffic], AbstractAsyncContextManager[str]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a harvest."""

    outcome: Outcome
    traffic: Traffic


def attempt(protocol: str, peer: Peer, **options: object) -> Attempt:
    """Harvest from a peer, without waiting between attempts; whatever it does, the harvest ends in time."""

    async def no_wait(_seconds: float) -> None:
        return None

    async def run() -> Attempt:
        traffic = Traffic()
        async with peer(traffic) as address:
            harvester = open_harvester(protocol, address, {"timeout": 5, "attempts": 2, **options}, no_wait)
            async with asyncio.timeout(DEADLINE):
                return Attempt(await gather(harvester, HarvestOrder()), traffic)

    started = time.monotonic()
    made = asyncio.run(run())
    # A loop that is kept busy notices no timeout.
    assert time.monotonic() - started < DEADLINE
    assert made.outcome.problem in {None, *ERROR_CODES, *HARVEST_PROBLEMS}
    assert made.traffic.sent < MOST_BYTES
    return made


def judge(made: Attempt, expected: str | None, everything: frozenset[str]) -> None:
    """Complete with every record and each of them once, or incomplete for one of the reasons expected."""
    outcome = made.outcome
    if expected is not None:
        assert outcome.problem in expected.split(" or ")
        return
    assert outcome.problem is None, outcome.values
    assert sorted(str(record.identifier) for record in outcome.records) == sorted(everything)
