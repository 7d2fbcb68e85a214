"""A scan of anything, anywhere, in any order: refused in words or recorded; a volume has one place."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.errors import HubError
from hub.kernel.volumes import Volume
from hub.services.doctor.custody import custody_is_folded
from hub.storage import transport
from ill.transport.totes import ToteState

NODES = ("QHT", "JLT", "JNT", "XWT")
TRIPS = ("C1A-20261124", "C2A-20261124", "C1B-20261124", "C2B-20261124")
VOLUMES = (Volume("QHT", "Q1"), Volume("QHT", "Q2"), Volume("JNT", "J1"))
STEPS = 300


def invariants(connection: Connection, now: Any) -> list[str]:
    """What must hold after every step, whatever was scanned."""
    wrong = [str(violation) for violation in custody_is_folded(connection, now)]
    live = transport.totes(
        connection, [ToteState.OPEN, ToteState.SEALED, ToteState.LOADED, ToteState.UNLOADED]
    )
    held: dict[Volume, list[str]] = {}
    for tote in live:
        for row in transport.contents(connection, tote.id):
            if row.unpacked_at is None:
                held.setdefault(row.volume, []).append(tote.id)
    wrong += [f"{volume} in {totes}" for volume, totes in held.items() if len(totes) > 1]
    return wrong


class Mischief:
    """Everybody scanning whatever lies about."""

    def __init__(self, world: Any, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.totes = ["T-NONE"]
        self.done: dict[str, int] = {}
        self.said: list[tuple[str, str]] = []

    async def somebody(self, tote_id: str) -> Any:
        """Staff anywhere, but mostly where the tote stands or should be."""
        tote = await self.world.read(lambda connection: transport.tote(connection, tote_id))
        likely = [tote.origin, tote.destination] * 5 if tote else []
        return self.world.staff(self.chance.choice([*NODES, *likely]))

    async def step(self) -> None:
        choose = self.chance.choice
        tote, volume, trip = choose(self.totes[-4:]), choose(VOLUMES), choose(TRIPS)
        staff = await self.somebody(tote)
        anywhere = {"destination": choose(["JLT", "JLT", *NODES])}
        scanned, boxed = {"tote": tote, "barcode": volume.barcode}, {"tote": tote}
        driven = {"trip": trip, "tote": tote}
        sensible = {
            ToteState.OPEN: [("totes.pack", staff, scanned), ("totes.seal", staff, boxed)],
            ToteState.SEALED: [("trips.load", self.world.driver, driven), ("totes.receive", staff, boxed)],
            ToteState.LOADED: [("trips.unload", self.world.driver, driven), ("totes.receive", staff, boxed)],
            ToteState.UNLOADED: [("totes.receive", staff, boxed)],
            ToteState.OPENED: [("totes.unpack", staff, scanned), ("totes.reconcile", staff, boxed)],
            ToteState.LOST: [("totes.receive", staff, boxed)],
        }
        anything = [
            ("totes.open", staff, anywhere),
            ("totes.take_out", staff, scanned),
            ("totes.unseal", staff, boxed),
            ("totes.discard", staff, boxed),
            ("trips.unload", self.world.driver, {**driven, "node": choose(NODES)}),
            ("trips.arrive", self.world.driver, {"trip": trip, "stop": self.chance.randrange(3)}),
            ("totes.lose", self.world.coordinator, boxed),
            ("returns.scan", staff, {"barcode": volume.barcode}),
            *(entry for entries in sensible.values() for entry in entries),
        ]
        found = await self.world.read(lambda connection: transport.tote(connection, tote))
        fitting = sensible.get(ToteState(found.state), []) if found else []
        await self.act(*choose(fitting if fitting and self.chance.random() < 0.6 else anything))
        self.world.pass_time(seconds=self.chance.randrange(90))
        if self.chance.random() < 0.4:
            await self.world.sent(volume, choose(NODES))

    async def act(self, name: str, principal: Any, data: dict[str, Any]) -> None:
        """Do it, or hear in both languages why not."""
        try:
            answer = await self.world.do(name, principal, **data)
        except HubError as refusal:
            self.said.append((refusal.say("zh"), refusal.say("en")))
            return
        self.done[name] = self.done.get(name, 0) + 1
        if name == "totes.open":
            self.totes.append(answer["tote"])


async def played(world: Any, seed: int) -> Mischief:
    """The mischief of one seed, with everything checked after each step."""
    mischief = Mischief(world, seed)
    for _ in range(STEPS):
        await mischief.step()
        wrong = await world.read(lambda connection: invariants(connection, world.now))
        assert wrong == [], mischief.done
    assert all(chinese != english for chinese, english in mischief.said)
    return mischief


@pytest.mark.parametrize("seed", [2, 5])
async def test_whatever_is_scanned_a_volume_has_one_place(world: Any, seed: int) -> None:
    mischief = await played(world, seed)
    wanted = {"totes.pack", "totes.seal", "trips.load", "totes.receive", "totes.unpack"}
    assert wanted <= mischief.done.keys(), mischief.done


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 130))
async def test_whatever_is_scanned_for_long(world: Any, seed: int) -> None:
    await played(world, seed)
