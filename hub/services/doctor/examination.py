"""The examination of a hub: every check of every promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.services import indexing
from hub.services.context import Hub
from hub.services.doctor.custody import custody_is_folded
from hub.services.doctor.display import display_records_of
from hub.services.doctor.history import histories_follow_the_tables
from hub.services.doctor.partition import partition_is_a_function_of_the_records
from hub.services.doctor.report import Examination
from hub.services.network_document.network import Network
from hub.services.progress import Progress, unwatched
from hub.storage.promises import (
    deadlines,
    editions,
    effects,
    engagements,
    harvests,
    people,
    records,
    references,
    rules,
    telling,
)
from hub.storage.promises.violation import Check, Violation

#: what changes with every event of the lending day: cheap enough to look at after each
QUICK_CHECKS: tuple[Check, ...] = (*engagements.CHECKS, *deadlines.CHECKS)

CHECKS: tuple[Check, ...] = (
    *QUICK_CHECKS,
    custody_is_folded,
    *telling.CHECKS,
    histories_follow_the_tables,
    *effects.CHECKS,
    *references.CHECKS,
    *editions.CHECKS,
    partition_is_a_function_of_the_records,
    *harvests.CHECKS,
    *records.CHECKS,
    *people.CHECKS,
    *rules.CHECKS,
)


def every_check(network: Network) -> tuple[Check, ...]:
    """The checks of a hub with this network."""
    return (*CHECKS, display_records_of(network))


def look(connection: Connection, now: datetime, checks: Sequence[Check] = CHECKS) -> list[Violation]:
    """Run these checks on one snapshot."""
    return [violation for check in checks for violation in check(connection, now)]


async def examine(hub: Hub, progress: Progress = unwatched) -> Examination:
    """Check every promise; nothing is changed."""
    now = hub.clock.now()
    found: list[Violation] = []
    checks = every_check(hub.network())
    for number, check in enumerate(checks, start=1):
        found += await hub.store.read(lambda connection, check=check: check(connection, now))  # type: ignore[misc]  # a default pins the loop's value
        progress("doctor", number, len(checks) + 1)
    found += await _index_against_store(hub)
    progress("doctor", len(checks) + 1, len(checks) + 1)
    return Examination(
        tuple(sorted(found, key=lambda one: (len(one.promise), one.promise, one.table, one.row)))
    )


async def _index_against_store(hub: Hub) -> list[Violation]:
    """P5: the index is a projection; one that is about to be made anew has nothing to be held to."""
    if hub.index().needs_rebuild:
        return []
    compared = await indexing.check(hub)
    missing = [Violation("P5", "index", edition, "not_indexed", {}) for edition in compared.missing]
    return missing + [Violation("P5", "index", edition, "indexed_but_gone", {}) for edition in compared.stale]
