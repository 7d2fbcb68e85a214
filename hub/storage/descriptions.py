"""Storage of the matcher's view of records: the in-tray, descriptions and match keys.

A record that changed waits in the in-tray (``pending_record``) until it is clustered. It is ready when its
description belongs to its present bytes and to the matcher in force, or when it is gone and has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from hub.storage.statements import batches, insert_missing
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.clusters import Description, MatchKey, PendingRecord
from hub.storage.tables.columns import core

RECORD, DESCRIPTION, KEY, PENDING = core(SourceRecord), core(Description), core(MatchKey), core(PendingRecord)


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record to be described."""

    id: int
    raw: bytes
    format: str
    encoding: str
    digest: str


@dataclass(frozen=True, slots=True)
class DescriptionRow:
    """A description as it is stored; ``keys`` are (key, refinements)."""

    record: int
    matcher: str
    digest: str
    work: str
    body: Mapping[str, Any]
    keys: tuple[tuple[str, tuple[str, ...]], ...]


def count_pending(connection: Connection) -> int:
    """How many records wait in the in-tray."""
    return int(connection.scalar(select(func.count()).select_from(PENDING)) or 0)


def undescribed(connection: Connection, matcher: str, limit: int) -> list[WaitingRecord]:
    """Waiting live records that have no description, or one of other bytes or of another matcher."""
    outdated = or_(
        DESCRIPTION.c.record.is_(None),
        DESCRIPTION.c.digest != RECORD.c.digest,
        DESCRIPTION.c.matcher != matcher,
    )
    columns = (RECORD.c[name] for name in ("id", "raw", "format", "encoding", "digest"))
    found = connection.execute(
        select(*columns)
        .select_from(_waiting())
        .where(RECORD.c.state == "live", outdated)
        .order_by(RECORD.c.id)
        .limit(limit)
    )
    return [WaitingRecord(**row) for row in found.mappings()]


def described_but_gone(connection: Connection, limit: int) -> list[int]:
    """Waiting records that are no longer live and still have a description."""
    found = connection.scalars(
        select(RECORD.c.id)
        .select_from(_waiting())
        .where(RECORD.c.state != "live", DESCRIPTION.c.record.is_not(None))
        .limit(limit)
    )
    return list(found)


def ready(connection: Connection, matcher: str, limit: int) -> dict[int, str | None]:
    """Waiting records that can be clustered, one work together: id and digest, None for gone ones."""
    described = and_(
        RECORD.c.state == "live", DESCRIPTION.c.digest == RECORD.c.digest, DESCRIPTION.c.matcher == matcher
    )
    gone = and_(RECORD.c.state != "live", DESCRIPTION.c.record.is_(None))
    found = connection.execute(
        select(RECORD.c.id, DESCRIPTION.c.digest)
        .select_from(_waiting())
        .where(or_(described, gone))
        .order_by(DESCRIPTION.c.work, RECORD.c.id)
        .limit(limit)
    )
    return {row.id: row.digest for row in found}


def still_waiting(connection: Connection, records: Iterable[int]) -> set[int]:
    """Which of these records are in the in-tray."""
    found: set[int] = set()
    for part in batches(sorted(set(records))):
        found.update(connection.scalars(select(PENDING.c.record).where(PENDING.c.record.in_(part))))
    return found


def unchanged(connection: Connection, digests: Mapping[int, str | None]) -> set[int]:
    """Those of the records that are still as ``digests`` has them (None: gone)."""
    found: set[int] = set()
    for part in batches(sorted(digests)):
        rows = connection.execute(
            select(RECORD.c.id, RECORD.c.digest, RECORD.c.state).where(RECORD.c.id.in_(part))
        )
        for row in rows:
            if digests[row.id] == (row.digest if row.state == "live" else None):
                found.add(row.id)
    return found


def settle(connection: Connection, records: Collection[int]) -> None:
    """Take records out of the in-tray."""
    for part in batches(sorted(records)):
        connection.execute(delete(PENDING).where(PENDING.c.record.in_(part)))


def make_pending(connection: Connection, records: Iterable[int]) -> None:
    """Put records into the in-tray; those already in it stay once."""
    for part in batches(sorted(set(records))):
        insert_missing(connection, PENDING, [{"record": record} for record in part], ["record"])


def make_all_pending(connection: Connection, after: int, limit: int) -> int | None:
    """Put up to ``limit`` records behind ``after`` into the in-tray; the last one, None at the end."""
    found = connection.scalars(
        select(RECORD.c.id)
        .where(RECORD.c.id > after, RECORD.c.state != "quarantined")
        .order_by(RECORD.c.id)
        .limit(limit)
    )
    records = list(found)
    make_pending(connection, records)
    return records[-1] if records else None


def keys_of(connection: Connection, records: Collection[int]) -> dict[int, set[str]]:
    """The match keys of records."""
    found: dict[int, set[str]] = {record: set() for record in records}
    for part in batches(sorted(records)):
        for row in connection.execute(select(KEY.c.record, KEY.c.key).where(KEY.c.record.in_(part))):
            found[row.record].add(row.key)
    return found


def blocks(connection: Connection, keys: Collection[str]) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """All carriers of each key with their refinements."""
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for part in batches(sorted(keys)):
        statement = select(KEY.c.key, KEY.c.record, KEY.c.refinements).where(KEY.c.key.in_(part))
        for row in connection.execute(statement):
            found.setdefault(row.key, []).append((row.record, tuple(row.refinements)))
    return found


def replace_descriptions(
    connection: Connection, gone: Collection[int], rows: Sequence[DescriptionRow]
) -> None:
    """Remove the descriptions and keys of ``gone`` and of ``rows``, then store ``rows``."""
    for part in batches(sorted({*gone, *(row.record for row in rows)})):
        connection.execute(delete(KEY).where(KEY.c.record.in_(part)))
        connection.execute(delete(DESCRIPTION).where(DESCRIPTION.c.record.in_(part)))
    if not rows:
        return
    columns = ("record", "matcher", "digest", "work", "body")
    connection.execute(insert(DESCRIPTION), [{name: getattr(row, name) for name in columns} for row in rows])
    keys = [
        {"record": row.record, "key": key, "refinements": list(refinements)}
        for row in rows
        for key, refinements in row.keys
    ]
    if keys:
        connection.execute(insert(KEY), keys)


def bodies(connection: Connection, records: Collection[int]) -> dict[int, dict[str, Any]]:
    """The descriptions of records, as stored."""
    found: dict[int, dict[str, Any]] = {}
    for part in batches(sorted(records)):
        statement = select(DESCRIPTION.c.record, DESCRIPTION.c.body).where(DESCRIPTION.c.record.in_(part))
        found.update({row.record: row.body for row in connection.execute(statement)})
    return found


def live(connection: Connection, records: Collection[int]) -> set[int]:
    """Those of the records that have a description: the live ones that were described."""
    found: set[int] = set()
    for part in batches(sorted(records)):
        found.update(connection.scalars(select(DESCRIPTION.c.record).where(DESCRIPTION.c.record.in_(part))))
    return found


def count_described(connection: Connection) -> int:
    """How many records have a description."""
    return int(connection.scalar(select(func.count()).select_from(DESCRIPTION)) or 0)


def _waiting() -> Any:
    joined = PENDING.join(RECORD, RECORD.c.id == PENDING.c.record)
    return joined.outerjoin(DESCRIPTION, DESCRIPTION.c.record == PENDING.c.record)
