"""Claims on due runs: one row per (job, fire time), whoever inserts it runs it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.storage.tables.columns import core
from hub.storage.tables.operations import JobRun

RUN = core(JobRun)


def claim(
    connection: Connection, job: str, fire_at: datetime, holder: str, now: datetime, lease: timedelta
) -> int | None:
    """Claim a due run; the fencing token, or None when another holds or has done it.

    A run whose holder let its lease pass unfinished is taken over with a higher token.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fresh = connection.execute(
        dialect.insert(RUN)
        .values(job=job, fire_at=fire_at, holder=holder, token=1, lease_until=now + lease, problem="")
        .on_conflict_do_nothing()
        .returning(RUN.c.token)
    )
    if fresh.first() is not None:
        return 1
    taken = connection.execute(
        update(RUN)
        .where(
            RUN.c.job == job, RUN.c.fire_at == fire_at, RUN.c.finished_at.is_(None), RUN.c.lease_until < now
        )
        .values(holder=holder, token=RUN.c.token + 1, lease_until=now + lease)
    )
    if not taken.rowcount:
        return None
    return int(
        connection.execute(select(RUN.c.token).where(RUN.c.job == job, RUN.c.fire_at == fire_at)).scalar_one()
    )


def finish(
    connection: Connection, job: str, fire_at: datetime, token: int, now: datetime, problem: str = ""
) -> bool:
    """Close a run; False when the token is stale because another took it over."""
    done = connection.execute(
        update(RUN)
        .where(RUN.c.job == job, RUN.c.fire_at == fire_at, RUN.c.token == token)
        .values(finished_at=now, problem=problem)
    )
    return bool(done.rowcount)


def forget(connection: Connection, before: datetime) -> int:
    """Forget finished runs older than ``before``; how many went."""
    return connection.execute(delete(RUN).where(RUN.c.finished_at < before)).rowcount
