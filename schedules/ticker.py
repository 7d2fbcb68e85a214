"""The ticker: APScheduler calls, nothing more. Claims, ledgers and the work itself belong to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from schedules.jobs import JOBS, Job

Run = Callable[[Job], Awaitable[None]]


class Ticker:
    """Calls ``run`` for every job at its rhythm, never twice at once for one job."""

    def __init__(self, run: Run, jobs: tuple[Job, ...] = JOBS) -> None:
        """``run`` performs one due run and must not raise: what it fails at belongs into the ledger."""
        self._run = run
        self._running: set[asyncio.Future[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for job in jobs:
            # A missed tick is run late once, never dropped: the default grace of one second loses runs.
            self._scheduler.add_job(
                self._tick,
                "interval",
                args=[job],
                seconds=job.every.total_seconds(),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin ticking on the running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop ticking, and return when what runs has finished."""
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*self._running)

    async def _tick(self, job: Job) -> None:
        # The scheduler cancels what runs when it is shut down; a job in the middle of its work is to end it.
        running = asyncio.ensure_future(self._run(job))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await asyncio.shield(running)
