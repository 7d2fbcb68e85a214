"""A small world for the stories of lending: an edition or two, copies, readers, staff and a clock."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, func, insert, select

from hub.kernel.volumes import Volume
from hub.services import custody, networks, policies
from hub.services.context import Principal, Role, Transaction
from hub.services.lending import deadlines, volumes
from hub.services.lending.operations import OPERATIONS
from hub.services.lending.volumes import Verdict
from hub.storage import cases, people
from hub.storage import lending as storage
from hub.storage.cases import CaseRow
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.people import PersonRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import Item, Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core
from ill.transport.custody import CustodyEventKind, PlaceKind

T = TypeVar("T")
NETWORK = networks.parse(networks.shipped(), 1)
#: a Tuesday, ten in the morning in Nanjing
TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)
BY_NAME = {operation.name: operation for operation in OPERATIONS}


@dataclass
class World:
    """Everything that a story does, each step a transaction of its own."""

    store: Store
    now: datetime = TUESDAY
    _keys: itertools.count[int] = field(default_factory=itertools.count)

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
        assert entry.decide is not None
        act = entry.decide
        answer: dict[str, Any] = await self.decide(lambda tx: act(tx, principal, command))
        return answer

    # What entry.ask needs of a hub.
    @property
    def clock(self) -> World:
        return _Clock(self)  # type: ignore[return-value]  # only now() is asked

    def network(self) -> networks.Network:
        return NETWORK

    def staff(self, node: str) -> Principal:
        return Principal(f"A-{node}", Role.STAFF, node, language="en")

    async def reader(self, name: str, home: str = "XWT", reader_class: str = "adult") -> Principal:
        person = PersonRow(
            f"RD-{name}",
            name,
            f"card-{name}",
            home,
            reader_class,
            "lending",
            self.now + timedelta(days=1000),
        )
        await self.store.write(lambda connection: people.add_person(connection, person))
        return Principal(f"A-{name}", Role.READER, home, f"RD-{name}", "en")

    async def edition(self, cluster: str, *copies: tuple[str, str, str], **item: Any) -> None:
        """An edition with copies (owner, barcode, node)."""
        await self.store.write(lambda connection: _edition(connection, cluster, copies, item, self.now))

    async def request(self, request: str) -> RequestRow:
        found = await self.read(lambda connection: storage.request(connection, request))
        assert found is not None
        return found

    async def supplies(self, request: str) -> list[SupplyRow]:
        return await self.read(lambda connection: storage.supplies_of(connection, request))

    async def supply(self, supply: str) -> SupplyRow:
        found = await self.read(lambda connection: storage.supply(connection, supply))
        assert found is not None
        return found

    async def current(self, request: str) -> SupplyRow:
        found = await self.read(lambda connection: storage.current_supply(connection, request))
        assert found is not None
        return found

    async def cases(self) -> list[CaseRow]:
        return await self.read(cases.open_cases)

    async def place(self, volume: Volume) -> tuple[str, str] | None:
        found = await self.read(lambda connection: custody.where(connection, volume))
        return (found.kind.value, found.place) if found else None

    async def count(self, table: Any) -> int:
        return await self.read(
            lambda connection: int(
                connection.execute(select(func.count()).select_from(core(table))).scalar_one()
            )
        )

    async def travels(self, volume: Volume, origin: str) -> None:
        """Packed, loaded and on the road from ``origin``."""
        await self.scan(volume, CustodyEventKind.PACKED, PlaceKind.TOTE, "T-1", origin)
        await self.scan(volume, CustodyEventKind.LOADED, PlaceKind.VEHICLE, "trip", origin)
        await self.decide(lambda tx: volumes.departed(tx, volume, origin))

    async def unpacked(self, volume: Volume, node: str) -> Verdict:
        """Unloaded and taken out of its tote at ``node``."""
        await self.scan(volume, CustodyEventKind.UNLOADED, PlaceKind.TOTE, "T-1", node)
        await self.scan(volume, CustodyEventKind.UNPACKED, PlaceKind.NODE, node, node)
        return await self.decide(lambda tx: volumes.arrived(tx, volume, node))

    async def scan(
        self, volume: Volume, kind: CustodyEventKind, place_kind: PlaceKind, place: str, node: str
    ) -> None:
        self.pass_time(minutes=1)
        await self.decide(
            lambda tx: custody.record(
                tx,
                volume,
                kind,
                place_kind,
                place,
                happened_at=tx.now,
                actor="driver",
                key=tx.new_id("K"),
                node=node,
            )
        )

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def sweep(self) -> int:
        """Fire what is due, as the hub's job does; how many fired."""
        fired = 0
        while due := await self.read(lambda connection: deadlines.due(connection, self.now)):
            for subject in due:
                await self.store.write(
                    lambda connection, subject=subject: deadlines.expire(  # type: ignore[misc]
                        Transaction(connection, self.now, NETWORK, subject.key), subject
                    )
                )
                fired += 1
            assert fired < 200, f"the sweep never ends: {due[:3]}"
        return fired


@dataclass(frozen=True)
class _Clock:
    world: World

    def now(self) -> datetime:
        return self.world.now


def _edition(
    connection: Connection,
    cluster: str,
    copies: tuple[tuple[str, str, str], ...],
    values: dict[str, Any],
    now: datetime,
) -> None:
    display = {"title": f"Title {cluster}", "authors": ["Somebody"], "isbns": ["9787020002207"]}
    connection.execute(
        insert(core(Cluster)).values(id=cluster, display=display, created_at=now, changed_at=now)
    )
    for owner in sorted({owner for owner, _, _ in copies}):
        if (
            connection.execute(select(core(Source).c.name).where(core(Source).c.name == owner)).first()
            is None
        ):
            connection.execute(
                insert(core(Source)).values(
                    name=owner,
                    member=owner,
                    protocol="file",
                    address="x",
                    options={},
                    profile={},
                    created_at=now,
                )
            )
        record = connection.execute(
            insert(core(SourceRecord)).values(
                source=owner,
                identifier=f"{cluster}-{owner}",
                state="live",
                format="cnmarc",
                encoding="utf-8",
                digest="",
                raw=b"",
                seen_run=1,
                changed_at=now,
            )
        ).inserted_primary_key
        assert record is not None
        connection.execute(insert(core(ClusterMember)).values(record=record[0], cluster=cluster))
        for _, barcode, node in (copy for copy in copies if copy[0] == owner):
            stated = {
                "call_number": "I247.5/1",
                "call_key": "",
                "shelf": "",
                "volume": "",
                "item_class": "book",
                "status": "available",
                "withdrawn": False,
            } | values
            connection.execute(
                insert(core(Item)).values(record=record[0], owner=owner, barcode=barcode, node=node, **stated)
            )


@pytest.fixture
def make_edition() -> Callable[..., None]:
    """Makes an edition inside a transaction that the test holds itself."""
    return _edition


async def prepared(store: Store) -> World:
    world = World(store)
    await world.decide(policies.load_defaults)
    return world


@pytest.fixture
def world(sqlite_store: Store) -> World:
    """A world on SQLite with the shipped policies."""
    return _started(sqlite_store)


@pytest.fixture
def world_anywhere(store: Store) -> World:
    """The same on each kind of database."""
    return _started(store)


def _started(store: Store) -> World:
    import asyncio

    return asyncio.run(prepared(store))
