"""A source with a timetable, a scripted member behind it, and a clock to look at it by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.services.context import Hub, Principal, Role, Transaction
from hub.services.harvesting import sources
from hub.services.harvesting.claimed import job_of
from hub.services.harvesting.sources import NewSource
from hub.services.operations import Input
from hub.services.timetable import setting
from hub.services.timetable.listing import ListInput, list_timetable
from hub.services.timetable.setting import SetInput
from hub.services.timetable.starting import HarvestStarter
from hub.simulation.clock import SettableClock
from hub.storage import harvests, jobs
from hub.storage.jobs import JobRunRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core
from tests.hubs import hub_over
from tests.scripted_member import ScriptedMember

RECORD = core(SourceRecord)
COORDINATOR = Principal("chief", Role.COORDINATOR, language="en")
#: a Tuesday, noon in Nanjing; the night after it, a timetable's first run is due
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  #: 02:30 on Wednesday
CLOSING = datetime(2026, 11, 24, 22, tzinfo=UTC)  #: 06:00
DAY = timedelta(days=1)
NIGHTLY = {"times": "02:30", "window": "22:00-06:00"}


class Night:
    """One source with a timetable, a member behind it, and hubs that look at it."""

    def __init__(self, store: Store, member: ScriptedMember) -> None:
        self.store = store
        self.member = member
        self.clock = SettableClock(NOON)
        self.hub = hub_over(store, self.clock)

    async def add(self, name: str = "one", address: str = "http://127.0.0.1:1/", **rules: str) -> None:
        await sources.add(self.hub, NewSource(name, "JLT", "sru", address, {}))
        if rules:
            await self.decide(setting.set_timetable, SetInput(source=name, **rules))

    async def decide(self, act: Callable[..., dict[str, Any]], command: Input) -> dict[str, Any]:
        now = self.clock.now()
        return await self.store.write(
            lambda c: act(Transaction(c, now, self.hub.network(), "test"), COORDINATOR, command)
        )

    async def look(self, at: datetime | None = None, hub: Hub | None = None) -> int:
        """What a process begins when it looks at this time; returns when it has ended."""
        if at is not None:
            self.clock.set(at)
        starter = HarvestStarter(hub or self.hub)
        begun = await starter.start_due(self.hub)
        await starter.finished()
        return begun

    async def ledger(self, source: str = "one") -> list[JobRunRow]:
        """The runs of a source, the oldest first."""
        return (await self.store.read(lambda c: jobs.history(c, job_of(source))))[::-1]

    async def told(self, source: str = "one") -> dict[str, Any]:
        answer = await list_timetable(self.hub, COORDINATOR, ListInput())
        return next(one for one in answer["sources"] if one["source"] == source)

    async def stored(self, slice_name: str) -> None:
        """Return when a slice that was fetched is stored too: the one goes on beside the other."""
        for _ in range(10_000):
            unfinished = await self.store.read(lambda c: harvests.unfinished_run(c, "one"))
            if unfinished is not None and slice_name in unfinished[1]:
                return
        raise AssertionError(f"{slice_name} was not stored")

    async def live(self) -> int:
        rows = select(RECORD.c.id).where(RECORD.c.state == "live")
        return len(await self.store.read(lambda c: c.scalars(rows).all()))
