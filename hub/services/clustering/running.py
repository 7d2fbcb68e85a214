"""The clustering run: both stages until the in-tray is empty."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.services.clustering.describing import describe_next
from hub.services.clustering.linking import link_next
from hub.services.context import Hub
from hub.services.progress import Progress, unwatched
from hub.storage import clusters, descriptions, edges

_MARKING = 2000


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What stands after a run: described records, editions, edges by tier; and the seconds the run took."""

    records: int
    clusters: int
    automatic: int
    review: int
    seconds: float


async def cluster(
    hub: Hub,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
) -> ClusterReport:
    """Cluster every record that changed; with ``rebuild``, compare everything anew.

    Can be killed at any instant and called again: a record leaves the in-tray in the transaction that stores
    what came of it. The result is the same as if all records had come at once. A second call waits for
    the first.
    """
    tell = progress or unwatched
    started = stopwatch()
    async with hub.clustering:
        if rebuild:
            await _mark_everything(hub)
        total = await hub.store.read(descriptions.count_pending)
        await _work_through(hub, tell, total)
    figures = await hub.store.read(_figures)
    return ClusterReport(*figures, stopwatch() - started)


async def _work_through(hub: Hub, tell: Progress, total: int) -> None:
    """Both stages, again and again: a harvest may bring records while they run."""
    described = linked = 0
    while True:
        before = described + linked
        while number := await describe_next(hub):
            described += number
            tell("describe", described, max(total, described))
        while number := await link_next(hub):
            linked += number
            tell("cluster", linked, max(total, linked))
        if described + linked == before:
            return


async def _mark_everything(hub: Hub) -> None:
    last: int | None = 0
    while last is not None:
        behind = last
        last = await hub.store.write(
            lambda connection, behind=behind: descriptions.make_all_pending(connection, behind, _MARKING)  # type: ignore[misc]
        )


def _figures(connection: Connection) -> tuple[int, int, int, int]:
    tiers = edges.count_edges(connection)
    return (
        descriptions.count_described(connection),
        clusters.count_clusters(connection),
        tiers.get("automatic", 0),
        tiers.get("review", 0),
    )
