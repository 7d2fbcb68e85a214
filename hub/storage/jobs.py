"""Claims on due runs: one row per (job, fire time), whoever inserts it runs it.

A job has one unfinished run at most, and a run one holder, known by its fencing token: each claim on any run
of the job gets a higher one. What a stale token tries changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from hub.storage.tables.columns import core
from hub.storage.tables.operations import JobRun

RUN = core(JobRun)


@dataclass(frozen=True, slots=True)
class JobRunRow:
    """A run of a job as the ledger has it."""

    job: str
    fire_at: datetime
    cause: str  #: timetable, coordinator or command
    state: str  #: running, waiting, done, failed, stopped, skipped
    holder: str
    token: int
    starts: int
    lease_until: datetime
    started_at: datetime | None
    resume_at: datetime | None
    finished_at: datetime | None
    stop_asked: bool
    problem: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one run, until somebody with a higher token takes it over."""

    job: str
    fire_at: datetime
    token: int
    lease: timedelta


def unfinished(connection: Connection, job: str) -> JobRunRow | None:
    """The run of the job that is under way or waits to go on."""
    return _first(connection, RUN.c.job == job, RUN.c.finished_at.is_(None))


def all_unfinished(connection: Connection, prefix: str) -> list[JobRunRow]:
    """The unfinished runs of all jobs whose names begin so."""
    wanted = (RUN.c.finished_at.is_(None), RUN.c.job.startswith(prefix, autoescape=True))
    found = connection.execute(select(RUN).where(*wanted).order_by(RUN.c.job)).mappings()
    return [JobRunRow(**row) for row in found]


def last_fire(connection: Connection, job: str) -> datetime | None:
    """The fire time of the job's newest run."""
    found: datetime | None = connection.scalar(select(func.max(RUN.c.fire_at)).where(RUN.c.job == job))
    return found


def free_instant(connection: Connection, job: str, now: datetime) -> datetime:
    """A fire time for a run out of turn: ``now``, or as soon after it as no run of the job has."""
    taken = set(connection.scalars(select(RUN.c.fire_at).where(RUN.c.job == job, RUN.c.fire_at >= now)))
    while now in taken:
        now += timedelta(microseconds=1)
    return now


def history(connection: Connection, job: str, limit: int = 20) -> list[JobRunRow]:
    """The newest runs of the job, newest first."""
    statement = select(RUN).where(RUN.c.job == job).order_by(RUN.c.fire_at.desc()).limit(limit)
    return [JobRunRow(**row) for row in connection.execute(statement).mappings()]


def begin(
    connection: Connection,
    job: str,
    fire_at: datetime,
    holder: str,
    now: datetime,
    lease: timedelta,
    *,
    cause: str = "timetable",
    details: Mapping[str, Any] | None = None,
) -> Claim:
    """Claim a run that nobody has claimed. The job must have no unfinished run, nor one of this fire time."""
    token = _next_token(connection, job)
    _insert(
        connection, job, fire_at, cause=cause, state="running", holder=holder, token=token, starts=1,
        lease_until=now + lease, started_at=now, details=dict(details or {}),
    )  # fmt: skip
    return Claim(job, fire_at, token, lease)


def put_by(
    connection: Connection,
    job: str,
    fire_at: datetime,
    now: datetime,
    *,
    cause: str,
    details: Mapping[str, Any],
) -> None:
    """Have a run made by whichever process looks next. The job must have no unfinished run."""
    _insert(
        connection, job, fire_at, cause=cause, state="waiting", holder="", token=_next_token(connection, job),
        starts=0, lease_until=now, resume_at=now, details=dict(details),
    )  # fmt: skip


def pass_over(
    connection: Connection,
    job: str,
    fires: Sequence[datetime],
    now: datetime,
    *,
    cause: str,
    problem: str = "",
) -> None:
    """Note that the runs of these fire times, which nobody has claimed, are not made."""
    for fire_at in fires:
        _insert(
            connection, job, fire_at, cause=cause, state="skipped", holder="", starts=0, lease_until=now,
            token=_next_token(connection, job), finished_at=now, problem=problem, details={},
        )  # fmt: skip


def take(
    connection: Connection, run: JobRunRow, holder: str, now: datetime, lease: timedelta, *, cause: str = ""
) -> Claim:
    """Go on with a run that waits or whose holder let its lease pass; ``cause`` where it is another now."""
    token = _next_token(connection, run.job)
    _change(
        connection, _key(run.job, run.fire_at),
        state="running", holder=holder, token=token, starts=RUN.c.starts + 1, lease_until=now + lease,
        started_at=func.coalesce(RUN.c.started_at, literal(now, RUN.c.started_at.type)),
        resume_at=None, cause=cause or run.cause, problem="",
    )  # fmt: skip
    return Claim(run.job, run.fire_at, token, lease)


def renew(connection: Connection, claim: Claim, now: datetime) -> JobRunRow | None:
    """The heartbeat: the lease counts from ``now``. None when the run was lost."""
    if not _change(connection, _held(claim), lease_until=now + claim.lease):
        return None
    return _first(connection, _key(claim.job, claim.fire_at))


def held(connection: Connection, claim: Claim) -> JobRunRow | None:
    """The run while it is this claim's. Asked in the transaction of a write, it guards that write."""
    return _first(connection, _held(claim))


def finish(
    connection: Connection,
    claim: Claim,
    now: datetime,
    *,
    state: str = "done",
    problem: str = "",
    outcome: Mapping[str, Any] | None = None,
) -> bool:
    """Close a run as ``done``, ``failed`` or ``stopped``; False when it was lost: nothing changes then."""
    details = _details(connection, claim, outcome)
    return _change(
        connection, _held(claim), state=state, finished_at=now, problem=problem, details=details
    )  # fmt: skip


def let_wait(
    connection: Connection, claim: Claim, resume_at: datetime, problem: str, outcome: Mapping[str, Any]
) -> bool:
    """Let go of a run, to be gone on with from ``resume_at`` by anyone; False when it was lost."""
    details = _details(connection, claim, outcome)
    return _change(
        connection, _held(claim), state="waiting", resume_at=resume_at, problem=problem, details=details
    )


def end(connection: Connection, run: JobRunRow, now: datetime, *, state: str, problem: str = "") -> bool:
    """Close a run that nobody holds; False when it was taken up meanwhile."""
    same = _key(run.job, run.fire_at) & (RUN.c.token == run.token) & RUN.c.finished_at.is_(None)
    return _change(connection, same, state=state, finished_at=now, resume_at=None, problem=problem)


def wake(
    connection: Connection, run: JobRunRow, now: datetime, *, cause: str, details: Mapping[str, Any]
) -> bool:
    """Let a run that waits go on at once; False when it no longer waits."""
    waiting = _key(run.job, run.fire_at) & (RUN.c.state == "waiting")
    return _change(
        connection, waiting, resume_at=now, cause=cause, details={**run.details, **details}
    )  # fmt: skip


def ask_to_stop(connection: Connection, run: JobRunRow) -> bool:
    """Ask a run that goes on to end at the next occasion; False when it has ended."""
    going_on = _key(run.job, run.fire_at) & (RUN.c.state == "running")
    return _change(connection, going_on, stop_asked=True)


def drop_planned(connection: Connection, job: str, after: datetime) -> None:
    """Forget what was decided about fire times that have not come: the timetable is another now."""
    connection.execute(delete(RUN).where(RUN.c.job == job, RUN.c.fire_at > after, RUN.c.state == "skipped"))


def forget(connection: Connection, before: datetime) -> int:
    """Forget runs finished before ``before``; how many went. A job's newest claim stays, for its token."""
    other = RUN.alias()
    newest = select(func.max(other.c.token)).where(other.c.job == RUN.c.job).scalar_subquery()
    return connection.execute(delete(RUN).where(RUN.c.finished_at < before, RUN.c.token < newest)).rowcount


def _next_token(connection: Connection, job: str) -> int:
    return (connection.scalar(select(func.max(RUN.c.token)).where(RUN.c.job == job)) or 0) + 1


def _insert(connection: Connection, job: str, fire_at: datetime, **values: Any) -> None:
    connection.execute(insert(RUN).values(job=job, fire_at=fire_at, **{"problem": "", **values}))


def _change(connection: Connection, where: ColumnElement[bool], **values: Any) -> bool:
    return bool(connection.execute(update(RUN).where(where).values(**values)).rowcount)


def _first(connection: Connection, *where: ColumnElement[bool]) -> JobRunRow | None:
    row = connection.execute(select(RUN).where(*where)).mappings().one_or_none()
    return None if row is None else JobRunRow(**row)


def _key(job: str, fire_at: datetime) -> ColumnElement[bool]:
    return (RUN.c.job == job) & (RUN.c.fire_at == fire_at)


def _held(claim: Claim) -> ColumnElement[bool]:
    return _key(claim.job, claim.fire_at) & (RUN.c.token == claim.token) & (RUN.c.state == "running")


def _details(connection: Connection, claim: Claim, outcome: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was asked for stays beside what came of it."""
    asked = connection.scalar(select(RUN.c.details).where(_key(claim.job, claim.fire_at)))
    return {**(asked or {}), **(outcome or {})}
