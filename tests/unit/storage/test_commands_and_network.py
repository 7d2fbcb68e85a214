"""Performed commands and versions of the network document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hub.storage import commands, network
from hub.storage.commands import PerformedRow
from hub.storage.store import Store

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def performed(key: str, at: datetime = NOW) -> PerformedRow:
    return PerformedRow(key, "requests.place", "a1", "d", 200, {"request": "R-1", "题名": "红楼梦"}, at)


async def test_a_command_is_found_as_it_was_kept(store: Store) -> None:
    await store.write(lambda c: commands.keep(c, performed("k")))
    assert await store.read(lambda c: commands.find(c, "k")) == performed("k")
    assert await store.read(lambda c: commands.find(c, "other")) is None
    with pytest.raises(IntegrityError):
        await store.write(lambda c: commands.keep(c, performed("k")))


async def test_old_commands_are_forgotten(store: Store) -> None:
    await store.write(lambda c: commands.keep(c, performed("old", NOW - timedelta(days=61))))
    await store.write(lambda c: commands.keep(c, performed("new")))
    assert await store.write(lambda c: commands.forget(c, NOW - timedelta(days=60))) == 1
    assert await store.read(lambda c: commands.find(c, "old")) is None
    assert await store.read(lambda c: commands.find(c, "new")) is not None


async def test_a_network_that_says_the_same_is_no_new_version(store: Store) -> None:
    assert await store.read(network.newest) is None
    first = await store.write(lambda c: network.store(c, {"a": 1, "b": "南京"}, NOW))
    again = await store.write(lambda c: network.store(c, {"b": "南京", "a": 1}, NOW + timedelta(days=1)))
    assert again == first
    second = await store.write(lambda c: network.store(c, {"a": 2}, NOW + timedelta(days=2)))
    assert second.version > first.version
    assert await store.read(network.newest) == second
    assert await store.read(lambda c: network.version(c, first.version)) == first
    back = await store.write(lambda c: network.store(c, {"a": 1, "b": "南京"}, NOW + timedelta(days=3)))
    assert back.version > second.version, "an older document put in force again is a new version"
