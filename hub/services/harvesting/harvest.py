"""The use case: harvest some sources, several at a time, none in the way of another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from hub.errors import NotFound
from hub.services.context import Hub
from hub.services.harvesting.running import SourceReport, run_source
from hub.services.progress import Progress, unwatched
from hub.storage import harvests
from hub.storage.harvests.values import SourceRow

#: a slow member holds up only its own harvest
AT_ONCE = 4
#: sources of records given by hand have nobody to ask
BY_HAND = "ingest"


async def harvest(
    hub: Hub, names: Sequence[str] = (), *, full: bool = False, progress: Progress = unwatched
) -> list[SourceReport]:
    """Harvest the named sources, or all.

    Without ``full`` a source is asked for what changed when it can tell and was complete once.

    Raises:
        NotFound: a name is no source.
    """
    chosen = await _chosen(hub, names)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(source: SourceRow) -> SourceReport:
        async with gate:
            wanted = full or not await _incremental(hub, source)
            return await run_source(hub, source, full=wanted, progress=progress, stopwatch=time.monotonic)

    return list(await asyncio.gather(*(one(source) for source in chosen)))


async def _chosen(hub: Hub, names: Sequence[str]) -> list[SourceRow]:
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
