"""Harvests of several sources at once: side by side, but never two of them at one server."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from hub.services.harvesting import harvest as harvesting
from hub.services.harvesting import sources
from hub.services.harvesting.claimed import ClaimedHarvest
from hub.services.harvesting.opening import server_of
from hub.services.harvesting.sources import NewSource
from hub.storage.store import Store
from tests.hubs import hub_over

ADDRESSES = {
    "one": "tcp://127.0.0.1:4001/Books",
    "another of its databases": "tcp://127.0.0.1:4001/Serials",
    "two": "tcp://127.0.0.1:4002/Books",
}


async def test_a_server_is_spoken_to_by_one_harvest_at_a_time(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_over(sqlite_store)
    for name, address in ADDRESSES.items():
        await sources.add(hub, NewSource(name, "JLT", "z3950", address, {}))
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    side_by_side = asyncio.Event()

    async def made(hub: object, order: ClaimedHarvest, **others: Any) -> None:
        async with order.turn:
            for place in ("anywhere", server_of(order.source)):
                now[place] += 1
                most[place] = max(most[place], now[place])
            if now["anywhere"] == 2:
                side_by_side.set()
            await asyncio.wait_for(side_by_side.wait(), 10)
            for place in ("anywhere", server_of(order.source)):
                now[place] -= 1

    monkeypatch.setattr(harvesting, "harvest_claimed", made)
    await harvesting.harvest(hub)
    assert most == {"anywhere": 2, "127.0.0.1:4001": 1, "127.0.0.1:4002": 1}
