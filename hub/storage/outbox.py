"""The outbox: what a projection (the search index) must still hear of, in the order it was committed.

A projection keeps the last position it has applied and asks for what came ``after`` it. That is only safe
when no entry ever appears behind a position already read. SQLite has one writer. On PostgreSQL two
transactions could take positions in one order and commit in the other, so ``put`` takes a lock that lasts
until the commit: positions are given out in commit order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Select, delete, func, insert, literal, select

from hub.storage.tables.columns import core
from hub.storage.tables.operations import Outbox

OUTBOX = core(Outbox)
OUTBOX_LOCK = 0x0B0C  # the advisory lock's number: any, as long as nothing else in the database uses it


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """``key`` changed; positions grow in commit order, with gaps, and are never given twice."""

    position: int
    key: str


def put(connection: Connection, topic: str, keys: Iterable[str]) -> None:
    """Say under ``topic`` that each of ``keys`` changed, in this transaction."""
    rows = [{"topic": topic, "key": key} for key in dict.fromkeys(keys)]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(OUTBOX_LOCK)))
    connection.execute(insert(OUTBOX), rows)


def put_found(connection: Connection, topic: str, keys: Select[tuple[str]]) -> None:
    """Say under ``topic`` that each of the keys that a query finds changed, in this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(OUTBOX_LOCK)))
    found = keys.subquery()
    named = select(literal(topic), found.c[0]).distinct()
    connection.execute(insert(OUTBOX).from_select(["topic", "key"], named))


def after(connection: Connection, topic: str, position: int, limit: int) -> list[OutboxEntry]:
    """The first ``limit`` entries of ``topic`` behind ``position``, in order."""
    found = connection.execute(
        select(OUTBOX.c.position, OUTBOX.c.key)
        .where(OUTBOX.c.topic == topic, OUTBOX.c.position > position)
        .order_by(OUTBOX.c.position)
        .limit(limit)
    )
    return [OutboxEntry(row.position, row.key) for row in found]


def last_position(connection: Connection, topic: str) -> int:
    """The newest position kept of ``topic``; 0 when none is."""
    newest = connection.scalar(select(func.max(OUTBOX.c.position)).where(OUTBOX.c.topic == topic))
    return int(newest or 0)


def forget(connection: Connection, topic: str, upto: int) -> int:
    """Drop what every projection of ``topic`` has applied, up to and with ``upto``; how many entries."""
    done = connection.execute(delete(OUTBOX).where(OUTBOX.c.topic == topic, OUTBOX.c.position <= upto))
    return done.rowcount
