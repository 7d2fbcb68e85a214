"""Effects outside the hub: decided in a transaction, performed after it, at least once under one key (P5).

An effect is claimed under a lease. One whose lease ran out was claimed by somebody who died: it may have been
performed, and the next claim says so (``interrupted``), so that the peer is asked first where it can answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from hub.storage.statements import insert_missing
from hub.storage.tables.columns import core
from hub.storage.tables.operations import Effect

EFFECTS = core(Effect)


@dataclass(frozen=True, slots=True)
class ClaimedEffect:
    """An effect to perform now."""

    id: int
    key: str  #: the idempotency key to give to the peer
    kind: str
    target: str
    payload: dict[str, Any]
    attempt: int  #: 1 for the first
    interrupted: bool  #: the attempt before never said how it ended


def enqueue(
    connection: Connection, key: str, kind: str, target: str, payload: Mapping[str, Any], at: datetime
) -> None:
    """Have an effect performed from ``at`` on. The same key again is the same effect, and changes nothing."""
    row = {"key": key, "kind": kind, "target": target, "payload": dict(payload), "next_at": at}
    insert_missing(connection, EFFECTS, [row], ["key"])


def claim_due(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[ClaimedEffect]:
    """Take up to ``limit`` due effects for as long as ``lease``; nobody else is given them meanwhile."""
    free = or_(EFFECTS.c.lease_until.is_(None), EFFECTS.c.lease_until <= now)
    due = connection.execute(
        select(EFFECTS)
        .where(EFFECTS.c.state == "pending", EFFECTS.c.next_at <= now, free)
        .order_by(EFFECTS.c.next_at, EFFECTS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if due:
        connection.execute(
            update(EFFECTS)
            .where(EFFECTS.c.id.in_([row.id for row in due]))
            .values(lease_until=now + lease, attempts=EFFECTS.c.attempts + 1)
        )
    return [
        ClaimedEffect(
            id=row.id,
            key=row.key,
            kind=row.kind,
            target=row.target,
            payload=row.payload,
            attempt=row.attempts + 1,
            interrupted=row.lease_until is not None,
        )
        for row in due
    ]


def done(connection: Connection, effect: ClaimedEffect) -> None:
    """It was performed. True whoever holds the lease by now, so it is noted in any case."""
    statement = update(EFFECTS).where(EFFECTS.c.id == effect.id)
    connection.execute(statement.values(state="done", lease_until=None, problem=""))


def failed(connection: Connection, effect: ClaimedEffect, problem: str, retry_at: datetime | None) -> bool:
    """It was not performed; try again at ``retry_at``, or never (None). False: another holds it by now."""
    state = "failed" if retry_at is None else "pending"
    moved = {} if retry_at is None else {"next_at": retry_at}
    return _settle(connection, effect, {"state": state, "problem": problem, **moved})


def uncertain(connection: Connection, effect: ClaimedEffect, problem: str) -> bool:
    """Whether it was performed cannot be found out: a person must. False: another holds it by now."""
    return _settle(connection, effect, {"state": "uncertain", "problem": problem})


def repeat(connection: Connection, key: str, at: datetime) -> bool:
    """A person decided that a failed or uncertain effect is to be performed again. False: it is neither."""
    stopped = EFFECTS.c.state.in_(["failed", "uncertain"])
    values = {"state": "pending", "next_at": at, "lease_until": None}
    return (
        connection.execute(update(EFFECTS).where(EFFECTS.c.key == key, stopped).values(values)).rowcount == 1
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many effects are in each state."""
    found = connection.execute(
        select(EFFECTS.c.state, func.count().label("effects")).group_by(EFFECTS.c.state)
    )
    return {row.state: row.effects for row in found}


def _settle(connection: Connection, effect: ClaimedEffect, values: Mapping[str, Any]) -> bool:
    # The attempt's number tells this holder from a later one.
    mine = (EFFECTS.c.id == effect.id, EFFECTS.c.attempts == effect.attempt, EFFECTS.c.state == "pending")
    return connection.execute(update(EFFECTS).where(*mine).values(lease_until=None, **values)).rowcount == 1
