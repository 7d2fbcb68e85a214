"""Records that a complete run did not see: reported the first time, deleted the second (promise P7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub.errors import Conflict
from hub.storage.harvests.items import store_items
from hub.storage.harvests.records import mark_pending
from hub.storage.harvests.runs import RUN, find_run
from hub.storage.harvests.values import Absence
from hub.storage.statements import batches
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core

RECORD = core(SourceRecord)


def mark_missing_and_delete(
    connection: Connection, source: str, run: int, limit: int, now: datetime
) -> Absence:
    """Note the live records that ``run`` did not see; delete those that an earlier complete run missed too.

    When more than ``limit`` records would be deleted, none is: a member that lost half its catalogue
    overnight is more likely to be broken than to have burnt. Calling it again for a run changes nothing.

    Raises:
        Conflict: the run is not a complete, full run of this source: such a run never deletes.
    """
    present = find_run(connection, run)
    if present.source != source or present.state != "complete" or not present.full:
        raise Conflict("storage.run_not_complete", run=run, source=source, state=present.state)
    unseen = (RECORD.c.source == source, RECORD.c.state == "live", RECORD.c.seen_run < run)
    statement = select(RECORD.c.id).where(*unseen)
    missing = list(connection.scalars(statement.where(RECORD.c.missing_run.is_(None))))
    gone = list(connection.scalars(statement.where(RECORD.c.missing_run < run)))
    for part in batches(missing):
        connection.execute(update(RECORD).where(RECORD.c.id.in_(part)).values(missing_run=run))
    refused = len(gone) if len(gone) > limit else 0
    deleted = [] if refused else gone
    _delete(connection, deleted, now)
    _report(connection, run, len(missing), len(deleted))
    return Absence(len(missing), len(deleted), refused)


def _delete(connection: Connection, records: Sequence[int], now: datetime) -> None:
    for part in batches(records):
        gone = update(RECORD).where(RECORD.c.id.in_(part))
        connection.execute(gone.values(state="deleted", changed_at=now))
        items = store_items(connection, dict.fromkeys(part, ()))
        mark_pending(connection, {*part, *items.promoted})


def _report(connection: Connection, run: int, missing: int, deleted: int) -> None:
    figures = {"missing": RUN.c.missing + missing, "deleted": RUN.c.deleted + deleted}
    connection.execute(update(RUN).where(RUN.c.id == run).values(figures))
