"""The examination of a hub: every check of every promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub.services import indexing
from hub.services.context import Hub
from hub.services.doctor.custody import custody_is_folded
from hub.services.doctor.history import histories_follow_the_tables
from hub.services.doctor.partition import partition_is_a_function_of_the_records
from hub.services.doctor.report import Examination
from hub.services.progress import Progress, unwatched
from hub.storage.promises import catalogue, lending, people
from hub.storage.promises.violation import Check, Violation

CHECKS: tuple[Check, ...] = (
    *lending.CHECKS,
    *catalogue.CHECKS,
    *people.CHECKS,
    custody_is_folded,
    histories_follow_the_tables,
    partition_is_a_function_of_the_records,
)
#: what changes with every event of the lending day: cheap enough to look at after each
QUICK_CHECKS: tuple[Check, ...] = tuple(
    check
    for check in lending.CHECKS
    if check not in {lending.history_ends_in_the_present, lending.rotas_give_reasons}
)


def look(connection: Connection, now: datetime, checks: Sequence[Check] = CHECKS) -> list[Violation]:
    """Run these checks on one snapshot."""
    return [violation for check in checks for violation in check(connection, now)]


async def examine(hub: Hub, progress: Progress = unwatched) -> Examination:
    """Check every promise; nothing is changed."""
    now = hub.clock.now()
    found: list[Violation] = []
    for number, check in enumerate(CHECKS, start=1):
        found += await hub.store.read(lambda connection, check=check: check(connection, now))  # type: ignore[misc]  # a default pins the loop's value
        progress("doctor", number, len(CHECKS) + 1)
    compared = await indexing.check(hub)
    found += [Violation("P5", "index", edition, "not_indexed", {}) for edition in compared.missing]
    found += [Violation("P5", "index", edition, "indexed_but_gone", {}) for edition in compared.stale]
    progress("doctor", len(CHECKS) + 1, len(CHECKS) + 1)
    return Examination(
        tuple(sorted(found, key=lambda one: (len(one.promise), one.promise, one.table, one.row)))
    )
