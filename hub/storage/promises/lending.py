"""P1, P2 and P10 over requests, supplies, reservations, loans and cases."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case, HistoryEvent, Loan, Request, Reservation, Supply

REQUEST, SUPPLY, RESERVATION = core(Request), core(Supply), core(Reservation)
LOAN, CASE, HISTORY = core(Loan), core(Case), core(HistoryEvent)

#: how long after a deadline the hub may still be busy firing it
GRACE = timedelta(hours=1)


def reservations_belong_to_live_supplies(connection: Connection, now: datetime) -> list[Violation]:
    """P1: a volume is reserved for a supply that is alive and is about that very volume."""
    del now
    joined = RESERVATION.outerjoin(SUPPLY, SUPPLY.c.id == RESERVATION.c.supply)
    rows = connection.execute(
        select(RESERVATION.c.owner, RESERVATION.c.barcode, RESERVATION.c.supply)
        .select_from(joined)
        .where(
            or_(
                SUPPLY.c.id.is_(None),
                ~SUPPLY.c.live,
                SUPPLY.c.owner != RESERVATION.c.owner,
                SUPPLY.c.barcode != RESERVATION.c.barcode,
            )
        )
    )
    return [
        Violation(
            "P1", "reservation", f"{row.owner}/{row.barcode}", "reservation_astray", {"supply": row.supply}
        )
        for row in rows
    ]


def one_accepted_supply(connection: Connection, now: datetime) -> list[Violation]:
    """P1: at most one accepted supply per request (a constraint too, which an old copy may lack)."""
    del now
    rows = connection.execute(
        select(SUPPLY.c.request, func.count().label("many"))
        .where(SUPPLY.c.accepted)
        .group_by(SUPPLY.c.request)
        .having(func.count() > 1)
    )
    return [Violation("P1", "request", row.request, "two_accepted", {"count": row.many}) for row in rows]


def one_open_loan(connection: Connection, now: datetime) -> list[Violation]:
    """P1: a volume is lent to one reader at a time."""
    del now
    rows = connection.execute(
        select(LOAN.c.owner, LOAN.c.barcode, func.count().label("many"))
        .where(LOAN.c.returned_at.is_(None))
        .group_by(LOAN.c.owner, LOAN.c.barcode)
        .having(func.count() > 1)
    )
    return [
        Violation("P1", "loan", f"{row.owner}/{row.barcode}", "lent_twice", {"count": row.many})
        for row in rows
    ]


def open_requests_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """P2: every open request has a deadline, and a passed one was fired."""
    rows = connection.execute(
        select(REQUEST.c.id, REQUEST.c.state, REQUEST.c.deadline_at).where(
            REQUEST.c.outcome == "open",
            or_(REQUEST.c.deadline_at.is_(None), REQUEST.c.deadline_at < now - GRACE),
        )
    )
    return [_waits("request", row.id, row.state, row.deadline_at) for row in rows]


def live_supplies_have_deadlines(connection: Connection, now: datetime) -> list[Violation]:
    """P2: every live supply has a deadline, and a passed one was fired."""
    rows = connection.execute(
        select(SUPPLY.c.id, SUPPLY.c.state, SUPPLY.c.deadline_at).where(
            SUPPLY.c.live, or_(SUPPLY.c.deadline_at.is_(None), SUPPLY.c.deadline_at < now - GRACE)
        )
    )
    return [_waits("supply", row.id, row.state, row.deadline_at) for row in rows]


def _waits(table: str, key: str, state: str, deadline: datetime | None) -> Violation:
    if deadline is None:
        return Violation("P2", table, key, "no_deadline", {"state": state})
    return Violation("P2", table, key, "deadline_passed", {"state": state, "deadline": deadline.isoformat()})


def closed_requests_hold_nothing(connection: Connection, now: datetime) -> list[Violation]:
    """P2: a request that ended without a volume has no supply accepted and still to be shipped."""
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
    """P2: nobody may forget a case; one opened after its own deadline was never anybody's."""
    del now
    rows = connection.execute(
        select(CASE.c.id, CASE.c.kind).where(
            CASE.c.closed_at.is_(None), CASE.c.deadline_at < CASE.c.opened_at
        )
    )
    return [
        Violation("P2", "exception_case", row.id, "case_without_time", {"kind": row.kind}) for row in rows
    ]


def history_ends_in_the_present(connection: Connection, now: datetime) -> list[Violation]:
    """P4: the last thing told of a request or supply is the state it is in; nothing was applied untold."""
    del now
    found: list[Violation] = []
    for kind, table in (("request", REQUEST), ("supply", SUPPLY)):
        last = (
            select(HISTORY.c.subject, func.max(HISTORY.c.id).label("last"))
            .where(HISTORY.c.subject_kind == kind, HISTORY.c.state != "")
            .group_by(HISTORY.c.subject)
            .subquery()
        )
        rows = connection.execute(
            select(table.c.id, table.c.state, HISTORY.c.state.label("told"))
            .select_from(
                table.outerjoin(last, last.c.subject == table.c.id).outerjoin(
                    HISTORY, HISTORY.c.id == last.c.last
                )
            )
            .where(or_(HISTORY.c.state.is_(None), HISTORY.c.state != table.c.state))
        )
        found += [
            Violation("P4", kind, row.id, "history_differs", {"state": row.state, "told": row.told or "-"})
            for row in rows
        ]
    return found


def loans_name_their_rules(connection: Connection, now: datetime) -> list[Violation]:
    """P10: a loan says by which rules it was given."""
    del now
    rows = connection.execute(select(LOAN.c.id, LOAN.c.rules))
    return [Violation("P10", "loan", row.id, "no_rules", {}) for row in rows if not row.rules]


def rotas_give_reasons(connection: Connection, now: datetime) -> list[Violation]:
    """P10: every copy that was considered for a request has its reasons."""
    del now
    rows = connection.execute(select(REQUEST.c.id, REQUEST.c.rota).where(and_(REQUEST.c.rota.is_not(None))))
    return [
        Violation("P10", "request", row.id, "rota_without_reasons", {})
        for row in rows
        if any(not entry.get("reasons") for entry in row.rota)
    ]


CHECKS = (
    reservations_belong_to_live_supplies,
    one_accepted_supply,
    one_open_loan,
    open_requests_have_deadlines,
    live_supplies_have_deadlines,
    closed_requests_hold_nothing,
    open_cases_have_deadlines,
    history_ends_in_the_present,
    loans_name_their_rules,
    rotas_give_reasons,
)
