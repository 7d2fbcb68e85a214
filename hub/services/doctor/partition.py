"""P6: grouping all records again gives the editions that are stored."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection

from dedupe.clustering import Decisions, partition
from hub.storage import clusters, decisions, edges
from hub.storage.promises.editions import records_waiting
from hub.storage.promises.violation import Violation

SHOWN = 3


def partition_is_a_function_of_the_records(connection: Connection, now: datetime) -> list[Violation]:
    """Compare the stored editions with the partition of all records at once.

    While records wait to be clustered there is nothing settled to compare.
    """
    del now
    if records_waiting(connection):
        return []
    stored = clusters.every_membership(connection)
    keys = {record: str(key) for record, key in clusters.record_keys(connection, stored).items()}
    scored = [
        (keys[first], keys[second], score)
        for first, second, score, _ in edges.edges_of(connection, stored)
        if first in keys and second in keys
    ]
    ruled = decisions.in_force(connection)
    groups = partition(
        keys.values(),
        scored,
        Decisions(
            frozenset((one.first, one.second) for one in ruled if one.kind == "same"),
            frozenset((one.first, one.second) for one in ruled if one.kind == "different"),
        ),
    )
    kept: dict[str, set[str]] = defaultdict(set)
    for record, cluster in stored.items():
        kept[cluster].add(keys[record])
    expected = {frozenset(group) for group in groups}
    return [
        Violation(
            "P6", "cluster", cluster, "partition_differs", {"difference": ", ".join(sorted(members)[:SHOWN])}
        )
        for cluster, members in sorted(kept.items())
        if frozenset(members) not in expected
    ]
