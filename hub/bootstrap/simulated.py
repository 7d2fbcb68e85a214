"""The simulator's own hub: in a folder that is thrown away, in this process, under a clock that jumps."""

from __future__ import annotations

import random
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.bootstrap.assembly import assemble
from hub.bootstrap.demonstration import prepare
from hub.config import Settings
from hub.services import accounts
from hub.services.api import operations
from hub.services.context import Hub, Transaction
from hub.services.progress import Progress
from hub.simulation.calling import Caller, InProcessCaller
from hub.simulation.clock import SettableClock, SimulatedSleeper
from hub.simulation.demo.catalogues import DemoNetwork, MemberCatalogue, generate
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.members import demo_members
from hub.simulation.demo.people import demo_password_hash
from hub.simulation.demo.timing import FIRST_INSTANT
from hub.simulation.faults import STORMY, FaultyNetwork
from hub.simulation.scenario import REQUESTS_PER_DAY, SimulationOrder, population
from hub.simulation.simulating import Simulation

__all__ = ["REQUESTS_PER_DAY", "SimulationOrder", "build", "simulate", "simulate_on"]


async def simulate(order: SimulationOrder, progress: Progress) -> dict[str, Any]:
    """Simulate; what came of it, the same for the same order."""
    with tempfile.TemporaryDirectory(prefix="tongjie-simulation-") as folder:
        demo = await build(Path(folder), order, progress)
        return await simulate_on(Path(folder), demo, order, progress)


async def build(data: Path, order: SimulationOrder, progress: Progress) -> DemoNetwork:
    """Make the simulation's hub in an empty folder: catalogues harvested and united, accounts for everybody.

    The catalogues are those of the demonstration cut short; every source is a file drop, so that nothing
    passes through a socket.
    """
    demo = _cut_short(generate(seeded(order.seed)), order.records)
    async with (
        demo_members(demo.catalogues, data / "drops") as setups,
        _throwaway(data, SettableClock(FIRST_INSTANT), order) as hub,
    ):
        await prepare(hub, demo, setups, progress)
        await _settle(hub)
    return demo


async def simulate_on(
    data: Path, demo: DemoNetwork, order: SimulationOrder, progress: Progress
) -> dict[str, Any]:
    """Simulate on a hub that was built; its folder shows afterwards what happened."""
    clock = SettableClock(FIRST_INSTANT)
    async with _throwaway(data, clock, order) as hub:
        calm = InProcessCaller(hub, clock, operations(), await accounts.principals(hub))
        storm = FaultyNetwork(calm, STORMY, random.Random(f"{order.seed}/storm"))
        caller: Caller = storm if order.faults else calm
        report = await Simulation(hub, caller, demo, order).run(progress)
        return {**report.to_dict(), "faults": storm.counts.to_dict() if order.faults else {}}


def _throwaway(data: Path, clock: SettableClock, order: SimulationOrder) -> AbstractAsyncContextManager[Hub]:
    return assemble(
        Settings(data=data),
        clock=clock,
        sleeper=SimulatedSleeper(clock),
        randomness=random.Random(order.seed),
        durable=False,
    )


def _cut_short(demo: DemoNetwork, records: int) -> DemoNetwork:
    return DemoNetwork(
        demo.publications,
        tuple(
            MemberCatalogue(replace(each.habits, protocol="file"), each.records[:records])
            for each in demo.catalogues
        ),
    )


async def _settle(hub: Hub) -> None:
    """Make the readers' accounts."""
    hashed = demo_password_hash()

    def make(connection: Connection) -> None:
        for account in population(hub.network().nodes):
            tx = Transaction(connection, hub.clock.now(), hub.network(), f"simulation/{account.login}")
            accounts.add(tx, account, hashed)

    await hub.store.write(make)
