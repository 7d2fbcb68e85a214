"""Storing a batch of records: one indexed look-up, and an unchanged record is only noted as seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from hub.storage.bulk import among, insert_rows, next_numbers
from hub.storage.harvests.batch_plan import (
    BatchPlan,
    KnownRecord,
    alternate_identifier,
    is_nameless,
    ordinal_identifier,
    plain_rows,
    plan_batch,
)
from hub.storage.harvests.items import store_items
from hub.storage.harvests.values import ItemCounts, ItemRow, RecordRow, Sighting, StoredCounts
from hub.storage.statements import batches
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.clusters import PendingRecord
from hub.storage.tables.columns import core

RECORD, PENDING = core(SourceRecord), core(PendingRecord)
BATCH = 2_000  #: rows that are looked up at once
FIRST_ORDINALS = 4  #: of each nameless record are looked up; more where these are there
KNOWN = ("id", "identifier", "digest", "state", "seen_run", "seen_slice", "seen_attempt")
BYTES = ("format", "encoding", "confidence", "digest", "raw")


def store_batch(
    connection: Connection,
    source: str,
    run: int,
    rows: Sequence[RecordRow],
    now: datetime,
    *,
    newest_wins: bool = False,
    seen: Sighting | None = None,
) -> StoredCounts:
    """Store records as they came, with their items, and put the changed ones into the clustering's in-tray.

    New records are added, changed ones get the new bytes, unchanged ones are only noted as seen in ``run``.
    ``seen`` tells in which slice of the run. For a second record with the same identifier see
    ``batch_plan.plan_batch``. Any number of rows will do;
    some hundreds at once are quickest.
    """
    where = seen or Sighting(run)
    stored = [_store(connection, source, where, part, now, newest_wins) for part in batches(rows, BATCH)]
    return StoredCounts(
        stored=sum(part.stored for part in stored),
        unchanged=sum(part.unchanged for part in stored),
        deleted=sum(part.deleted for part in stored),
        clashes=sum(part.clashes for part in stored),
        changed_record_ids=tuple(dict.fromkeys(i for part in stored for i in part.changed_record_ids)),
        items=_together(part.items for part in stored),
    )


def mark_pending(connection: Connection, records: Collection[int]) -> None:
    """Put records into the clustering's in-tray; those already in it stay once."""
    insert_rows(connection, PENDING, ("record",), [(record,) for record in records], unless=("record",))


def _store(
    connection: Connection,
    source: str,
    seen: Sighting,
    rows: Sequence[RecordRow],
    now: datetime,
    newest_wins: bool,
) -> StoredCounts:
    known = _known(connection, source, [row.identifier for row in rows])
    plain = plain_rows(known, rows, seen)
    if plain.doubtful:
        known |= _alternates(connection, source, plain.doubtful, known)
        known |= _ordinals(connection, source, plain.doubtful)
    plan = plan_batch(known, plain.doubtful, seen, newest_wins=newest_wins)
    arrived = {row.identifier: row for row in plain.new} | plan.inserts
    inserted = _insert(connection, source, seen, arrived, now)
    stated = {**inserted, **_update(connection, seen, plan.updates, now)}
    stated.update(_delete(connection, seen, plan, now))
    _note_seen(connection, seen, [*plain.same, *plan.seen])
    items = store_items(connection, stated, inserted.keys())
    changed = tuple(dict.fromkeys((*stated, *items.promoted)))
    mark_pending(connection, changed)
    return StoredCounts(
        len(plain.new) + plan.stored,
        len(plain.same) + plan.unchanged,
        plan.deleted,
        plan.clashes,
        changed,
        items,
    )


def known_records(connection: Connection, source: str, rows: Sequence[RecordRow]) -> dict[str, KnownRecord]:
    """What is stored under the identifiers that these rows may be kept under."""
    known = _known(connection, source, {row.identifier for row in rows})
    return known | _alternates(connection, source, rows, known) | _ordinals(connection, source, rows)


def _alternates(
    connection: Connection, source: str, rows: Sequence[RecordRow], known: Mapping[str, KnownRecord]
) -> dict[str, KnownRecord]:
    """What is stored under the alternate identifiers of those rows that may need one."""
    own: dict[str, str] = {}  # a batch may itself bring several records of one identifier
    alternates = {
        alternate_identifier(row)
        for row in rows
        if own.setdefault(row.identifier, row.digest) != row.digest
        or ((before := known.get(row.identifier)) is not None and before.digest != row.digest)
    }
    return _known(connection, source, alternates) if alternates else {}


def _ordinals(connection: Connection, source: str, rows: Sequence[RecordRow]) -> dict[str, KnownRecord]:
    """What is stored under the ordinal identifiers of nameless records."""
    found: dict[str, KnownRecord] = {}
    looked_for = {row.identifier for row in rows if is_nameless(row)}
    first, step = 2, FIRST_ORDINALS
    while looked_for:
        names = {
            ordinal_identifier(one, ordinal): one
            for one in looked_for
            for ordinal in range(first, first + step)
        }
        there = _known(connection, source, names)
        found |= there
        looked_for = {names[name] for name in there}
        first, step = first + step, step * 4
    return found


def _known(connection: Connection, source: str, identifiers: Collection[str]) -> dict[str, KnownRecord]:
    columns = (RECORD.c[name] for name in KNOWN)
    found = connection.execute(
        select(*columns).where(RECORD.c.source == source, among(connection, RECORD.c.identifier, identifiers))
    )
    return {
        identifier: KnownRecord(number, digest, state == "live", Sighting(run, part, attempt))
        for number, identifier, digest, state, run, part, attempt in found
    }


def _note_seen(connection: Connection, seen: Sighting, records: Sequence[int]) -> None:
    if records:
        these = among(connection, RECORD.c.id, records)
        connection.execute(update(RECORD).where(these).values(_sighted(seen)))


def _insert(
    connection: Connection, source: str, seen: Sighting, rows: Mapping[str, RecordRow], now: datetime
) -> dict[int, tuple[ItemRow, ...]]:
    if not rows:
        return {}
    alike = {"source": source, "state": "live", "changed_at": now, **_sighted(seen)}
    values = [
        (number, identifier, row.format, row.encoding, row.confidence, row.digest, row.raw)
        for number, (identifier, row) in zip(
            next_numbers(connection, RECORD, len(rows)), rows.items(), strict=True
        )
    ]
    insert_rows(connection, RECORD, ("id", "identifier", *BYTES), values, alike)
    return {number: rows[identifier].items for number, identifier, *_ in values}


def _update(
    connection: Connection, seen: Sighting, rows: Mapping[int, RecordRow], now: datetime
) -> dict[int, tuple[ItemRow, ...]]:
    if rows:
        statement = update(RECORD).where(RECORD.c.id == bindparam("record_id"))
        connection.execute(
            statement, [{"record_id": i, **_values(row, seen, now)} for i, row in rows.items()]
        )
    return {record: row.items for record, row in rows.items()}


def _delete(
    connection: Connection, seen: Sighting, plan: BatchPlan, now: datetime
) -> dict[int, tuple[ItemRow, ...]]:
    if plan.deletions:
        gone = update(RECORD).where(RECORD.c.id.in_(plan.deletions))
        connection.execute(gone.values({**_sighted(seen), "state": "deleted", "changed_at": now}))
    return dict.fromkeys(plan.deletions, ())


def _values(row: RecordRow, seen: Sighting, now: datetime) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in BYTES}
    return {**kept, **_sighted(seen), "state": "live", "changed_at": now}


def _sighted(seen: Sighting) -> dict[str, Any]:
    return {
        "seen_run": seen.run,
        "seen_slice": seen.slice,
        "seen_attempt": seen.attempt,
        "missing_run": None,
    }


def _together(parts: Iterable[ItemCounts]) -> ItemCounts:
    total = ItemCounts()
    for part in parts:
        total = replace(
            total,
            added=total.added + part.added,
            changed=total.changed + part.changed,
            unchanged=total.unchanged + part.unchanged,
            withdrawn=total.withdrawn + part.withdrawn,
            clashes=total.clashes + part.clashes,
            promoted=total.promoted + part.promoted,
        )
    return total
