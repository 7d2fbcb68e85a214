"""Tables of lending: requests, supplies, reservations, loans, and what they leave behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant


class Request(SQLModel, table=True):
    """A reader's wish for an edition at a pick-up node. ``reader`` is an opaque reference (P9)."""

    __table_args__ = (
        # One open request per reader and edition: a database constraint, not a check.
        Index(
            "request_open",
            "reader",
            "cluster",
            "volume",
            unique=True,
            sqlite_where=text("outcome = 'open'"),
            postgresql_where=text("outcome = 'open'"),
        ),
        Index("request_deadline", "deadline_at"),
        Index("request_work", "state", "pickup"),
    )
    id: str = Field(primary_key=True)
    reader: str = Field(index=True)
    home: str  #: node of the reader's home library
    cluster: str = Field(index=True)
    volume: str = ""  #: the wanted volume of a set, "" when the edition has none
    pickup: str  #: node where the reader wants it
    waits: bool = False  #: the reader agreed to wait for a copy that is out
    outcome: str = "open"  #: open, filled, unfilled, cancelled
    state: str  #: ill.states.RequestState
    reason: str = ""  #: why it ended as it did: a message key
    rota: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    position: int = 0  #: how many of the rota were tried
    promised_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    deadline_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Supply(SQLModel, table=True):
    """One lender's part in a request."""

    __table_args__ = (
        # At most one supply accepted per request (P1).
        Index(
            "supply_accepted",
            "request",
            unique=True,
            sqlite_where=text("accepted = 1"),
            postgresql_where=text("accepted"),
        ),
        Index("supply_deadline", "live", "deadline_at"),
        Index("supply_request", "request"),
        Index("supply_volume", "owner", "barcode"),
        Index("supply_work", "state", "lender"),
    )
    id: str = Field(primary_key=True)
    request: str = Field(foreign_key="request.id")
    lender: str  #: node whose staff must pick it
    owner: str
    barcode: str
    state: str  #: ill.states.SupplyState
    accepted: bool = False
    live: bool = True
    reason: str = ""
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    deadline_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Reservation(SQLModel, table=True):
    """A volume set aside for one supply: the primary key is promise P1."""

    owner: str = Field(primary_key=True)
    barcode: str = Field(primary_key=True)
    supply: str = Field(foreign_key="supply.id", index=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Loan(SQLModel, table=True):
    """The hub's ledger of loans between libraries, requested or walk-up."""

    __table_args__ = (
        # One open loan per volume.
        Index(
            "loan_open",
            "owner",
            "barcode",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index("loan_reader", "reader"),
        Index("loan_deadline", "deadline_at"),
        # Who lent how much to whom lately is added up for every request.
        Index("loan_flow", "lent_at", "owner", "home"),
    )
    id: str = Field(primary_key=True)
    owner: str
    barcode: str
    reader: str
    home: str  #: node of the reader's home library
    request: str | None = Field(default=None, foreign_key="request.id", index=True)
    node: str  #: where it was lent
    lent_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    state: str = "lent"  #: ill.states.LoanState
    deadline_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    renewals: int = 0
    item_class: str = "book"
    returned_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    return_node: str | None = None
    rules: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  #: P10


class HistoryEvent(SQLModel, table=True):
    """Append-only: every transition of a request, supply or loan. Opaque references only (P9)."""

    __tablename__ = "history_event"
    __table_args__ = (Index("history_subject", "subject_kind", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str  #: request, supply, loan, tote, trip, case
    subject: str
    event: str
    state: str = ""  #: the state after the event
    actor: str = ""  #: account id, or "hub"
    node: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    happened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Case(SQLModel, table=True):
    """Something a person must look at: an exception with an owner, a deadline and an end."""

    __tablename__ = "exception_case"
    __table_args__ = (
        Index("case_subject", "subject_kind", "subject"),
        Index("case_open", "closed_at", "node"),
    )
    id: str = Field(primary_key=True)
    kind: str  #: unexpected_volume, wrong_destination, impossible_history, uncertain_effect, lost ...
    subject_kind: str
    subject: str
    node: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    deadline_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    resolution: str = ""


class Suggestion(SQLModel, table=True):
    """荐购: a wish that no copy in the network can fill, kept for those who buy."""

    id: str = Field(primary_key=True)
    reader: str
    node: str
    title: str
    author: str = ""
    isbn: str = ""
    query: str = ""
    state: str = "open"
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class AssessmentFact(SQLModel, table=True):
    """An anonymous fact for the yearly assessment, written as it happens."""

    __tablename__ = "assessment_fact"
    id: int | None = Field(default=None, primary_key=True)
    kind: str  #: loan, return, request_filled, request_unfilled
    owner: str = ""
    home: str = ""
    node: str = ""
    item_class: str = ""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class PolicyRule(SQLModel, table=True):
    """One dated value of policy with the scope it speaks for ("" = any)."""

    __tablename__ = "policy_rule"
    id: str = Field(primary_key=True)
    name: str = Field(index=True)  #: loan_days, volumes_at_once, lender_answer_days, hold_shelf_days ...
    network: str = ""
    agreement: str = ""
    owner: str = ""
    node: str = ""
    item_class: str = ""
    reader_class: str = ""
    value: str
    version: int = 1
    effective_from: datetime = Field(sa_column=Column(Instant, nullable=False))
    source: str = ""  #: who decided it and where it is written
