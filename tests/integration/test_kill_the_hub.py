"""P5: the hub is killed again and again while the day is played over HTTP, and the ledger is the same."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap.assembly import assemble
from hub.bootstrap.demonstration import visitors
from hub.config import Settings
from hub.services.doctor.examination import examine
from hub.simulation.calling import Caller, Wish
from hub.simulation.clock import SettableClock
from hub.simulation.demo.day import Day
from hub.simulation.demo.playing import play
from hub.simulation.demo.telling import DayReport
from hub.simulation.demo.timing import FIRST_INSTANT
from tests.command_line import started
from tests.demo_run import Base, Undisturbed, nanjing, short_plan, undisturbed, whole_plan
from tests.ledger import differences, ledger

#: a wish takes some milliseconds: the kill falls before, into or after it
LONGEST_WAIT_SECONDS = 0.012


class MortalHub:
    """``tongjie serve`` in a process of its own on a fixed port, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self._folder = folder
        self._running = ExitStack()
        self.deaths = 0

    def start(self, instant: datetime) -> None:
        settings = {"TONGJIE_PORT": str(self.port), "TONGJIE_LOG_LEVEL": "ERROR"}
        words = ("serve", "--roles", "web", "--demo-clock", instant.isoformat())
        self._running.enter_context(started(self._folder, *words, **settings))

    def stop(self) -> None:
        self._running.close()

    def kill(self) -> None:
        """``stop`` is SIGKILL already; this one is counted."""
        self.stop()
        self.deaths += 1


class KilledNowAndThen:
    """Passes wishes on, and kills the hub during those at ``moments``."""

    def __init__(self, inner: Caller, hub: MortalHub, moments: frozenset[int], chance: random.Random) -> None:
        self._inner = inner
        self._hub = hub
        self._moments = moments
        self._chance = chance
        self._wishes = 0
        self._instant = FIRST_INSTANT

    async def call(self, wish: Wish) -> dict[str, Any]:
        answer: dict[str, Any] = await self._through_death(self._inner.call(wish))
        return answer

    async def move_clock(self, instant: datetime) -> None:
        await self._through_death(self._move(instant))

    async def _move(self, instant: datetime) -> None:
        await self._inner.move_clock(instant)
        # Known as soon as the hub has said so: it may be killed right after that.
        self._instant = instant

    async def _through_death(self, passing: Any) -> Any:
        self._wishes += 1
        if self._wishes not in self._moments:
            return await passing
        waiting = asyncio.create_task(passing)
        await asyncio.sleep(self._chance.random() * LONGEST_WAIT_SECONDS)
        self._hub.kill()
        # The clock of a hub that starts again is set to the last instant that it had said was reached.
        self._hub.start(self._instant)
        return await waiting


async def killed(base: Base, folder: Path, plan: Day, moments: frozenset[int], seed: int) -> DayReport:
    network = nanjing()
    async with (
        mortal(base.copy(folder)) as hub,
        visitors(f"http://127.0.0.1:{hub.port}", network.nodes) as caller,
    ):
        disturbed = KilledNowAndThen(caller, hub, moments, random.Random(seed))
        report = await play(disturbed, network, plan)
        assert hub.deaths == len(moments)
        return report


@asynccontextmanager
async def mortal(folder: Path) -> AsyncIterator[MortalHub]:
    hub = MortalHub(folder)
    hub.start(FIRST_INSTANT)
    try:
        yield hub
    finally:
        hub.stop()


async def violations_of(folder: Path, at: datetime) -> list[dict[str, Any]]:
    async with assemble(Settings(data=folder), clock=SettableClock(at)) as hub:
        found: list[dict[str, Any]] = (await examine(hub)).to_dict("en")["violations"]
        return found


async def the_day_survives(base: Base, calm: Undisturbed, folder: Path, plan: Day, kills: int) -> None:
    moments = frozenset(random.Random(kills).sample(range(1, calm.wishes), kills))
    report = await killed(base, folder, plan, moments, seed=kills)
    assert report.to_dict() == calm.report
    assert differences(ledger(calm.folder), ledger(folder)) == []
    assert await violations_of(folder, report.ended) == []


async def test_a_day_survives_three_deaths_of_the_hub(
    demo_base: Base, demo_short_day: Undisturbed, tmp_path: Path
) -> None:
    await the_day_survives(demo_base, demo_short_day, tmp_path / "killed", short_plan(demo_base), kills=3)


@pytest.mark.soak
async def test_the_whole_day_survives_twenty_deaths_of_the_hub(demo_base: Base, tmp_path: Path) -> None:
    plan = whole_plan(demo_base)
    calm = await undisturbed(demo_base, tmp_path / "calm", plan)
    await the_day_survives(demo_base, calm, tmp_path / "killed", plan, kills=20)
