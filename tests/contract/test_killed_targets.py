"""A target that dies and comes back during a harvest costs nothing: no record is missing or comes twice."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from random import Random

import pytest

from connectors.ports import HarvestOrder
from connectors.registry import open_harvester
from connectors.z3950.server import serve
from tests.catalogues import catalogue
from tests.harvests import Outcome, gather

BOOKS = catalogue(600)


class MortalServer:
    """Our own server, which can be killed and started again on its port."""

    def __init__(self) -> None:
        self.port = 0
        self.deaths = 0
        self.alive = False
        self._running = AsyncExitStack()

    async def start(self) -> None:
        server = await serve(BOOKS, "127.0.0.1", self.port)
        await self._running.enter_async_context(server)
        self.port = server.port
        self.alive = True

    async def kill(self) -> None:
        self.deaths += 1
        self.alive = False
        await self._running.aclose()
        self._running = AsyncExitStack()


@pytest.mark.parametrize("options", [{}, {"max_set": 100}, {"pipeline": 3}], ids=str)
def test_five_deaths_during_a_harvest_are_survived(options: dict[str, object]) -> None:
    chance = Random(5)
    deaths = sorted(chance.sample(range(1, 560), 5))

    async def run() -> Outcome:
        server = MortalServer()
        await server.start()
        killing: list[asyncio.Task[None]] = []

        async def rest(seconds: float) -> None:
            del seconds
            await asyncio.gather(*killing)
            if not server.alive:
                await server.start()

        def kill_at_times(received: int) -> None:
            if len(killing) < len(deaths) and received > deaths[len(killing)]:
                killing.append(asyncio.ensure_future(server.kill()))

        address = f"tcp://127.0.0.1:{server.port}/Books"
        harvester = open_harvester("z3950", address, {"chunk": 10, **options}, rest)
        outcome = await gather(harvester, HarvestOrder(), kill_at_times)
        await asyncio.gather(*killing)
        assert server.deaths == len(deaths)
        await server.kill()
        return outcome

    outcome = asyncio.run(run())
    assert outcome.problem is None, outcome.values
    assert outcome.totals == {"before": 600, "after": 600}
    assert len(outcome.records) == len(outcome.identifiers) == 600
