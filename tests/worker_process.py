"""A hub in a process of its own that works beside others.

Besides the hub's own jobs it has one that is due each second and writes down, in a file of its own, which run
it has begun and ended: evidence that does not come from the ledger of claims.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from hub.bootstrap.assembly import assemble
from hub.bootstrap.serving import jobs, stopped
from hub.config import from_environment
from hub.services.context import Hub
from hub.services.working import JOBS as BODIES
from hub.storage import jobs as ledger
from schedules.jobs import JOBS, Job
from schedules.missed import Missed

EACH_SECOND = Job("each_second", timedelta(seconds=1), timedelta(seconds=2), missed=Missed.EACH)
#: long enough to be killed in
WORK_SECONDS = 0.3


async def main(environment: Mapping[str, str], diary: Path) -> None:
    """Work until told to stop."""

    async def work(hub: Hub) -> int:
        run = await hub.store.read(lambda connection: ledger.unfinished(connection, EACH_SECOND.name))
        assert run is not None
        said = f"{run.fire_at.isoformat()} {run.token}"
        _write(diary, f"begun {said}")
        await asyncio.sleep(WORK_SECONDS)
        _write(diary, f"ended {said}")
        return 1

    async with (
        assemble(from_environment(environment)) as hub,
        jobs(hub, (*JOBS, EACH_SECOND), {**BODIES, EACH_SECOND.name: work}),
    ):
        _write(diary, "ready")
        await stopped()


def _write(diary: Path, line: str) -> None:
    with diary.open("a") as file:
        file.write(line + "\n")


def run(environment: Mapping[str, str], diary: Path) -> None:
    """The whole life of the process."""
    with diary.with_suffix(".log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        asyncio.run(main(environment, diary))
