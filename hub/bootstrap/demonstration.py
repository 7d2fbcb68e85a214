"""The demonstration: members on sockets, a hub over them, a scripted day over HTTP, and a report in words."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.bootstrap.assembly import RealSleeper, SystemClock, assemble
from hub.bootstrap.serving import jobs, web_settings, web_site
from hub.config import Settings
from hub.kernel.nodes import NodeTree
from hub.services import accounts
from hub.services.api import operations
from hub.services.clustering import cluster
from hub.services.clustering.running import ClusterReport
from hub.services.context import THE_HUB, Hub, Transaction
from hub.services.doctor.examination import examine
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.running import SourceReport
from hub.services.harvesting.sources import NewSource
from hub.services.indexing import feed
from hub.services.progress import Progress
from hub.services.timetable.setting import set_timetable
from hub.simulation.calling import InProcessCaller
from hub.simulation.clock import SettableClock
from hub.simulation.clock_operations import clock_operations
from hub.simulation.demo.catalogues import DemoNetwork, generate
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.comparing import truth_figures
from hub.simulation.demo.members import SourceSetup, demo_members
from hub.simulation.demo.nights import night_of
from hub.simulation.demo.people import demo_accounts, demo_password_hash
from hub.simulation.demo.playing import DayReport, play_day
from hub.simulation.demo.standing import StandingCity, standing_operations
from hub.simulation.demo.timing import FIRST_INSTANT
from hub.simulation.http_calling import HttpCaller
from hub.web.settings import DemoAccount, WebSettings

#: the login that keeps the clock
CLOCK_KEEPER = "administrator"
SHOWN_OF_EACH_ROLE = 6


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """What was asked of the demonstration."""

    seed: int
    port: int
    once: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A demonstration network in the hub, before its day."""

    network: DemoNetwork
    harvested: list[SourceReport]
    united: ClusterReport


def demo_folder(settings: Settings) -> Path:
    """Where the demonstration keeps its own hub, apart from anybody's data."""
    return settings.data / "demo"


async def prepare(hub: Hub, network: DemoNetwork, setups: list[SourceSetup], progress: Progress) -> Prepared:
    """Register the sources, harvest, unite, index, and make the accounts."""
    for setup in setups:
        await sources.add(
            hub, NewSource(setup.name, setup.member, setup.protocol, setup.address, dict(setup.options))
        )
    await give_timetables(hub, setups)
    harvested = await harvest(hub, full=True, progress=progress)
    united = await cluster(hub, progress=progress)
    await feed(hub)
    await make_accounts(hub)
    return Prepared(network, harvested, united)


async def give_timetables(hub: Hub, setups: list[SourceSetup]) -> None:
    """The nights on which the members are harvested while the demonstration stands."""

    def give(connection: Connection) -> None:
        tx = Transaction(connection, hub.clock.now(), hub.network(), "demo/timetables")
        for position, setup in enumerate(setups):
            set_timetable(tx, THE_HUB, night_of(position, setup))

    await hub.store.write(give)


async def make_accounts(hub: Hub) -> None:
    """The people of the demonstration."""
    wanted = demo_accounts(hub.network().nodes)
    hashed = demo_password_hash()

    def make(connection: Connection) -> None:
        for account in wanted:
            tx = Transaction(connection, hub.clock.now(), hub.network(), f"demo/account/{account.login}")
            accounts.add(tx, account, hashed)

    await hub.store.write(make)


def shown_accounts(hub: Hub) -> tuple[DemoAccount, ...]:
    """The accounts that the login page shows: some of each role, the rest are made alike."""
    found: list[DemoAccount] = []
    for account in demo_accounts(hub.network().nodes):
        if sum(one.role == account.role for one in found) < SHOWN_OF_EACH_ROLE:
            found.append(DemoAccount(account.login, account.password, account.role, account.node))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demonstration that answers over HTTP."""

    hub: Hub
    clock: SettableClock
    prepared: Prepared
    port: int
    city: StandingCity


@asynccontextmanager
async def demonstration(
    settings: Settings, order: DemoOrder, progress: Progress
) -> AsyncIterator[Demonstration]:
    """The demonstration's hub, prepared and answering over HTTP, while the block runs."""
    folder = demo_folder(settings)
    async with AsyncExitStack() as stack:
        clock = SettableClock(FIRST_INSTANT)
        own = replace(settings, data=folder, database_url="", port=order.port)
        await asyncio.to_thread(_begin_anew, folder)
        network = await asyncio.to_thread(generate, seeded(order.seed))
        setups = await stack.enter_async_context(demo_members(network.catalogues, folder / "drops"))
        hub = await stack.enter_async_context(assemble(own, clock=clock))
        prepared = await prepare(hub, network, setups, progress)
        yield await stack.enter_async_context(on_air(hub, clock, prepared, own))


@asynccontextmanager
async def on_air(
    hub: Hub, clock: SettableClock, prepared: Prepared, settings: Settings
) -> AsyncIterator[Demonstration]:
    """A prepared hub answering over HTTP while the block runs."""
    city = StandingCity(InProcessCaller(hub, clock, operations(), await accounts.principals(hub)), hub)
    extra = (*clock_operations(clock), *standing_operations(city))
    async with web_site(hub, settings, extra, _for_visitors(hub, settings)) as port:
        yield Demonstration(hub, clock, prepared, port, city)


def _for_visitors(hub: Hub, settings: Settings) -> WebSettings:
    """The login page shows the accounts, and a session outlives the days that visitors let pass."""
    return replace(
        web_settings(settings), demo_accounts=shown_accounts(hub), session_length=timedelta(days=60)
    )


def _begin_anew(folder: Path) -> None:
    """The demonstration begins with nothing; only its own folder is cleared."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


async def play(shown: Demonstration, order: DemoOrder) -> DayReport:
    """Play the scripted day through the public end points."""
    network = shown.hub.network()
    async with visitors(f"http://127.0.0.1:{shown.port}", network.nodes) as caller:
        return await play_day(caller, shown.prepared.network, network, order.seed)


@asynccontextmanager
async def visitors(base: str, nodes: NodeTree) -> AsyncIterator[HttpCaller]:
    """The people of the demonstration, at the doors of the hub at ``base``."""
    table = {**operations(), **{one.name: one for one in clock_operations(SettableClock(FIRST_INSTANT))}}
    passwords = {account.login: account.password for account in demo_accounts(nodes)}
    caller = HttpCaller(base, table, passwords, CLOCK_KEEPER, RealSleeper())
    try:
        yield caller
    finally:
        await caller.close()


async def report(shown: Demonstration, day: DayReport, order: DemoOrder, language: str) -> dict[str, Any]:
    """What the demonstration did, the same for the same seed but for the seconds."""
    prepared = shown.prepared
    examined = (await examine(shown.hub)).to_dict(language)
    return {
        "seed": order.seed,
        "members": len({one.habits.member for one in prepared.network.catalogues}),
        "sources": [one.to_dict() for one in prepared.harvested],
        "records": sum(one.tally.received for one in prepared.harvested),
        "clusters": prepared.united.clusters,
        "truth": await truth_figures(shown.hub, prepared.network),
        **day.to_dict(language),
        "violations": examined["violations"],
    }


async def stand(shown: Demonstration) -> AsyncExitStack:
    """Let the demonstration stay up: its clock and jobs go on; close what is returned to stop."""
    shown.city.open()
    await shown.city.until_morning()
    shown.clock.run_on(SystemClock().now)
    stack = AsyncExitStack()
    await stack.enter_async_context(jobs(shown.hub))
    return stack
