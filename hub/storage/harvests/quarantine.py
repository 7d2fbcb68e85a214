"""Quarantine: bytes that could not be made a record, kept with the reason and counted (promise P8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from hub.storage.harvests.values import QuarantinedRow
from hub.storage.statements import upsert
from hub.storage.tables.catalogue import Quarantine, SourceRecord
from hub.storage.tables.columns import core

QUARANTINE, RECORD = core(Quarantine), core(SourceRecord)


def quarantine_batch(
    connection: Connection, source: str, run: int, rows: Sequence[QuarantinedRow], now: datetime
) -> int:
    """Keep bytes that could not be read; how many there were. The same bytes again take one row.

    Where the target named the record apart from its bytes, the version kept of it counts as seen: a record
    that has become unreadable is not a record that is gone.
    """
    kept = {
        (digest := hashlib.sha256(row.raw).hexdigest()): {
            "source": source,
            "digest": digest,
            "raw": row.raw,
            "reason": row.reason,
            "detail": row.detail,
            "position": row.position,
            "identifier": row.identifier,
            "run": run,
            "at": now,
        }
        for row in rows
    }
    upsert(
        connection,
        QUARANTINE,
        list(kept.values()),
        ["source", "digest"],
        changed=["reason", "detail", "position", "identifier", "run"],
    )
    named = [row.identifier for row in rows if row.identifier is not None]
    if named:
        connection.execute(
            update(RECORD)
            .where(RECORD.c.source == source, RECORD.c.identifier.in_(named))
            .values(seen_run=run, missing_run=None)
        )
    return len(rows)


def quarantined(
    connection: Connection, source: str, limit: int, after: int = 0
) -> list[tuple[int, QuarantinedRow]]:
    """What is quarantined of a source, oldest first, numbered; go on ``after`` the last number."""
    columns = (QUARANTINE.c[name] for name in ("id", "raw", "reason", "detail", "position"))
    found = connection.execute(
        select(*columns)
        .where(QUARANTINE.c.source == source, QUARANTINE.c.id > after)
        .order_by(QUARANTINE.c.id)
        .limit(limit)
    )
    return [(row.id, QuarantinedRow(row.raw, row.reason, row.detail, row.position)) for row in found]


def quarantine_reasons(connection: Connection, source: str, run: int) -> dict[str, int]:
    """How many different pieces the run quarantined for each reason."""
    found = connection.execute(
        select(QUARANTINE.c.reason, func.count().label("pieces"))
        .where(QUARANTINE.c.source == source, QUARANTINE.c.run == run)
        .group_by(QUARANTINE.c.reason)
        .order_by(QUARANTINE.c.reason)
    )
    return {row.reason: row.pieces for row in found}
