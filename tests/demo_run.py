"""The demonstration, prepared and played once for all tests that look at it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.bootstrap.assembly import assemble
from hub.bootstrap.demonstration import DemoOrder, Prepared, on_air, play, prepare, report
from hub.config import Settings
from hub.services import accounts
from hub.services.api import operations
from hub.services.context import Hub
from hub.services.doctor.examination import examine
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.running import SourceReport
from hub.services.networks import Network, parse, shipped
from hub.services.progress import unwatched
from hub.simulation.calling import Caller, InProcessCaller, Wish
from hub.simulation.clock import SettableClock
from hub.simulation.demo.casting import Bookshelf
from hub.simulation.demo.catalogues import generate
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.day import Day, plan_day
from hub.simulation.demo.members import demo_members
from hub.simulation.demo.playing import play as play_plan
from hub.simulation.demo.telling import DayReport
from hub.simulation.demo.timing import FIRST_INSTANT, ZONE

SEED = 1
#: stories that are over within some days, one of each; the order is that of the plan
SHORT = frozenset(
    {"usual-1", "return_elsewhere-1", "last_copy-1", "no_copy_free-1", "not_on_shelf-1",
     "cancelled_in_time-1", "cancelled_too_late-1", "asked_twice-1"}
)  # fmt: skip


@dataclass(frozen=True)
class Base:
    """A demonstration's hub before its day, closed: copied by every test that plays on it."""

    folder: Path
    prepared: Prepared
    second_harvest: list[SourceReport]
    seed: int = SEED

    def copy(self, folder: Path) -> Path:
        """A copy of the hub's folder."""
        return Path(shutil.copytree(self.folder, folder))


@dataclass(frozen=True)
class Shown:
    """The whole demonstration, after its day."""

    folder: Path
    day: DayReport
    answer: dict[str, Any]  #: what ``tongjie demo --once --json`` prints


def make_base(folder: Path, drops: Path, seed: int = SEED) -> Base:
    """Harvest the members, harvest them again, unite, and make the accounts."""

    async def make() -> Base:
        network = generate(seeded(seed))
        async with (
            demo_members(network.catalogues, drops) as setups,
            assemble(Settings(data=folder), clock=SettableClock(FIRST_INSTANT), durable=False) as hub,
        ):
            prepared = await prepare(hub, network, setups, unwatched)
            return Base(folder, prepared, await harvest(hub, full=True), seed)

    return asyncio.run(make())


def show(base: Base, folder: Path) -> Shown:
    """Play the day over HTTP, as the command does."""
    order = DemoOrder(base.seed, port=0, once=True)

    async def run() -> Shown:
        settings = Settings(data=base.copy(folder), port=0)
        clock = SettableClock(FIRST_INSTANT)
        async with (
            assemble(settings, clock=clock, durable=False) as hub,
            on_air(hub, clock, base.prepared, settings) as shown,
        ):
            day = await play(shown, order)
            return Shown(folder, day, await report(shown, day, order, "zh"))

    return asyncio.run(run())


def whole_plan(base: Base) -> Day:
    """The plan of the scripted day."""
    nodes = nanjing().nodes
    shelf = Bookshelf(base.prepared.network, nodes)
    return plan_day(shelf, nodes, seeded(base.seed), FIRST_INSTANT.date(), ZONE)


def short_plan(base: Base) -> Day:
    """Some of the day's stories, which are soon over."""
    plan = whole_plan(base)
    return Day(tuple(each for each in plan.requests if each.key in SHORT), plan.loans[:1], plan.suggestions)


def nanjing() -> Network:
    """The shipped network."""
    return parse(shipped())


@asynccontextmanager
async def in_process(folder: Path) -> AsyncIterator[tuple[Hub, InProcessCaller]]:
    """The hub of a folder and the way to it without a network."""
    clock = SettableClock(FIRST_INSTANT)
    async with assemble(Settings(data=folder), clock=clock, durable=False) as hub:
        yield hub, InProcessCaller(hub, clock, operations(), await accounts.principals(hub))


class Counting:
    """Counts what is asked of the hub."""

    def __init__(self, inner: Caller) -> None:
        self._inner = inner
        self.wishes = 0

    async def call(self, wish: Wish) -> dict[str, Any]:
        self.wishes += 1
        return await self._inner.call(wish)

    async def move_clock(self, instant: datetime) -> None:
        self.wishes += 1
        await self._inner.move_clock(instant)


@dataclass(frozen=True)
class Undisturbed:
    """A plan played in process, with nobody disturbing it."""

    folder: Path
    report: dict[str, Any]
    wishes: int


async def undisturbed(base: Base, folder: Path, plan: Day) -> Undisturbed:
    """Play a plan on a copy of the demonstration; no promise may be broken by it."""
    async with in_process(base.copy(folder)) as (hub, caller):
        counting = Counting(caller)
        day = await play_plan(counting, hub.network(), plan)
        assert (await examine(hub)).to_dict("en")["violations"] == []
        return Undisturbed(folder, day.to_dict(), counting.wishes)


def short_day(base: Base, folder: Path) -> Undisturbed:
    """The short plan, played."""
    return asyncio.run(undisturbed(base, folder, short_plan(base)))
