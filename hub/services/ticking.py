"""Due runs of the hub's own jobs: claimed once in the whole network, done, and closed in the ledger."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from hub.services import claims, working
from hub.services.claims import LostRun, while_held
from hub.services.context import Hub
from hub.services.working import Body, run_job
from hub.storage import jobs
from hub.storage.jobs import Claim
from schedules.claims import is_free
from schedules.jobs import Job, due
from schedules.missed import Missed

log = logging.getLogger(__name__)


class Claims:
    """Runs a job when this process is the one to do it."""

    def __init__(self, hub: Hub, bodies: Mapping[str, Body] = working.JOBS) -> None:
        """``bodies``: what each job does."""
        self._hub = hub
        self._bodies = bodies

    async def run(self, job: Job) -> None:
        """One tick of ``job``."""
        if not job.shared:
            await run_job(self._hub, job.name, self._bodies)
            return
        while await self._run_due(job):
            if job.missed is not Missed.EACH:
                return

    async def _run_due(self, job: Job) -> bool:
        """Make the run that is due; False when none is, or another process makes it."""
        now = self._hub.clock.now()
        claim = await self._hub.store.write(lambda connection: claim_due(connection, job, now))
        if claim is None:
            return False
        try:
            problem = await while_held(
                self._hub, claim, lambda run: run_job(self._hub, job.name, self._bodies)
            )
        except LostRun as error:
            log.warning("%s", error)
            return False
        ended, state = self._hub.clock.now(), "failed" if problem else "done"
        return await self._hub.store.write(
            lambda connection: jobs.finish(connection, claim, ended, state=state, problem=problem)
        )


def claim_due(connection: Connection, job: Job, now: datetime) -> Claim | None:
    """Claim the run of ``job`` that is to be made now, an abandoned one first; None when there is none."""
    standing = claims.standing(connection, job.name, now)
    if standing is not None:
        if not is_free(standing, now):
            return None
        return jobs.take(connection, standing, claims.holder(), now, job.lease)
    fire_at = due(job, jobs.last_fire(connection, job.name), now).fire_at
    if fire_at is None:
        return None
    return jobs.begin(connection, job.name, fire_at, claims.holder(), now, job.lease)
