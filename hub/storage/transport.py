"""Totes with their contents, and trips with their stops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.kernel.volumes import Volume
from hub.storage.statements import insert_missing
from hub.storage.tables.columns import core
from hub.storage.tables.transport import Tote, ToteContent, Trip, TripStop

TOTE, CONTENT, TRIP, STOP = core(Tote), core(ToteContent), core(Trip), core(TripStop)


@dataclass(frozen=True, slots=True)
class ToteRow:
    """One tote."""

    id: str
    origin: str  #: where it is loaded next
    destination: str
    state: str
    seal: str
    trip: str | None
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ContentRow:
    """One volume of a tote. ``discrepancy``: short, over, or "" when it came out as it went in."""

    tote: str
    owner: str
    barcode: str
    packed_at: datetime
    unpacked_at: datetime | None = None
    discrepancy: str = ""

    @property
    def volume(self) -> Volume:
        """The volume."""
        return Volume(self.owner, self.barcode)


@dataclass(frozen=True, slots=True)
class TripRow:
    """One run of a route on one day."""

    id: str
    route: str
    day: date
    departure: str
    state: str
    vehicle: str
    metres: int


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stop of a trip, planned and real."""

    trip: str
    position: int
    node: str
    planned_at: datetime
    arrived_at: datetime | None = None


def add_tote(connection: Connection, row: ToteRow) -> None:
    """Store a new tote."""
    connection.execute(insert(TOTE).values(asdict(row)))


def tote(connection: Connection, tote_id: str) -> ToteRow | None:
    """The tote, or None."""
    row = connection.execute(select(TOTE).where(TOTE.c.id == tote_id)).mappings().first()
    return ToteRow(**row) if row else None


def change_tote(connection: Connection, tote_id: str, now: datetime, **values: object) -> None:
    """Give a tote new values."""
    connection.execute(update(TOTE).where(TOTE.c.id == tote_id).values(changed_at=now, **values))


def totes(
    connection: Connection,
    states: Collection[str],
    *,
    origin: str | None = None,
    destination: str | None = None,
    trip: str | None = None,
) -> list[ToteRow]:
    """The totes in these states, the longest unchanged first."""
    found = select(TOTE).where(TOTE.c.state.in_(states))
    for column, value in ((TOTE.c.origin, origin), (TOTE.c.destination, destination), (TOTE.c.trip, trip)):
        if value is not None:
            found = found.where(column == value)
    ordered = found.order_by(TOTE.c.changed_at, TOTE.c.id)
    return [ToteRow(**row) for row in connection.execute(ordered).mappings()]


def add_content(connection: Connection, row: ContentRow) -> None:
    """Note that a volume is in a tote."""
    connection.execute(insert(CONTENT).values(asdict(row)))


def drop_content(connection: Connection, tote_id: str, volume: Volume) -> None:
    """Note that a volume was taken out of a tote that is still being packed."""
    connection.execute(CONTENT.delete().where(*_content(tote_id, volume)))


def change_content(connection: Connection, tote_id: str, volume: Volume, **values: object) -> None:
    """Give a volume of a tote new values."""
    connection.execute(update(CONTENT).where(*_content(tote_id, volume)).values(**values))


def contents(connection: Connection, tote_id: str) -> list[ContentRow]:
    """The volumes of a tote in the order in which they were packed."""
    found = (
        select(CONTENT)
        .where(CONTENT.c.tote == tote_id)
        .order_by(CONTENT.c.packed_at, CONTENT.c.owner, CONTENT.c.barcode)
    )
    return [ContentRow(**row) for row in connection.execute(found).mappings()]


def holding(connection: Connection, volume: Volume, states: Collection[str]) -> str | None:
    """The tote in one of these states that holds the volume; None when none does."""
    found = (
        select(CONTENT.c.tote)
        .join(TOTE, TOTE.c.id == CONTENT.c.tote)
        .where(CONTENT.c.owner == volume.owner, CONTENT.c.barcode == volume.barcode)
        .where(CONTENT.c.unpacked_at.is_(None), CONTENT.c.discrepancy == "", TOTE.c.state.in_(states))
    )
    return connection.execute(found).scalar()


def sizes(connection: Connection, tote_ids: Collection[str]) -> dict[str, int]:
    """How many volumes were packed into each tote."""
    counted = (
        select(CONTENT.c.tote, func.count())
        .where(CONTENT.c.tote.in_(tote_ids), CONTENT.c.discrepancy != "over")
        .group_by(CONTENT.c.tote)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


def add_trip(connection: Connection, row: TripRow, stops: Sequence[StopRow]) -> None:
    """Store a trip with its stops; one that is there already stays as it is."""
    insert_missing(connection, TRIP, [asdict(row)], ["id"])
    insert_missing(connection, STOP, [asdict(stop) for stop in stops], ["trip", "position"])


def trip(connection: Connection, trip_id: str) -> TripRow | None:
    """The trip, or None."""
    row = connection.execute(select(TRIP).where(TRIP.c.id == trip_id)).mappings().first()
    return TripRow(**row) if row else None


def trips_between(connection: Connection, first: date, last: date) -> list[TripRow]:
    """The trips that start on these days, both counted, in the order of their departure."""
    found = (
        select(TRIP)
        .where(TRIP.c.day >= first, TRIP.c.day <= last)
        .order_by(TRIP.c.day, TRIP.c.departure, TRIP.c.id)
    )
    return [TripRow(**row) for row in connection.execute(found).mappings()]


def change_trip(connection: Connection, trip_id: str, **values: object) -> None:
    """Give a trip new values."""
    connection.execute(update(TRIP).where(TRIP.c.id == trip_id).values(**values))


def stops(connection: Connection, trip_ids: Collection[str]) -> dict[str, list[StopRow]]:
    """The stops of these trips in their order, by trip."""
    found: dict[str, list[StopRow]] = {trip_id: [] for trip_id in trip_ids}
    chosen = select(STOP).where(STOP.c.trip.in_(trip_ids)).order_by(STOP.c.trip, STOP.c.position)
    for row in connection.execute(chosen).mappings():
        found[row["trip"]].append(StopRow(**row))
    return found


def call_at(connection: Connection, trip_id: str, position: int, at: datetime) -> None:
    """Note when a trip really reached a stop."""
    chosen = update(STOP).where(STOP.c.trip == trip_id, STOP.c.position == position)
    connection.execute(chosen.values(arrived_at=at))


def count_totes(connection: Connection, states: Collection[str]) -> int:
    """How many totes are in these states."""
    counted = select(func.count()).select_from(TOTE).where(TOTE.c.state.in_(states))
    return int(connection.execute(counted).scalar_one())


def count_moved(connection: Connection) -> int:
    """How often a volume came out of a tote at the end of a ride."""
    counted = select(func.count()).select_from(CONTENT).where(CONTENT.c.unpacked_at.is_not(None))
    return int(connection.execute(counted).scalar_one())


def trips_in(connection: Connection, states: Collection[str]) -> list[TripRow]:
    """The trips in these states."""
    found = select(TRIP).where(TRIP.c.state.in_(states)).order_by(TRIP.c.day, TRIP.c.departure, TRIP.c.id)
    return [TripRow(**row) for row in connection.execute(found).mappings()]


def _content(tote_id: str, volume: Volume) -> tuple[Any, ...]:
    return CONTENT.c.tote == tote_id, CONTENT.c.owner == volume.owner, CONTENT.c.barcode == volume.barcode
