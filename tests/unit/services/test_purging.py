"""The purge forgets answers that nobody asks for again, and nothing earlier."""

from __future__ import annotations

from datetime import timedelta

from hub.services.performing import COMMANDS_KEPT
from hub.services.purging import purge
from hub.storage import commands
from hub.storage.commands import PerformedRow
from hub.storage.store import Store
from tests.hubs import clock, hub_over


async def test_answers_are_kept_as_long_as_they_may_be_asked_for(store: Store) -> None:
    time = clock()
    hub = hub_over(store, time)
    row = PerformedRow("A/k", "notes.make", "A", "digest", 200, {"id": "N"}, time.now())
    await store.write(lambda c: commands.keep(c, row))
    time.advance(COMMANDS_KEPT)
    assert await purge(hub) == 0
    assert await store.read(lambda c: commands.find(c, "A/k")) == row
    time.advance(timedelta(seconds=1))
    assert await purge(hub) == 1
    assert await store.read(lambda c: commands.find(c, "A/k")) is None
    assert await purge(hub) == 0
