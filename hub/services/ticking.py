"""Due runs: claimed once in the whole network, done, and closed in the ledger."""

from __future__ import annotations

import os
import socket

from hub.services.context import Hub
from hub.services.working import run_job
from hub.storage import jobs
from schedules.jobs import Job, fire_time


class Claims:
    """Runs a job when this process is the one to do it."""

    def __init__(self, hub: Hub) -> None:
        """The name in the ledger tells hosts and processes apart."""
        self._hub = hub
        self._holder = f"{socket.gethostname()}/{os.getpid()}"

    async def run(self, job: Job) -> None:
        """One tick of ``job``."""
        if not job.shared:
            await run_job(self._hub, job.name)
            return
        now = self._hub.clock.now()
        fire_at = fire_time(job, now)
        token = await self._hub.store.write(
            lambda connection: jobs.claim(connection, job.name, fire_at, self._holder, now, job.lease)
        )
        if token is None:
            return
        problem = await run_job(self._hub, job.name)
        ended = self._hub.clock.now()
        await self._hub.store.write(
            lambda connection: jobs.finish(connection, job.name, fire_at, token, ended, problem)
        )
