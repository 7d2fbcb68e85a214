"""Harvests under a claim: one at a time over a source in the whole network, closed in the ledger of jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.kernel.ports import Clock
from hub.services.claims import HeldRun, while_held
from hub.services.context import Hub
from hub.services.harvesting.running import SourceReport, run_source
from hub.services.harvesting.settling import settle
from hub.services.progress import Progress
from hub.storage import jobs
from hub.storage.harvests.values import SourceRow
from hub.storage.jobs import Claim
from schedules.claims import is_free
from schedules.windows import must_pause

PREFIX = "harvest/"
#: a killed harvest is taken over after this; heartbeats come three times as often
LEASE = timedelta(minutes=1)


def job_of(source: str) -> str:
    """The name of a source's harvests in the ledger of jobs."""
    return PREFIX + source


def source_of(job: str) -> str:
    """The source that a job of this name harvests."""
    return job.removeprefix(PREFIX)


def being_harvested(connection: Connection, now: datetime) -> frozenset[str]:
    """The sources that some process is harvesting at this moment."""
    unfinished = jobs.all_unfinished(connection, PREFIX)
    return frozenset(
        source_of(run.job) for run in unfinished if run.state == "running" and not is_free(run, now)
    )


def never() -> bool:
    """For harvests that no stopping hub interrupts."""
    return False


@dataclass(frozen=True, slots=True)
class ClaimedHarvest:
    """A claimed harvest, to be made."""

    source: SourceRow
    claim: Claim
    full: bool
    closes: datetime | None = None  #: when the hours allowed for it end
    stopping: Callable[[], bool] = never  #: whether this process is about to end
    turn: AbstractAsyncContextManager[Any] = field(
        default_factory=nullcontext
    )  #: entered before the member is spoken to


@dataclass(frozen=True, slots=True)
class HarvestTenure:
    """The right to harvest a source, as long as the claim, the window and the process last."""

    run: HeldRun
    clock: Clock
    order: ClaimedHarvest

    def hold(self, connection: Connection) -> None:
        """Raises LostRun when another has taken the run over."""
        self.run.hold(connection)

    def interruption(self, *, checkpoint: bool) -> str:
        """Why to end now: a coordinator's word, the end of the process, or of the window."""
        if self.run.stop_asked:
            return "stopped"
        if self.order.stopping():
            return "hub_stopping"
        closed = must_pause(self.order.closes, self.clock.now(), checkpoint=checkpoint)
        return "window_closed" if closed else ""


async def harvest_claimed(
    hub: Hub, order: ClaimedHarvest, *, progress: Progress, stopwatch: Callable[[], float]
) -> SourceReport:
    """Make a claimed harvest and close it in the ledger.

    Raises:
        LostRun: another process took it over.
    """

    async def work(run: HeldRun) -> SourceReport:
        async with order.turn:
            return await run_source(
                hub,
                order.source,
                full=order.full,
                progress=progress,
                stopwatch=stopwatch,
                tenure=HarvestTenure(run, hub.clock, order),
            )

    try:
        report = await while_held(hub, order.claim, work)
    except asyncio.CancelledError:
        await hub.store.write(lambda connection: _let_go(connection, order, hub.clock.now()))
        raise
    await hub.store.write(
        lambda connection: settle(
            connection, hub.network(), order.source, order.claim, report, hub.clock.now()
        )
    )
    return report


def _let_go(connection: Connection, order: ClaimedHarvest, now: datetime) -> None:
    """The work was cut off: by a process that ends, and another goes on; or by whoever typed the command."""
    if order.stopping():
        jobs.let_wait(connection, order.claim, now, "hub_stopping", {})
    else:
        jobs.finish(connection, order.claim, now, state="stopped", problem="stopped")
