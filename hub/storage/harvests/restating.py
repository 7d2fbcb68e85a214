"""Making the items of stored records what is read from them now, their bytes being what they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from hub.storage.harvests.items import CLAIM, ITEM, STATED, store_items
from hub.storage.harvests.records import RECORD, mark_pending
from hub.storage.harvests.values import ItemCounts, ItemRow, RecordRow
from hub.storage.statements import batches


def restate_items(connection: Connection, rows: Mapping[int, RecordRow]) -> ItemCounts:
    """Store the items of some records by their numbers; those whose items change are described anew.

    A record whose bytes have changed since it was read is left to the harvest that brought them.
    """
    current = _current(connection, rows)
    before = _stated(connection, current)
    changed = {number: rows[number].items for number in current if set(rows[number].items) != before[number]}
    counts = store_items(connection, changed)
    mark_pending(connection, dict.fromkeys((*changed, *counts.promoted)))
    return counts


def _current(connection: Connection, rows: Mapping[int, RecordRow]) -> list[int]:
    """The numbers of those that are still kept as they were read."""
    found: list[int] = []
    for part in batches(list(rows)):
        kept = select(RECORD.c.id, RECORD.c.digest).where(RECORD.c.id.in_(part), RECORD.c.state == "live")
        found += [row.id for row in connection.execute(kept) if row.digest == rows[row.id].digest]
    return found


def _stated(connection: Connection, records: Collection[int]) -> Mapping[int, set[ItemRow]]:
    """What each record states, whether it holds the barcode or waits for it."""
    stated: defaultdict[int, set[ItemRow]] = defaultdict(set)
    for part in batches(list(records)):
        held = select(ITEM).where(ITEM.c.record.in_(part), ITEM.c.withdrawn.is_(False))
        for row in connection.execute(held):
            stated[row.record].add(ItemRow(**{name: getattr(row, name) for name in STATED}))
        for row in connection.execute(select(CLAIM.c.record, CLAIM.c.stated).where(CLAIM.c.record.in_(part))):
            stated[row.record].add(ItemRow(**row.stated))
    return stated
