"""Starting the harvests that are due: each by one process, some at a time, one per target."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.services import claims
from hub.services.claims import LostRun
from hub.services.context import Hub
from hub.services.harvesting.claimed import (
    LEASE,
    PREFIX,
    ClaimedHarvest,
    harvest_claimed,
    job_of,
    source_of,
)
from hub.services.harvesting.harvest import AT_ONCE
from hub.services.harvesting.opening import server_of
from hub.services.harvesting.settling import timetable_of
from hub.services.network_document.network import Network
from hub.services.progress import unwatched
from hub.storage import harvests, jobs, timetables
from hub.storage.harvests.values import SourceRow
from hub.storage.jobs import Claim, JobRunRow
from hub.storage.timetables import TimetableRow
from schedules.claims import is_free
from schedules.harvests import MemberCalendar, due
from schedules.windows import is_open, span_at

log = logging.getLogger(__name__)

#: how long a stopping process waits for its harvests to reach the end of a batch
PATIENCE = timedelta(seconds=10)
#: the problem of a due run that nobody was there to make
MISSED = "missed"


class HarvestStarter:
    """The harvests of this process."""

    def __init__(self, hub: Hub, at_once: int = AT_ONCE) -> None:
        """``at_once``: a slow member holds up only its own harvest."""
        self._hub = hub
        self._at_once = at_once
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def start_due(self, hub: Hub) -> int:
        """Claim what is due and begin it; how many were begun. The body of the job ``start_harvests``."""
        begun = 0
        for source in await hub.store.read(candidates):
            if self._stopping or len(self._running) >= self._at_once:
                break
            if source in self._running:
                continue
            order = await hub.store.write(lambda connection, source=source: self._claim(connection, source))  # type: ignore[misc]  # a default pins the loop's value
            if order is not None:
                self._begin(source, order)
                begun += 1
        return begun

    async def stop(self) -> None:
        """Let the harvests pause at the end of their batch; another process goes on with them."""
        self._stopping = True
        if not self._running:
            return
        _, late = await asyncio.wait(self._running.values(), timeout=PATIENCE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def finished(self) -> None:
        """Return when nothing runs any more."""
        await asyncio.gather(*self._running.values())

    def _begin(self, source: str, order: ClaimedHarvest) -> None:
        task = asyncio.ensure_future(self._run(order))
        self._running[source] = task
        task.add_done_callback(lambda _: self._running.pop(source))

    async def _run(self, order: ClaimedHarvest) -> None:
        try:
            await harvest_claimed(self._hub, order, progress=unwatched, stopwatch=time.monotonic)
        except LostRun as error:
            log.warning("%s", error)
        except Exception as error:
            # Whatever one harvest brought the hub to, the others go on.
            log.exception("the harvest of %s failed", order.source.name)
            reason = self._hub.secrets.conceal(f"{type(error).__name__}: {error}")
            problem = f"connector_failed: reason={reason}"
            await self._hub.store.write(
                lambda connection: jobs.finish(
                    connection, order.claim, self._hub.clock.now(), state="failed", problem=problem
                )
            )

    def _claim(self, connection: Connection, source: str) -> ClaimedHarvest | None:
        row = harvests.find_source(connection, source)
        if row is None or _target_is_busy(connection, row):
            return None
        timetable = timetables.find(connection, source)
        network, now = self._hub.network(), self._hub.clock.now()
        claim = claim_due(connection, network, row, timetable, now)
        if claim is None:
            return None
        run = jobs.held(connection, claim)
        assert run is not None, "it was claimed in this transaction"
        return ClaimedHarvest(
            row,
            claim,
            _is_full(connection, network, row, timetable, run),
            _closing(network, timetable, run, now),
            lambda: self._stopping,
        )


def candidates(connection: Connection) -> list[str]:
    """The sources that may be due: those with a timetable, and those of unfinished runs."""
    begun = (source_of(run.job) for run in jobs.all_unfinished(connection, PREFIX))
    return sorted({*(row.source for row in timetables.listed(connection)), *begun})


def claim_due(
    connection: Connection, network: Network, source: SourceRow, timetable: TimetableRow | None, now: datetime
) -> Claim | None:
    """Claim the harvest of a source that is to be made now, an abandoned one first; None when none is."""
    job = job_of(source.name)
    run = claims.standing(connection, job, now)
    if run is not None:
        if is_free(run, now) and _may_go_on(network, timetable, run, now):
            return jobs.take(connection, run, claims.holder(), now, LEASE)
        return None
    if timetable is None or (timetable.paused_until is not None and now < timetable.paused_until):
        return None
    last = max(timetable.since, jobs.last_fire(connection, job) or timetable.since)
    member = MemberCalendar(network.calendars, source.member)
    outstanding = due(timetable_of(timetable), member, last, now)
    jobs.pass_over(connection, job, outstanding.passed_over, now, cause="timetable", problem=MISSED)
    if outstanding.fire_at is None:
        return None
    return jobs.begin(connection, job, outstanding.fire_at, claims.holder(), now, LEASE)


def _may_go_on(network: Network, timetable: TimetableRow | None, run: JobRunRow, now: datetime) -> bool:
    """Whether the hours allow it; what a person started is made at any hour."""
    if timetable is None or run.cause != "timetable":
        return True
    return is_open(timetable_of(timetable).window, network.calendars, now)


def _closing(
    network: Network, timetable: TimetableRow | None, run: JobRunRow, now: datetime
) -> datetime | None:
    window = timetable_of(timetable).window if timetable is not None else None
    if window is None or run.cause != "timetable":
        return None
    return span_at(window, network.calendars, now).closes


def _is_full(
    connection: Connection,
    network: Network,
    source: SourceRow,
    timetable: TimetableRow | None,
    run: JobRunRow,
) -> bool:
    asked: Any = run.details.get("full")
    if asked is not None or timetable is None:
        return bool(asked is None or asked)
    last = harvests.last_complete_run(connection, source.name, full=True)
    calendars = network.calendars
    last_full = calendars.local_day(last.started_at) if last is not None else None
    member = MemberCalendar(calendars, source.member)
    return timetable_of(timetable).full.asks(calendars.local_day(run.fire_at), last_full, member)


def _target_is_busy(connection: Connection, source: SourceRow) -> bool:
    """Whether a harvest of another source speaks to the same server, which is spoken to by one at a time."""
    server = server_of(source)
    if not server:
        return False
    going_on = {
        source_of(run.job) for run in jobs.all_unfinished(connection, PREFIX) if run.state == "running"
    }
    others = (harvests.find_source(connection, name) for name in going_on - {source.name})
    return any(other is not None and server_of(other) == server for other in others)
