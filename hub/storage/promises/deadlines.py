"""P2: everything that is open has a next action and a deadline; everything that ended says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case, Loan, Request, Supply

REQUEST, SUPPLY, LOAN, CASE = core(Request), core(Supply), core(Loan), core(Case)

#: how long after a deadline the hub may still be busy firing it
GRACE = timedelta(hours=1)


def open_requests_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """A request that has not ended has a deadline, and a passed one was fired."""
    return _waiting(connection, now, REQUEST, "request", REQUEST.c.closed_at.is_(None))


def live_supplies_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """A live supply has a deadline, and a passed one was fired."""
    return _waiting(connection, now, SUPPLY, "supply", SUPPLY.c.live)


def open_loans_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """A loan that runs has a deadline, and a passed one was fired; one given up as lost has ended."""
    running = and_(LOAN.c.returned_at.is_(None), LOAN.c.state.in_(["lent", "overdue"]))
    return _waiting(connection, now, LOAN, "loan", running)


def _waiting(
    connection: Connection, now: datetime, table: Table, name: str, still_open: ColumnElement[bool]
) -> list[Violation]:
    late = or_(table.c.deadline_at.is_(None), table.c.deadline_at < now - GRACE)
    rows = connection.execute(select(table.c.id, table.c.state, table.c.deadline_at).where(still_open, late))
    return [_waits(name, row.id, row.state, row.deadline_at) for row in rows]


def _waits(table: str, key: str, state: str, deadline: datetime | None) -> Violation:
    if deadline is None:
        return Violation("P2", table, key, "no_deadline", {"state": state})
    return Violation("P2", table, key, "deadline_passed", {"state": state, "deadline": deadline.isoformat()})


def requests_have_a_next_action(connection: Connection, now: datetime) -> list[Violation]:
    """A request in a lender's hands has a live supply that somebody works at."""
    del now
    working = select(SUPPLY.c.request).where(SUPPLY.c.live)
    handed_over = ["asked", "picking", "in_transit", "ready"]
    rows = connection.execute(
        select(REQUEST.c.id, REQUEST.c.state).where(
            REQUEST.c.state.in_(handed_over), REQUEST.c.id.not_in(working)
        )
    )
    return [Violation("P2", "request", row.id, "nobody_acts", {"state": row.state}) for row in rows]


def closed_requests_hold_nothing(connection: Connection, now: datetime) -> list[Violation]:
    """A request that is not open any more has no supply still to be shipped."""
    del now
    joined = SUPPLY.join(REQUEST, REQUEST.c.id == SUPPLY.c.request)
    rows = connection.execute(
        select(SUPPLY.c.id, SUPPLY.c.state, REQUEST.c.outcome)
        .select_from(joined)
        .where(
            SUPPLY.c.live,
            SUPPLY.c.state.in_(["asked", "picking", "picked"]),
            REQUEST.c.outcome != "open",
        )
    )
    return [
        Violation(
            "P2", "supply", row.id, "supply_for_closed_request", {"state": row.state, "outcome": row.outcome}
        )
        for row in rows
    ]


def open_cases_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """Nobody may forget a case; one due before it was opened was never anybody's."""
    del now
    rows = connection.execute(
        select(CASE.c.id, CASE.c.kind).where(
            CASE.c.closed_at.is_(None), CASE.c.deadline_at < CASE.c.opened_at
        )
    )
    return [
        Violation("P2", "exception_case", row.id, "case_without_time", {"kind": row.kind}) for row in rows
    ]


CHECKS = (
    open_requests_have_deadlines,
    live_supplies_have_deadlines,
    open_loans_have_deadlines,
    requests_have_a_next_action,
    closed_requests_hold_nothing,
    open_cases_have_deadlines,
)
