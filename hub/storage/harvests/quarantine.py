"""Quarantine: bytes that could not be made a record, kept with the reason and counted (promise P8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

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


@dataclass(frozen=True, slots=True)
class QuarantinedPiece:
    """A piece as it is kept."""

    id: int
    source: str
    run: int  #: the last run that received it
    row: QuarantinedRow


def quarantined(connection: Connection, source: str, limit: int, after: int = 0) -> list[QuarantinedPiece]:
    """What is quarantined of a source, oldest first; go on ``after`` the number of the last piece."""
    statement = select(QUARANTINE).where(QUARANTINE.c.source == source, QUARANTINE.c.id > after)
    return [_piece(row) for row in connection.execute(statement.order_by(QUARANTINE.c.id).limit(limit))]


def quarantined_piece(connection: Connection, piece: int) -> QuarantinedPiece | None:
    """The piece of this number."""
    row = connection.execute(select(QUARANTINE).where(QUARANTINE.c.id == piece)).one_or_none()
    return None if row is None else _piece(row)


def release(connection: Connection, piece: int) -> None:
    """Let a piece go whose record is stored now."""
    connection.execute(delete(QUARANTINE).where(QUARANTINE.c.id == piece))


def quarantine_totals(connection: Connection, source: str) -> dict[str, int]:
    """How many pieces of a source are quarantined for each reason, in whatever run they came."""
    number = func.count().label("pieces")
    mine = select(QUARANTINE.c.reason, number).where(QUARANTINE.c.source == source)
    found = connection.execute(mine.group_by(QUARANTINE.c.reason).order_by(QUARANTINE.c.reason))
    return {row.reason: row.pieces for row in found}


def quarantine_reasons(connection: Connection, source: str, run: int) -> dict[str, int]:
    """How many different pieces the run quarantined for each reason."""
    found = connection.execute(
        select(QUARANTINE.c.reason, func.count().label("pieces"))
        .where(QUARANTINE.c.source == source, QUARANTINE.c.run == run)
        .group_by(QUARANTINE.c.reason)
        .order_by(QUARANTINE.c.reason)
    )
    return {row.reason: row.pieces for row in found}


def _piece(row: Any) -> QuarantinedPiece:
    kept = QuarantinedRow(row.raw, row.reason, row.detail, row.position, row.identifier)
    return QuarantinedPiece(row.id, row.source, row.run, kept)
