"""Putting the hub together: settings in, a hub ready for use cases out."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hub.bootstrap.secrets import ConfiguredSecrets, scrubbed, take_out_clear_secrets, to_be_scrubbed
from hub.bootstrap.workers import worker_pool
from hub.config import Settings
from hub.errors import NotFound
from hub.index.engine import SearchIndex
from hub.kernel.ports import Clock, Randomness, Sleeper
from hub.services import networks, policies
from hub.services.context import Hub, NoticeBoard, Performer, Transaction
from hub.services.networks import Network
from hub.storage.engine import embedded_url, open_store
from hub.storage.lock import HubLock
from hub.storage.schema import upgrade
from hub.storage.scrubbing import scrub
from hub.storage.store import Store


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.now(UTC)


class RealSleeper:
    """Waits in real time."""

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        await asyncio.sleep(seconds)


class NetworkInForce:
    """The network document in force, parsed once per version."""

    def __init__(self, network: Network) -> None:
        """Begin with this one."""
        self._network = network

    def __call__(self) -> Network:
        """The network in force."""
        return self._network

    def refresh(self, connection: Connection) -> None:
        """Take up a newer version if somebody put one in force."""
        found = networks.in_force(connection)
        if found.version != self._network.version:
            self._network = found


def database_url(settings: Settings) -> str:
    """The address of the database these settings mean."""
    return settings.database_url or embedded_url(settings.data)


def _first_start(connection: Connection, now: datetime) -> Network:
    """The network in force; a new hub gets the shipped network and the shipped policies."""
    try:
        network = networks.in_force(connection)
    except NotFound:
        network = networks.keep(connection, networks.shipped(), now)
    policies.load_defaults(Transaction(connection, now, network, "hub/first-start"))
    return network


async def _open_network(store: Store, now: datetime) -> NetworkInForce:
    return NetworkInForce(await store.write(lambda connection: _first_start(connection, now)))


@asynccontextmanager
async def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sleeper: Sleeper | None = None,
    randomness: Randomness | None = None,
    performer: Performer | None = None,
    durable: bool = True,
) -> AsyncIterator[Hub]:
    """The hub over the data folder of ``settings``, for as long as the block runs.

    ``durable=False`` does not wait for the disk: for simulations, whose databases are thrown away.

    Raises:
        Conflict: another process holds the hub's lock.
        Refusal: the database cannot be used.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    with HubLock(settings.data, os.getpid(), datetime.now(UTC)):
        url = database_url(settings)
        await asyncio.to_thread(upgrade, url)
        store = open_store(url, settings.data, durable=durable)
        try:
            network = await _open_network(store, clock.now())
            await store.write(lambda connection: take_out_clear_secrets(connection, settings.data))
            if to_be_scrubbed(settings.data):
                await asyncio.to_thread(scrub, url)
                scrubbed(settings.data)
            with (
                worker_pool(settings.workers) as workers,
                closing(SearchIndex.open(index_folder(settings))) as index,
            ):
                hub = Hub(
                    store=store,
                    clock=clock,
                    sleeper=sleeper or RealSleeper(),
                    randomness=randomness or random.SystemRandom(),
                    network=network,
                    search=index,
                    performer=performer or NoticeBoard(),
                    refresh_network=network.refresh,
                    workers=workers,
                    secrets=ConfiguredSecrets(settings.secrets, settings.data),
                    targets=settings.targets,
                )
                try:
                    yield hub
                finally:
                    await hub.live.close()
        finally:
            store.close()


def index_folder(settings: Settings) -> Path:
    """Where the search index lies: a projection, which may be deleted while no hub runs."""
    return settings.data / "index"
