"""Requests, supplies and reservations: reading and writing them, and the work lists over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from hub.storage import reindexing
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Request, Reservation, Supply

REQUEST, SUPPLY, RESERVATION = core(Request), core(Supply), core(Reservation)

ASKED = "asked"  #: the one state in which a supply that is not accepted yet is the request's current one


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A reader's request as it stands."""

    id: str
    reader: str
    home: str
    cluster: str
    pickup: str
    state: str
    entered_at: datetime
    created_at: datetime
    volume: str = ""
    waits: bool = False
    outcome: str = "open"
    reason: str = ""
    rota: list[Any] = field(default_factory=list)
    position: int = 0
    promised_at: datetime | None = None
    deadline_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """One lender's part in a request as it stands."""

    id: str
    request: str
    lender: str
    owner: str
    barcode: str
    state: str
    entered_at: datetime
    accepted: bool = False
    live: bool = True
    reason: str = ""
    deadline_at: datetime | None = None


def add_request(connection: Connection, row: RequestRow) -> bool:
    """Keep a new request; False when the reader already has an open one for the same edition and volume."""
    try:
        with connection.begin_nested():
            connection.execute(insert(REQUEST).values(**asdict(row)))
    except IntegrityError:
        return False
    return True


def request(connection: Connection, request_id: str) -> RequestRow | None:
    """The request, or None."""
    return _first_request(connection, select(REQUEST).where(REQUEST.c.id == request_id))


def open_request(connection: Connection, reader: str, cluster: str, volume: str) -> RequestRow | None:
    """The reader's open request for this edition and volume, or None."""
    mine = (REQUEST.c.reader == reader, REQUEST.c.cluster == cluster, REQUEST.c.volume == volume)
    return _first_request(connection, select(REQUEST).where(*mine, REQUEST.c.outcome == "open"))


def requests_of(connection: Connection, reader: str, limit: int = 100) -> list[RequestRow]:
    """The reader's requests, newest first."""
    found = select(REQUEST).where(REQUEST.c.reader == reader)
    return _requests(connection, found.order_by(REQUEST.c.created_at.desc(), REQUEST.c.id).limit(limit))


def waiting_for(connection: Connection, cluster: str) -> list[RequestRow]:
    """The requests that wait for a copy of this edition, who asked first first."""
    found = select(REQUEST).where(REQUEST.c.cluster == cluster, REQUEST.c.state == "waiting")
    return _requests(connection, found.order_by(REQUEST.c.created_at, REQUEST.c.id))


def requests_at(connection: Connection, pickup: str, states: Collection[str]) -> list[RequestRow]:
    """The requests to be picked up at this node that are in one of ``states``, oldest entry first."""
    found = select(REQUEST).where(REQUEST.c.pickup == pickup, REQUEST.c.state.in_(states))
    return _requests(connection, found.order_by(REQUEST.c.entered_at, REQUEST.c.id))


def change_request(connection: Connection, request_id: str, **values: object) -> None:
    """Give columns of a request new values."""
    connection.execute(update(REQUEST).where(REQUEST.c.id == request_id).values(**values))


def count_open_requests(connection: Connection, reader: str) -> int:
    """How many requests of this reader are open."""
    found = select(func.count()).where(REQUEST.c.reader == reader, REQUEST.c.outcome == "open")
    return int(connection.execute(found).scalar_one())


def requested_by_owner(connection: Connection, reader: str) -> dict[str, int]:
    """How many volumes of each owner are set aside or under way for the reader and not lent yet."""
    joined = SUPPLY.join(REQUEST, REQUEST.c.id == SUPPLY.c.request)
    found = (
        select(SUPPLY.c.owner, func.count().label("volumes"))
        .select_from(joined)
        .where(REQUEST.c.reader == reader, REQUEST.c.outcome == "open", SUPPLY.c.live)
        .group_by(SUPPLY.c.owner)
    )
    return {row.owner: row.volumes for row in connection.execute(found)}


def count_closed(connection: Connection, reader: str, reason: str, since: datetime) -> int:
    """How many requests of this reader were closed for ``reason`` since then."""
    mine = (REQUEST.c.reader == reader, REQUEST.c.reason == reason, REQUEST.c.closed_at >= since)
    return int(connection.execute(select(func.count()).where(*mine)).scalar_one())


def add_supply(connection: Connection, row: SupplyRow, now: datetime) -> bool:
    """Keep a new supply and set its volume aside for it; False when the volume already is for another.

    The primary key of the reservation decides (P1).
    """
    held = {"owner": row.owner, "barcode": row.barcode, "supply": row.id, "at": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(SUPPLY).values(**asdict(row)))
            connection.execute(insert(RESERVATION).values(**held))
    except IntegrityError:
        return False
    reindexing.volume_changed(connection, row.owner, row.barcode)
    return True


def supply(connection: Connection, supply_id: str) -> SupplyRow | None:
    """The supply, or None."""
    return _first_supply(connection, select(SUPPLY).where(SUPPLY.c.id == supply_id))


def supplies_of(connection: Connection, request_id: str) -> list[SupplyRow]:
    """All supplies of a request, the first asked first."""
    found = select(SUPPLY).where(SUPPLY.c.request == request_id)
    return _supplies(connection, found.order_by(SUPPLY.c.live, SUPPLY.c.entered_at, SUPPLY.c.id))


def current_supply(connection: Connection, request_id: str) -> SupplyRow | None:
    """The supply that the request counts on: accepted, or asked and not answered yet."""
    counted_on = or_(SUPPLY.c.accepted, SUPPLY.c.state == ASKED)
    return _first_supply(connection, select(SUPPLY).where(SUPPLY.c.request == request_id, counted_on))


def live_supply_of(connection: Connection, owner: str, barcode: str) -> SupplyRow | None:
    """The supply in which this volume is engaged, or None."""
    volume = and_(SUPPLY.c.owner == owner, SUPPLY.c.barcode == barcode, SUPPLY.c.live)
    return _first_supply(connection, select(SUPPLY).where(volume))


def last_supply_of(connection: Connection, owner: str, barcode: str) -> SupplyRow | None:
    """The newest supply of this volume, live or ended, or None."""
    found = select(SUPPLY).where(SUPPLY.c.owner == owner, SUPPLY.c.barcode == barcode)
    return _first_supply(connection, found.order_by(SUPPLY.c.entered_at.desc(), SUPPLY.c.id).limit(1))


def supplies_at(connection: Connection, lender: str, states: Collection[str]) -> list[SupplyRow]:
    """The supplies that this node's staff must work on, by deadline."""
    found = select(SUPPLY).where(SUPPLY.c.lender == lender, SUPPLY.c.state.in_(states))
    return _supplies(connection, found.order_by(SUPPLY.c.deadline_at, SUPPLY.c.id))


def queue_lengths(connection: Connection, lenders: Collection[str]) -> dict[str, int]:
    """How many supplies wait at each of these nodes to be answered, picked or packed."""
    found = (
        select(SUPPLY.c.lender, func.count().label("tasks"))
        .where(SUPPLY.c.lender.in_(lenders), SUPPLY.c.state.in_([ASKED, "picking", "picked"]))
        .group_by(SUPPLY.c.lender)
    )
    return {row.lender: row.tasks for row in connection.execute(found)}


def change_supply(connection: Connection, supply_id: str, **values: object) -> None:
    """Give columns of a supply new values. Raises IntegrityError on a second accepted one (P1)."""
    connection.execute(update(SUPPLY).where(SUPPLY.c.id == supply_id).values(**values))


def substitute(connection: Connection, supply_id: str, barcode: str) -> bool:
    """Let another volume of the same owner stand in for the one a supply holds; False when it is taken."""
    try:
        with connection.begin_nested():
            reindexing.reservation_changes(connection, supply_id)
            mine = RESERVATION.c.supply == supply_id
            connection.execute(update(RESERVATION).where(mine).values(barcode=barcode))
            connection.execute(update(SUPPLY).where(SUPPLY.c.id == supply_id).values(barcode=barcode))
            reindexing.reservation_changes(connection, supply_id)
    except IntegrityError:
        return False
    return True


def release(connection: Connection, supply_id: str) -> bool:
    """Give up the reservation of a supply; False when it held none."""
    reindexing.reservation_changes(connection, supply_id)
    gone = connection.execute(delete(RESERVATION).where(RESERVATION.c.supply == supply_id))
    return gone.rowcount > 0


def due_requests(connection: Connection, now: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Requests whose deadline has passed, the longest overdue first."""
    passed = and_(REQUEST.c.deadline_at.is_not(None), REQUEST.c.deadline_at <= now)
    return _due(connection, select(REQUEST.c.id, REQUEST.c.deadline_at).where(passed), limit)


def due_supplies(connection: Connection, now: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Live supplies whose deadline has passed, the longest overdue first."""
    passed = and_(SUPPLY.c.live, SUPPLY.c.deadline_at <= now)
    return _due(connection, select(SUPPLY.c.id, SUPPLY.c.deadline_at).where(passed), limit)


def _due(connection: Connection, found: Select[Any], limit: int) -> list[tuple[str, datetime]]:
    ordered = found.order_by(found.selected_columns[1], found.selected_columns[0]).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(ordered)]


def _requests(connection: Connection, found: Select[Any]) -> list[RequestRow]:
    return [RequestRow(**row) for row in connection.execute(found).mappings()]


def _first_request(connection: Connection, found: Select[Any]) -> RequestRow | None:
    row = connection.execute(found).mappings().first()
    return RequestRow(**row) if row else None


def _supplies(connection: Connection, found: Select[Any]) -> list[SupplyRow]:
    return [SupplyRow(**row) for row in connection.execute(found).mappings()]


def _first_supply(connection: Connection, found: Select[Any]) -> SupplyRow | None:
    row = connection.execute(found).mappings().first()
    return SupplyRow(**row) if row else None
