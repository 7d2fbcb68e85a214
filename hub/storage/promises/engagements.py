"""P1: one live reservation per volume, one accepted supply per request, one open loan per volume."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan, Reservation, Supply

SUPPLY, RESERVATION, LOAN = core(Supply), core(Reservation), core(Loan)


def one_reservation_per_volume(connection: Connection, now: datetime) -> list[Violation]:
    """A volume is reserved once (the primary key too, which a damaged copy may lack)."""
    del now
    columns = (RESERVATION.c.owner, RESERVATION.c.barcode)
    rows = connection.execute(
        select(*columns, func.count().label("many")).group_by(*columns).having(func.count() > 1)
    )
    return [
        Violation("P1", "reservation", f"{row.owner}/{row.barcode}", "reserved_twice", {"count": row.many})
        for row in rows
    ]


def reservations_belong_to_live_supplies(connection: Connection, now: datetime) -> list[Violation]:
    """A volume is reserved for a supply that is alive and is about that very volume."""
    del now
    joined = RESERVATION.outerjoin(SUPPLY, SUPPLY.c.id == RESERVATION.c.supply)
    astray = or_(
        SUPPLY.c.id.is_(None),
        ~SUPPLY.c.live,
        SUPPLY.c.owner != RESERVATION.c.owner,
        SUPPLY.c.barcode != RESERVATION.c.barcode,
    )
    rows = connection.execute(
        select(RESERVATION.c.owner, RESERVATION.c.barcode, RESERVATION.c.supply)
        .select_from(joined)
        .where(astray)
    )
    return [
        Violation(
            "P1", "reservation", f"{row.owner}/{row.barcode}", "reservation_astray", {"supply": row.supply}
        )
        for row in rows
    ]


def live_supplies_hold_their_volume(connection: Connection, now: datetime) -> list[Violation]:
    """A live supply has its volume reserved: otherwise another request could be promised it."""
    del now
    joined = SUPPLY.outerjoin(
        RESERVATION, and_(RESERVATION.c.owner == SUPPLY.c.owner, RESERVATION.c.barcode == SUPPLY.c.barcode)
    )
    rows = connection.execute(
        select(SUPPLY.c.id, SUPPLY.c.state, SUPPLY.c.owner, SUPPLY.c.barcode)
        .select_from(joined)
        .where(SUPPLY.c.live, RESERVATION.c.supply.is_(None))
    )
    return [
        Violation(
            "P1",
            "supply",
            row.id,
            "volume_not_reserved",
            {"state": row.state, "volume": f"{row.owner}/{row.barcode}"},
        )
        for row in rows
    ]


def one_accepted_supply(connection: Connection, now: datetime) -> list[Violation]:
    """At most one accepted supply per request (a constraint too, which a damaged copy may lack)."""
    del now
    return _more_than_one(connection, SUPPLY.c.accepted, "two_accepted")


def one_arrived_supply(connection: Connection, now: datetime) -> list[Violation]:
    """A second volume that arrives for a request goes home: two are never held or lent for one reader."""
    del now
    return _more_than_one(connection, SUPPLY.c.state.in_(["arrived", "lent"]), "two_arrived")


def one_open_loan(connection: Connection, now: datetime) -> list[Violation]:
    """A volume is lent to one reader at a time."""
    del now
    columns = (LOAN.c.owner, LOAN.c.barcode)
    rows = connection.execute(
        select(*columns, func.count().label("many"))
        .where(LOAN.c.returned_at.is_(None))
        .group_by(*columns)
        .having(func.count() > 1)
    )
    return [
        Violation("P1", "loan", f"{row.owner}/{row.barcode}", "lent_twice", {"count": row.many})
        for row in rows
    ]


def _more_than_one(connection: Connection, condition: ColumnElement[bool], problem: str) -> list[Violation]:
    rows = connection.execute(
        select(SUPPLY.c.request, func.count().label("many"))
        .where(condition)
        .group_by(SUPPLY.c.request)
        .having(func.count() > 1)
    )
    return [Violation("P1", "request", row.request, problem, {"count": row.many}) for row in rows]


CHECKS = (
    one_reservation_per_volume,
    reservations_belong_to_live_supplies,
    live_supplies_hold_their_volume,
    one_accepted_supply,
    one_arrived_supply,
    one_open_loan,
)
