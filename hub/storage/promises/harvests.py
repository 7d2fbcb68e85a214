"""P7: a complete harvest adds up, an incomplete one never deletes, and absence deletes the second time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.catalogue import HarvestRun, HarvestSlice, SourceRecord
from hub.storage.tables.columns import core

RUN, SLICE, RECORD = core(HarvestRun), core(HarvestSlice), core(SourceRecord)


def complete_runs_add_up(connection: Connection, now: datetime) -> list[Violation]:
    """In a complete run everything expected was received, and everything received has a place."""
    del now
    rows = connection.execute(select(RUN).where(RUN.c.state == "complete"))
    found = []
    for row in rows:
        placed = row.stored + row.unchanged + row.quarantined
        if placed != row.received or row.expected != row.received:
            values = {"expected": row.expected, "received": row.received, "placed": placed}
            found.append(Violation("P7", "harvest_run", str(row.id), "run_does_not_add_up", values))
    return found


def slices_of_complete_runs_are_exact(connection: Connection, now: datetime) -> list[Violation]:
    """In a complete run every slice was exact."""
    del now
    joined = SLICE.join(RUN, RUN.c.id == SLICE.c.run)
    rows = connection.execute(
        select(SLICE.c.run, SLICE.c.slice, SLICE.c.state)
        .select_from(joined)
        .where(RUN.c.state == "complete", SLICE.c.state != "done")
    )
    return [
        Violation("P7", "harvest_slice", f"{row.run}/{row.slice}", "slice_not_exact", {"state": row.state})
        for row in rows
    ]


def incomplete_runs_deleted_nothing(connection: Connection, now: datetime) -> list[Violation]:
    """Only a complete run may delete for absence; what the target says is gone stands in its slices."""
    del now
    said = select(func.coalesce(func.sum(SLICE.c.deleted), 0)).where(SLICE.c.run == RUN.c.id)
    rows = connection.execute(
        select(RUN.c.id, (RUN.c.deleted - said.scalar_subquery()).label("deleted")).where(
            or_(RUN.c.state != "complete", ~RUN.c.full), RUN.c.deleted > said.scalar_subquery()
        )
    )
    return [
        Violation("P7", "harvest_run", str(row.id), "incomplete_run_deleted", {"deleted": row.deleted})
        for row in rows
    ]


def absence_was_seen_by_complete_runs(connection: Connection, now: datetime) -> list[Violation]:
    """A record counts as missing since a complete full run of its own source, and went in a later one."""
    del now
    later = (
        select(func.count())
        .where(
            RUN.c.source == RECORD.c.source, RUN.c.state == "complete", RUN.c.full,
            RUN.c.id > RECORD.c.missing_run,
        )
        .correlate(RECORD)
        .scalar_subquery()
    )  # fmt: skip
    since = RUN.alias()
    joined = RECORD.outerjoin(since, since.c.id == RECORD.c.missing_run)
    untrue = or_(
        since.c.id.is_(None), since.c.source != RECORD.c.source, since.c.state != "complete", ~since.c.full
    )
    rows = connection.execute(
        select(RECORD.c.source, RECORD.c.identifier, RECORD.c.missing_run)
        .select_from(joined)
        .where(RECORD.c.missing_run.is_not(None), or_(untrue, and_(RECORD.c.state == "deleted", later == 0)))
    )
    return [
        Violation(
            "P7",
            "source_record",
            f"{row.source}:{row.identifier}",
            "absence_untrue",
            {"run": row.missing_run},
        )
        for row in rows
    ]


CHECKS = (
    complete_runs_add_up,
    slices_of_complete_runs_are_exact,
    incomplete_runs_deleted_nothing,
    absence_was_seen_by_complete_runs,
)
