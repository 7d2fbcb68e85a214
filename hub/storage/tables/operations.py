"""Tables the hub runs on: network versions, outboxes, repeated commands, job runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant, Serial


class NetworkVersion(SQLModel, table=True):
    """A loaded network document; the newest is in force. Also the version of the timetable."""

    __tablename__ = "network_version"
    id: int | None = Field(default=None, primary_key=True)
    digest: str
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    loaded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Outbox(SQLModel, table=True):
    """What a projection must still hear of, in commit order: the search index reads topic ``index``."""

    __table_args__ = (
        Index("outbox_topic", "topic", "position"),
        # Without it SQLite would give the positions of forgotten entries again.
        {"sqlite_autoincrement": True},
    )
    position: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True))
    topic: str
    key: str


class Effect(SQLModel, table=True):
    """Something to be done outside the hub, decided in a transaction and performed after it (P5)."""

    __table_args__ = (Index("effect_due", "state", "next_at"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  #: the idempotency key the peer is given
    kind: str  #: notify_reader, tell_member
    target: str  #: node code or opaque reader reference
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = "pending"  #: pending, done, uncertain, failed
    attempts: int = 0
    next_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    problem: str = ""


class PerformedCommand(SQLModel, table=True):
    """The answer given under an idempotency key: a repeated command gets it again and does nothing."""

    __tablename__ = "performed_command"
    key: str = Field(primary_key=True)
    operation: str
    principal: str
    digest: str  #: of the input, so that a key reused for something else is noticed
    status: int
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class JobRun(SQLModel, table=True):
    """One due run of a job, claimed once by (job, fire time) whatever number of hubs tick."""

    __tablename__ = "job_run"
    job: str = Field(primary_key=True)
    fire_at: datetime = Field(sa_column=Column(Instant, primary_key=True))
    holder: str
    token: int = 1
    lease_until: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    problem: str = ""
