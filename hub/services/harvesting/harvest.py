"""The use case: harvest some sources, several at a time, none in the way of another."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.kernel.calendars import Calendars
from hub.services import claims
from hub.services.context import Hub
from hub.services.harvesting.claimed import LEASE, ClaimedHarvest, harvest_claimed, job_of
from hub.services.harvesting.opening import server_of
from hub.services.harvesting.running import SourceReport
from hub.services.progress import Progress, unwatched
from hub.storage import harvests, jobs
from hub.storage.harvests.values import SourceRow
from hub.storage.jobs import Claim
from schedules.claims import is_free

#: a slow member holds up only its own harvest
AT_ONCE = 4
#: sources of records given by hand have nobody to ask
BY_HAND = "ingest"
#: in the ledger: somebody typed it
BY_COMMAND = "command"


async def harvest(
    hub: Hub, names: Sequence[str] = (), *, full: bool = False, progress: Progress = unwatched
) -> list[SourceReport]:
    """Harvest the named sources, or all, at once and at any hour.

    Without ``full`` a source is asked for what changed when it can tell and was complete once.

    Raises:
        NotFound: a name is no source.
        Conflict: one of them is being harvested already; none is begun then.
    """
    asked = await chosen(hub, names)
    claimed = await hub.store.write(
        lambda connection: _claim_all(connection, asked, hub.network().calendars, hub.clock.now())
    )
    gate = asyncio.Semaphore(AT_ONCE)
    targets: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(source: SourceRow) -> AsyncIterator[None]:
        """A server is spoken to by one harvest at a time, however many of its databases are sources."""
        async with targets[server_of(source) or source.name], gate:
            yield

    async def one(source: SourceRow) -> SourceReport:
        wanted = full or not await _incremental(hub, source)
        order = ClaimedHarvest(source, claimed[source.name], wanted, turn=turn(source))
        return await harvest_claimed(hub, order, progress=progress, stopwatch=time.monotonic)

    return list(await asyncio.gather(*(one(source) for source in asked)))


def _claim_all(
    connection: Connection, chosen: Sequence[SourceRow], calendars: Calendars, now: datetime
) -> dict[str, Claim]:
    return {source.name: _claim(connection, source.name, calendars, now) for source in chosen}


def _claim(connection: Connection, source: str, calendars: Calendars, now: datetime) -> Claim:
    """The right to harvest a source now, whatever its timetable says."""
    run = claims.standing(connection, job_of(source), now)
    if run is None:
        fire_at = jobs.free_instant(connection, job_of(source), now)
        return jobs.begin(connection, job_of(source), fire_at, claims.holder(), now, LEASE, cause=BY_COMMAND)
    if run.state == "running" and not is_free(run, now) and not claims.is_gone(run.holder):
        raise claims.under_way(run, source, calendars)
    return jobs.take(connection, run, claims.holder(), now, LEASE, cause=BY_COMMAND)


async def chosen(hub: Hub, names: Sequence[str]) -> list[SourceRow]:
    """The named sources, or all that have somebody to ask.

    Raises:
        NotFound: a name is no source.
    """
    known = {source.name: source for source in await hub.store.read(harvests.sources)}
    for name in names:
        if name not in known:
            raise NotFound("storage.no_source", field="name", name=name)
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    return [source for source in known.values() if source.protocol != BY_HAND]


async def _incremental(hub: Hub, source: SourceRow) -> bool:
    """Whether to ask only for changes: the operator said so and a complete harvest stands behind it."""
    if source.options.get("rhythm") != "incremental":
        return False
    last = await hub.store.read(lambda connection: harvests.last_complete_run(connection, source.name))
    return last is not None


def as_answer(reports: Sequence[SourceReport], language: str = "en") -> dict[str, Any]:
    """As the command line prints it."""
    return {"sources": [report.to_dict(language) for report in reports]}
