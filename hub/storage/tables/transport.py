"""Tables of transport: custody, routing slips, totes, trips."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant


class CustodyEvent(SQLModel, table=True):
    """Append-only: a volume came into somebody's hands. Ordered by (happened, recorded, id) (P3)."""

    __tablename__ = "custody_event"
    __table_args__ = (Index("custody_volume", "owner", "barcode"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    barcode: str
    kind: str  #: ill.transport.custody.CustodyEventKind
    place_kind: str  #: shelf, node, tote, vehicle, courier, reader, unknown
    place: str
    node: str = ""  #: where it was scanned
    actor: str = ""
    key: str = Field(unique=True)  #: the same scan recorded twice is one event
    happened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Custody(SQLModel, table=True):
    """Where each handled volume is now: the fold of its events, exactly one row each."""

    __table_args__ = (Index("custody_barcode", "barcode"), Index("custody_place", "place_kind", "place"))
    owner: str = Field(primary_key=True)
    barcode: str = Field(primary_key=True)
    place_kind: str
    place: str
    node: str = ""  #: the last node that saw it
    since: datetime = Field(sa_column=Column(Instant, nullable=False))


class RoutingSlip(SQLModel, table=True):
    """Where a volume is to go next and what for. No slip: it stays where it is."""

    __tablename__ = "routing_slip"
    owner: str = Field(primary_key=True)
    barcode: str = Field(primary_key=True)
    destination: str = Field(index=True)
    purpose: str  #: request, home, float, hold
    supply: str | None = None
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Tote(SQLModel, table=True):
    """周转箱: a box with a code, a seal and one next stop."""

    id: str = Field(primary_key=True)
    origin: str = Field(index=True)
    destination: str = Field(index=True)  #: the next stop: usually the sorting hub or a route's stop
    state: str  #: ill.transport.totes.ToteState
    seal: str = ""
    trip: str | None = None
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ToteContent(SQLModel, table=True):
    """What was packed into a tote and what came out."""

    __tablename__ = "tote_content"
    __table_args__ = (Index("tote_content_volume", "owner", "barcode"),)
    tote: str = Field(foreign_key="tote.id", primary_key=True)
    owner: str = Field(primary_key=True)
    barcode: str = Field(primary_key=True)
    packed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    unpacked_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    discrepancy: str = ""  #: short, over, damaged: signed at both ends


class Trip(SQLModel, table=True):
    """One run of a route on one day."""

    __table_args__ = (UniqueConstraint("route", "day", "departure"),)
    id: str = Field(primary_key=True)
    route: str
    day: date
    departure: str  #: HH:MM of the first stop, which tells two runs of a day apart
    state: str  #: planned, running, done, cancelled
    vehicle: str = ""
    metres: int = 0


class TripStop(SQLModel, table=True):
    """A stop of a trip, planned and real."""

    __tablename__ = "trip_stop"
    trip: str = Field(foreign_key="trip.id", primary_key=True)
    position: int = Field(primary_key=True)
    node: str
    planned_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    arrived_at: datetime | None = Field(default=None, sa_column=Column(Instant))
