"""P4: what was told ends in the present, and nothing was taken twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import HistoryEvent, Loan, Request, Supply
from hub.storage.tables.operations import Effect, PerformedCommand
from hub.storage.tables.transport import CustodyEvent

REQUEST, SUPPLY, LOAN, HISTORY = core(Request), core(Supply), core(Loan), core(HistoryEvent)
CUSTODY_EVENT, COMMAND, EFFECT = core(CustodyEvent), core(PerformedCommand), core(Effect)


def history_ends_in_the_present(connection: Connection, now: datetime) -> list[Violation]:
    """The last thing told of a request, supply or loan is the state it is in; nothing was applied untold."""
    del now
    kinds = (("request", REQUEST), ("supply", SUPPLY), ("loan", LOAN))
    return [found for kind, table in kinds for found in _differing(connection, kind, table)]


def _differing(connection: Connection, kind: str, table: Table) -> list[Violation]:
    last = (
        select(HISTORY.c.subject, func.max(HISTORY.c.id).label("last"))
        .where(HISTORY.c.subject_kind == kind, HISTORY.c.state != "")
        .group_by(HISTORY.c.subject)
        .subquery()
    )
    joined = table.outerjoin(last, last.c.subject == table.c.id).outerjoin(
        HISTORY, HISTORY.c.id == last.c.last
    )
    rows = connection.execute(
        select(table.c.id, table.c.state, HISTORY.c.state.label("told"))
        .select_from(joined)
        .where(or_(HISTORY.c.state.is_(None), HISTORY.c.state != table.c.state))
    )
    return [
        Violation("P4", kind, row.id, "history_differs", {"state": row.state, "told": row.told or "-"})
        for row in rows
    ]


def nothing_is_taken_twice(connection: Connection, now: datetime) -> list[Violation]:
    """A scan, a command and an effect stand once under their key (constraints too)."""
    del now
    keys: tuple[tuple[str, Column[str]], ...] = (
        ("custody_event", CUSTODY_EVENT.c.key),
        ("performed_command", COMMAND.c.key),
        ("effect", EFFECT.c.key),
    )
    return [
        Violation("P4", table, row.key, "taken_twice", {"count": row.many})
        for table, key in keys
        for row in connection.execute(
            select(key.label("key"), func.count().label("many")).group_by(key).having(func.count() > 1)
        )
    ]


CHECKS = (history_ends_in_the_present, nothing_is_taken_twice)
