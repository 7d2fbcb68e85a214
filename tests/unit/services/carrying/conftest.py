"""A small world for the stories of carrying: copies with routing slips, staff, drivers and a clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, insert

from hub.kernel.volumes import Volume
from hub.services import custody, networks, policies
from hub.services.carrying import OPERATIONS as CARRYING
from hub.services.context import Principal, Role, Transaction
from hub.services.lending import OPERATIONS as LENDING
from hub.storage import cases, people
from hub.storage.cases import CaseRow
from hub.storage.people import PersonRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import Item, Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core

T = TypeVar("T")
NETWORK = networks.parse(networks.shipped(), 1)
#: a Tuesday, half past eight in the morning in Nanjing
TUESDAY = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
BY_NAME = {operation.name: operation for operation in (*CARRYING, *LENDING)}


@dataclass(frozen=True)
class Clock:
    """The world's clock, as a hub has it."""

    world: World

    def now(self) -> datetime:
        return self.world.now


@dataclass
class World:
    """Everything that a story does, each step a transaction of its own."""

    store: Store
    now: datetime = TUESDAY
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def clock(self) -> Clock:
        return Clock(self)

    def network(self) -> networks.Network:
        return NETWORK

    async def decide(self, act: Callable[[Transaction], T]) -> T:
        key, now = f"test/{next(self._keys)}", self.now
        return await self.store.write(lambda connection: act(Transaction(connection, now, NETWORK, key)))

    async def read(self, ask: Callable[[Connection], T]) -> T:
        return await self.store.read(ask)

    async def do(self, operation: str, principal: Principal, **data: Any) -> dict[str, Any]:
        entry = BY_NAME[operation]
        command = entry.input.model_validate(data)
        if entry.ask is not None:
            return await entry.ask(self, principal, command)  # type: ignore[arg-type]  # a hub in what it uses
        act = entry.decide
        assert act is not None
        answer: dict[str, Any] = await self.decide(lambda tx: act(tx, principal, command))
        return answer

    def staff(self, node: str, language: str = "en") -> Principal:
        return Principal(f"A-{node}", Role.STAFF, node, language=language)

    @property
    def driver(self) -> Principal:
        return Principal("A-driver", Role.DRIVER, language="en")

    @property
    def coordinator(self) -> Principal:
        return Principal("A-coordinator", Role.COORDINATOR, language="en")

    async def reader(self, name: str, home: str) -> Principal:
        expires = self.now + timedelta(days=1000)
        person = PersonRow(f"RD-{name}", name, f"card-{name}", home, "adult", "lending", expires)
        await self.store.write(lambda connection: people.add_person(connection, person))
        return Principal(f"A-{name}", Role.READER, home, f"RD-{name}", "en")

    async def copies(self, cluster: str, *copies: tuple[str, str, str]) -> None:
        """An edition with copies (owner, barcode, node)."""
        await self.store.write(lambda connection: _add_copies(connection, cluster, copies, self.now))

    async def sent(self, volume: Volume, destination: str) -> Volume:
        """A volume that is to go somewhere."""
        await self.decide(lambda tx: custody.send_to(tx, volume, destination, "home"))
        return volume

    async def tote(self, origin: str, destination: str, *volumes: Volume, sealed: bool = True) -> str:
        """A tote with volumes that are to go where it goes."""
        staff = self.staff(origin)
        tote: str = (await self.do("totes.open", staff, destination=destination))["tote"]
        for volume in volumes:
            await self.do("totes.pack", staff, tote=tote, barcode=volume.barcode, owner=volume.owner)
        if sealed:
            await self.do("totes.seal", staff, tote=tote, seal="S1")
        return tote

    async def ridden(self, trip: str, tote: str, node: str) -> None:
        """The tote taken by a trip to a node."""
        self.pass_time(minutes=1)
        await self.do("trips.load", self.driver, trip=trip, tote=tote)
        self.pass_time(minutes=1)
        await self.do("trips.unload", self.driver, trip=trip, tote=tote, node=node)
        self.pass_time(minutes=1)

    async def cases(self) -> list[CaseRow]:
        return await self.read(cases.open_cases)

    async def place(self, volume: Volume) -> tuple[str, str] | None:
        found = await self.read(lambda connection: custody.where(connection, volume))
        return (found.kind.value, found.place) if found else None

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)


def _add_copies(
    connection: Connection, cluster: str, copies: tuple[tuple[str, str, str], ...], now: datetime
) -> None:
    display = {"title": f"Title {cluster}", "authors": ["Somebody"], "isbns": []}
    _insert(connection, Cluster, id=cluster, display=display, created_at=now, changed_at=now)
    for owner in sorted({owner for owner, _, _ in copies}):
        source = f"{cluster}-{owner}"
        _insert(
            connection, Source, name=source, member=owner, protocol="file", address="x", options={},
            profile={}, created_at=now,
        )  # fmt: skip
        record = _insert(
            connection, SourceRecord, source=source, identifier=cluster, state="live", format="cnmarc",
            encoding="utf-8", digest="", raw=b"", seen_run=1, changed_at=now,
        )  # fmt: skip
        _insert(connection, ClusterMember, record=record, cluster=cluster)
        for _, barcode, node in (copy for copy in copies if copy[0] == owner):
            _insert(
                connection, Item, record=record, owner=owner, barcode=barcode, node=node,
                call_number="I247.5/1", call_key="", shelf="", volume="", item_class="book",
                status="available", withdrawn=False,
            )  # fmt: skip


def _insert(connection: Connection, table: Any, **values: Any) -> Any:
    key = connection.execute(insert(core(table)).values(**values)).inserted_primary_key
    assert key is not None
    return key[0]


@pytest.fixture
def world(sqlite_store: Store) -> World:
    """A world on SQLite with the shipped policies and two copies at Qinhuai, one at Jiangning."""
    return _started(sqlite_store)


@pytest.fixture
def world_anywhere(store: Store) -> World:
    """The same on each kind of database."""
    return _started(store)


def _started(store: Store) -> World:
    async def start() -> World:
        world = World(store)
        await world.decide(policies.load_defaults)
        await world.copies("E1", ("QHT", "Q1", "QHT"), ("QHT", "Q2", "QHT"))
        await world.copies("E2", ("JNT", "J1", "JNT"))
        return world

    return asyncio.run(start())
