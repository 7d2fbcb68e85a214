"""A hub whose store holds the hand-made union of fixtures/search, and the ways to change it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update

from hub.index.engine import SearchIndex
from hub.services import indexing, networks, policies
from hub.services.context import ANONYMOUS, Hub, Principal, Transaction
from hub.services.performing import perform
from hub.services.searching import OPERATIONS
from hub.storage import outbox, schema
from hub.storage.engine import open_store
from hub.storage.store import Store
from hub.storage.tables.catalogue import HarvestRun, Item, Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core

FIXTURES = Path(__file__).resolve().parents[4] / "fixtures" / "search"
EDITIONS: list[dict[str, Any]] = json.loads((FIXTURES / "editions.json").read_text("utf-8"))
NETWORK = networks.parse(networks.shipped(), 1)
NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)  # nine o'clock of a Tuesday in Nanjing
BY_NAME = {operation.name: operation for operation in OPERATIONS}


class FixedClock:
    def now(self) -> datetime:
        return NINE


@dataclass(frozen=True)
class Union:
    """What a test does to the union, as clustering would."""

    hub: Hub

    async def add(self, key: str, display: Mapping[str, Any], copies: Sequence[Mapping[str, Any]]) -> None:
        await self.hub.store.write(lambda connection: insert_edition(connection, key, display, copies))

    async def change(self, key: str, display: Mapping[str, Any]) -> None:
        table = core(Cluster)

        def act(connection: Connection) -> None:
            connection.execute(update(table).where(table.c.id == key).values(display=display))
            outbox.put(connection, "index", [key])

        await self.hub.store.write(act)

    async def merge(self, key: str, into: str) -> None:
        table, members = core(Cluster), core(ClusterMember)

        def act(connection: Connection) -> None:
            connection.execute(update(members).where(members.c.cluster == key).values(cluster=into))
            connection.execute(update(table).where(table.c.id == key).values(redirect=into))
            outbox.put(connection, "index", [key, into])

        await self.hub.store.write(act)

    async def retire(self, key: str) -> None:
        members = core(ClusterMember)

        def act(connection: Connection) -> None:
            connection.execute(delete(members).where(members.c.cluster == key))
            outbox.put(connection, "index", [key])

        await self.hub.store.write(act)

    async def state_copies(self, key: str, **values: Any) -> None:
        items, members = core(Item), core(ClusterMember)

        def act(connection: Connection) -> None:
            from_members = (
                members.select().with_only_columns(members.c.record).where(members.c.cluster == key)
            )
            connection.execute(update(items).where(items.c.record.in_(from_members)).values(**values))

        await self.hub.store.write(act)


def insert_edition(
    connection: Connection, key: str, display: Mapping[str, Any], copies: Sequence[Mapping[str, Any]]
) -> None:
    cluster = {
        "id": key,
        "display": display,
        "work": "",
        "set_of": "",
        "created_at": NINE,
        "changed_at": NINE,
    }
    connection.execute(insert(core(Cluster)), [cluster])
    record = connection.execute(
        insert(core(SourceRecord)).values(
            source="demo", identifier=key, state="live", format="cnmarc", encoding="utf-8", confidence=1.0,
            digest=key, raw=b"", seen_run=1, changed_at=NINE,
        )
    ).inserted_primary_key[0]  # fmt: skip
    connection.execute(insert(core(ClusterMember)).values(record=record, cluster=key))
    for number, copy in enumerate(copies):
        system = NETWORK.nodes[copy["node"]].system if copy["node"] in NETWORK.nodes else copy["node"]
        connection.execute(
            insert(core(Item)).values(
                record=record, owner=system, barcode=f"{key}-{number}", node=copy["node"],
                call_number=next(iter(copy["call_numbers"]), ""), call_key="", shelf="", volume="",
                item_class="book", status="available" if copy["available"] else "on_loan", withdrawn=False,
            )
        )  # fmt: skip
    outbox.put(connection, "index", [key])


def insert_all(connection: Connection) -> None:
    connection.execute(
        insert(core(Source)).values(
            name="demo", member="JLT", protocol="file", address=".", options={}, profile={}, created_at=NINE
        )
    )
    connection.execute(
        insert(core(HarvestRun)).values(
            source="demo", started_at=NINE, state="complete", full=True, received=0, stored=0, unchanged=0,
            missing=0, deleted=0, quarantined=0, clashes=0, problem="",
        )
    )  # fmt: skip
    policies.load_defaults(Transaction(connection, NINE, NETWORK, "policies"))
    for edition in EDITIONS:
        insert_edition(connection, edition["key"], edition["display"], edition["copies"])


def assembled(store: Store, folder: Path) -> Hub:
    return Hub(
        store, FixedClock(), None, random.Random(1), lambda: NETWORK, SearchIndex.open(folder / "index")
    )


@pytest.fixture
def hub(store: Store, tmp_path: Path) -> Iterator[Hub]:
    """A hub with an empty store, on each kind of database, and an empty index."""
    hub = assembled(store, tmp_path)
    yield hub
    hub.search.close()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with the hand-made union, indexed; made once, so only for asking."""
    folder = tmp_path_factory.mktemp("city")
    schema.create(f"sqlite:///{folder / 'hub.sqlite'}")
    store = open_store(f"sqlite:///{folder / 'hub.sqlite'}", durable=False)
    hub = assembled(store, folder)

    async def fill() -> None:
        await store.write(insert_all)
        await indexing.feed(hub)

    asyncio.run(fill())
    yield hub
    hub.search.close()
    store.close()


@pytest.fixture
def union(hub: Hub) -> Union:
    """The hand-made union in the store, not indexed yet."""
    asyncio.run(hub.store.write(insert_all))
    return Union(hub)


Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(hub: Hub) -> Ask:
    """Perform an operation as somebody, the way the web does."""
    return asking(hub)


@pytest.fixture
def find(city: Hub) -> Ask:
    """Ask the hub that is made once."""
    return asking(city)


def asking(hub: Hub) -> Ask:
    async def ask(
        operation: str, principal: Principal = ANONYMOUS, key: str = "key", **data: Any
    ) -> dict[str, Any]:
        return (await perform(hub, BY_NAME[operation], principal, data, key)).body

    return ask
