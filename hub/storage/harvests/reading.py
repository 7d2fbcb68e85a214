"""Reading stored records back, for clustering, exports and reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from hub.storage.harvests.values import StoredRecord
from hub.storage.statements import batches
from hub.storage.tables.catalogue import Item, Quarantine, SourceRecord
from hub.storage.tables.columns import core

RECORD, ITEM, QUARANTINE = core(SourceRecord), core(Item), core(Quarantine)


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What is kept of one source."""

    live: int = 0
    deleted: int = 0
    missing: int = 0  #: of the live ones, those the last complete run did not see
    quarantined: int = 0
    items: int = 0


def records(connection: Connection, ids: Iterable[int]) -> list[StoredRecord]:
    """The records with these numbers, by number; numbers that nobody has are left out."""
    found = [
        StoredRecord(**row)
        for part in batches(sorted(set(ids)))
        for row in connection.execute(_select().where(RECORD.c.id.in_(part))).mappings()
    ]
    return sorted(found, key=lambda record: record.id)


def record_by_identifier(connection: Connection, source: str, identifier: str) -> StoredRecord | None:
    """The record that a source has under an identifier, live or deleted; or None."""
    mine = (RECORD.c.source == source, RECORD.c.identifier == identifier)
    row = connection.execute(_select().where(*mine)).mappings().one_or_none()
    return None if row is None else StoredRecord(**row)


def live_records(
    connection: Connection, after: int, limit: int, source: str | None = None
) -> list[StoredRecord]:
    """Up to ``limit`` live records by number, behind the number ``after``: to go through all in pieces."""
    statement = _select().where(RECORD.c.state == "live", RECORD.c.id > after)
    if source is not None:
        statement = statement.where(RECORD.c.source == source)
    found = connection.execute(statement.order_by(RECORD.c.id).limit(limit)).mappings()
    return [StoredRecord(**row) for row in found]


def counts(connection: Connection) -> dict[str, SourceCounts]:
    """What is kept of each source that has anything."""
    number = func.count().label("number")
    found: dict[str, dict[str, int]] = {}
    by_state = select(
        RECORD.c.source, RECORD.c.state, number, func.count(RECORD.c.missing_run).label("missing")
    )
    for row in connection.execute(by_state.group_by(RECORD.c.source, RECORD.c.state)):
        figures = found.setdefault(row.source, {})
        figures[row.state] = row.number
        if row.state == "live":
            figures["missing"] = row.missing
    pieces = select(QUARANTINE.c.source, number).group_by(QUARANTINE.c.source)
    for row in connection.execute(pieces):
        found.setdefault(row.source, {})["quarantined"] = row.number
    items = select(RECORD.c.source, number).select_from(ITEM.join(RECORD, ITEM.c.record == RECORD.c.id))
    for row in connection.execute(items.where(ITEM.c.withdrawn.is_(False)).group_by(RECORD.c.source)):
        found.setdefault(row.source, {})["items"] = row.number
    return {source: SourceCounts(**figures) for source, figures in sorted(found.items())}


def _select() -> Select[Any]:
    names = ("id", "source", "identifier", "state", "format", "encoding", "confidence", "raw", "changed_at")
    return select(*(RECORD.c[name] for name in names))
