"""Tables the hub runs on: network versions, outboxes, repeated commands, job runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
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
    __table_args__ = (
        # Fencing tokens grow strictly over all runs of a job, and it has one unfinished run at most.
        Index("job_run_token", "job", "token", unique=True),
        Index(
            "job_run_unfinished", "job", unique=True,
            sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
        ),
    )  # fmt: skip
    job: str = Field(primary_key=True)  #: a job of the hub, or harvest/SOURCE
    fire_at: datetime = Field(sa_column=Column(Instant, primary_key=True))
    cause: str = Field(default="timetable")
    #: running, waiting (to be taken up at ``resume_at``), done, failed, stopped, skipped
    state: str = Field(default="done")
    holder: str
    token: int = 1
    starts: int = Field(default=1)  #: times it was begun or gone on with
    lease_until: datetime = Field(sa_column=Column(Instant, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    resume_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    stop_asked: bool = Field(default=False)
    problem: str = ""  #: the code of what went wrong, with its particulars
    details: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )  #: what was asked for and what came of it


class SourceTimetable(SQLModel, table=True):
    """When a source is harvested, in its member's wall time, and its circuit breaker."""

    __tablename__ = "source_timetable"
    source: str = Field(foreign_key="source.name", primary_key=True)
    times: str  #: 02:30, 14:00
    days: str  #: every, working, open, closed, or mon, wed
    full: str  #: always, first, 7 days, 5 open days, or sun
    window: str  #: 22:00-06:00; empty: at any hour
    missed: str  #: latest or skip
    since: datetime = Field(sa_column=Column(Instant, nullable=False))  #: fire times before it are not due
    failures: int = 0  #: in a row
    paused_until: datetime | None = Field(default=None, sa_column=Column(Instant))
