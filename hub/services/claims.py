"""Runs of jobs that are claimed: kept by a heartbeat while the work goes on, left alone once lost."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.errors import Conflict
from hub.kernel.calendars import Calendars
from hub.services.context import Hub
from hub.storage import jobs
from hub.storage.jobs import Claim, JobRunRow
from schedules.claims import is_free, is_hopeless

log = logging.getLogger(__name__)
T = TypeVar("T")

#: a lease outlives this many heartbeats, so that one that comes late loses nothing
BEATS_PER_LEASE = 3
#: the problem of a run that was begun too often
HOPELESS = "started_too_often"


class LostRun(Conflict):
    """Another process has taken the run over."""


def holder() -> str:
    """The name of this process in the ledger."""
    return f"{socket.gethostname()}/{os.getpid()}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this very machine and lives no more; nobody need wait for it."""
    host, _, process = holder.rpartition("/")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        # It lives, as another user's.
        return False
    return False


def under_way(run: JobRunRow, source: str, calendars: Calendars) -> Conflict:
    """What to raise when a source is being harvested; the time is that on the members' wall."""
    began = (run.started_at or run.fire_at).astimezone(ZoneInfo(calendars.zone))
    since = f"{began:%Y-%m-%d %H:%M}"
    return Conflict("timetable.under_way", field="source", source=source, holder=run.holder, since=since)


def standing(connection: Connection, job: str, now: datetime) -> JobRunRow | None:
    """The unfinished run of a job, after giving up one that was begun too often."""
    run = jobs.unfinished(connection, job)
    if run is not None and is_free(run, now) and is_hopeless(run):
        jobs.end(connection, run, now, state="failed", problem=HOPELESS)
        return None
    return run


class HeldRun:
    """A run in this process's hands."""

    def __init__(self, claim: Claim) -> None:
        """The run was just claimed."""
        self.claim = claim
        self.stop_asked = False
        self.lost = False

    def hold(self, connection: Connection) -> None:
        """Nothing while the run is this process's; asked in the transaction of every write it makes.

        Raises:
            LostRun: another has taken it over.
        """
        row = jobs.held(connection, self.claim)
        if row is None:
            self.lost = True
            raise self.loss()
        self.stop_asked = row.stop_asked

    def loss(self) -> LostRun:
        """What is raised when the run is lost."""
        return LostRun("timetable.run_lost", job=self.claim.job)


async def while_held(hub: Hub, claim: Claim, work: Callable[[HeldRun], Awaitable[T]]) -> T:
    """Do the work of a run, renewing its lease; cancelled when another takes the run over.

    Raises:
        LostRun: it was taken over. What was written before stands, nothing was written after.
    """
    run = HeldRun(claim)
    working = asyncio.ensure_future(work(run))
    beating = asyncio.ensure_future(_beat(hub, run, working))
    try:
        return await working
    except asyncio.CancelledError:
        if run.lost:
            raise run.loss() from None
        raise
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def _beat(hub: Hub, run: HeldRun, working: asyncio.Future[T]) -> None:
    while True:
        # In real time whatever clock the hub is on: the heartbeat says that this process lives.
        await asyncio.sleep(run.claim.lease.total_seconds() / BEATS_PER_LEASE)
        try:
            row = await hub.store.write(lambda connection: jobs.renew(connection, run.claim, hub.clock.now()))
        except Exception:
            # A database that is away for a moment: the next beat may be in time.
            log.exception("no heartbeat for %s", run.claim.job)
            continue
        if row is None:
            run.lost = True
            working.cancel()
            return
        run.stop_asked = row.stop_asked
