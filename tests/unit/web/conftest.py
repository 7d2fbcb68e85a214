"""The web application over a hub with two editions, somebody of every role, and a clock that stands still."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, insert

from hub.index.engine import SearchIndex
from hub.services import accounts, indexing, networks, policies
from hub.services.accounts import NewAccount, hash_password
from hub.services.api import operations
from hub.services.context import Hub, Role, Transaction
from hub.storage import outbox
from hub.storage.store import Store
from hub.storage.tables.catalogue import Item, Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core
from hub.web.app import create_app
from hub.web.settings import WebSettings

NETWORK = networks.parse(networks.shipped(), 1)
NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)  # nine o'clock of a Tuesday in Nanjing
PASSWORD = "long enough for a test"
PEOPLE = (
    NewAccount("li", "", Role.READER, "XWT", name="Li", card="CARD0001", language="en"),
    NewAccount("staff-xwt", "", Role.STAFF, "XWT", language="en"),
    NewAccount("coordinator", "", Role.COORDINATOR, language="en"),
    NewAccount("driver", "", Role.DRIVER, "JLT", language="en"),
)
#: edition -> (title, copies as (owner, barcode)); both libraries use the barcode SAME0001
EDITIONS = {
    "E-ONE": ("红楼梦", (("XWT", "SAME0001"), ("XWT", "XWT00001"))),
    "E-TWO": ("围城 <b>&", (("JLT", "SAME0001"),)),
}


class FixedClock:
    def now(self) -> datetime:
        return NINE


@dataclass
class Web:
    """A browser without a window or scripts."""

    client: TestClient[Any, Any]
    hub: Hub

    async def sign_in(self, login: str) -> None:
        answer = await self.client.post("/sign-in", data={"login": login, "password": PASSWORD})
        assert answer.status == 200, await answer.text()

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status == status, await answer.text()
        return await answer.text()

    async def send(self, path: str, **fields: str) -> str:
        """Send a form and follow where it leads; the page there."""
        answer = await self.client.post(path, data=fields)
        return await answer.text()


def _catalogue(connection: Connection) -> None:
    for owner in ("XWT", "JLT"):
        connection.execute(
            insert(core(Source)).values(
                name=owner, member=owner, protocol="file", address=".", options={}, profile={},
                created_at=NINE,
            )
        )  # fmt: skip
    for key, (title, copies) in EDITIONS.items():
        display = {
            "title": title, "authors": ["曹雪芹"], "isbns": [], "publisher": "", "year": 1996,
            "language": "chi", "material": "book",
        }  # fmt: skip
        values = {"id": key, "display": display, "work": "", "set_of": ""}
        connection.execute(insert(core(Cluster)).values(**values, created_at=NINE, changed_at=NINE))
        for owner, barcode in copies:
            record = connection.execute(
                insert(core(SourceRecord)).values(
                    source=owner, identifier=f"{key}-{barcode}", state="live", format="cnmarc",
                    encoding="utf-8", digest=f"{key}{barcode}", raw=b"", seen_run=1, changed_at=NINE,
                )
            ).inserted_primary_key  # fmt: skip
            assert record is not None
            connection.execute(insert(core(ClusterMember)).values(record=record[0], cluster=key))
            connection.execute(
                insert(core(Item)).values(
                    record=record[0], owner=owner, barcode=barcode, node=owner, call_number="I24/1",
                    call_key="", shelf="", volume="", item_class="book", status="available", withdrawn=False,
                )
            )  # fmt: skip
        outbox.put(connection, "index", [key])


@pytest.fixture(scope="session")
def hashed() -> str:
    """One hash for everybody: argon2 takes its time on purpose."""
    return hash_password(PASSWORD)


Opened = Callable[..., AbstractAsyncContextManager[Web]]


@pytest.fixture
def web(sqlite_store: Store, tmp_path: Path, hashed: str) -> Opened:
    """Opens the application; give ``WebSettings`` to have it otherwise."""

    def make(connection: Connection) -> None:
        policies.load_defaults(Transaction(connection, NINE, NETWORK, "policies"))
        _catalogue(connection)
        for person in PEOPLE:
            accounts.add(Transaction(connection, NINE, NETWORK, f"test/{person.login}"), person, hashed)

    @asynccontextmanager
    async def open_web(settings: WebSettings | None = None) -> AsyncIterator[Web]:
        hub = Hub(
            sqlite_store, FixedClock(), None, random.Random(1), lambda: NETWORK,
            SearchIndex.open(tmp_path / "index"),
        )  # fmt: skip
        await sqlite_store.write(make)
        await indexing.feed(hub)
        app = create_app(hub, operations(), settings or WebSettings(language="en"))
        async with TestClient(TestServer(app)) as client:
            yield Web(client, hub)
        hub.search.close()

    return open_web
