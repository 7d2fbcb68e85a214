"""The second stage: records of the in-tray are compared, and what they touch is clustered anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dedupe.keys import MatchKey, candidate_pairs
from dedupe.verdict import matcher_version
from hub.services.clustering.partitioning import recluster
from hub.services.clustering.workers import in_worker, score_bodies
from hub.services.context import Hub
from hub.storage import descriptions, edges
from hub.storage.edges import Scored

#: records taken out of the in-tray in one transaction
BATCH = 300


@dataclass(frozen=True, slots=True)
class _Work:
    """What one batch needs to be compared. ``digests`` are the records as they were read; None: gone."""

    digests: Mapping[int, str | None]
    bodies: Mapping[int, dict[str, Any]]
    pairs: tuple[tuple[int, int], ...]


async def link_next(hub: Hub) -> int:
    """Cluster one batch of the in-tray; how many records it had, 0 at the end."""
    work = await hub.store.read(_gather)
    if not work.digests:
        return 0
    found = await in_worker(hub.workers, score_bodies, work.bodies, work.pairs) if work.pairs else []
    now, network = hub.clock.now(), hub.network()
    await hub.store.write(
        lambda connection: recluster(connection, _commit(connection, work, found), network, now)
    )
    return len(work.digests)


def _gather(connection: Connection) -> _Work:
    digests = descriptions.ready(connection, matcher_version(), BATCH)
    own_keys = descriptions.keys_of(connection, digests)
    keys = {key for found in own_keys.values() for key in found}
    blocks = {
        key: [(record, MatchKey(key, refinements)) for record, refinements in members]
        for key, members in descriptions.blocks(connection, keys).items()
    }
    pairs = candidate_pairs(blocks, digests.keys())
    # A pair with a record that still waits is compared when that record's turn comes.
    others = {record for pair in pairs for record in pair} - digests.keys()
    later = descriptions.still_waiting(connection, others)
    now = sorted(pair for pair in pairs if later.isdisjoint(pair))
    needed = {record for pair in now for record in pair}
    return _Work(digests, descriptions.bodies(connection, needed), tuple(now))


def _commit(connection: Connection, work: _Work, found: list[Scored]) -> tuple[set[int], set[int]]:
    """Replace the edges and empty the in-tray; the records of the batch, and all whose edition may change.

    What changed between reading and now keeps its place in the in-tray.
    """
    batch = set(work.digests)
    touched = edges.replace_edges(connection, batch, found)
    descriptions.settle(connection, descriptions.unchanged(connection, work.digests))
    return batch, batch | touched
