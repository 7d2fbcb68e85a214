"""Items: the volumes that records state, kept by (owner, barcode) and never deleted.

An item that vanished from its record is withdrawn: loans, reservations and custody may still refer to it,
and it may come back. A barcode that two records of one owner state stays with the first; the second's claim
is kept and takes over when the first lets go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from hub.storage.bulk import among, insert_rows
from hub.storage.harvests.item_plan import ItemPlan, Key, StandingItem, plan_items
from hub.storage.harvests.values import ItemCounts, ItemRow
from hub.storage.statements import batches, upsert
from hub.storage.tables.catalogue import BarcodeClaim, Item
from hub.storage.tables.columns import core

ITEM, CLAIM = core(Item), core(BarcodeClaim)
STATED = ItemRow._fields


def store_items(
    connection: Connection, stated: Mapping[int, Sequence[ItemRow]], new: Collection[int] = ()
) -> ItemCounts:
    """Make the items of some records what those records state now.

    ``stated`` has every item of each record; an empty sequence withdraws all it had. Records it does not
    name keep theirs, but may be given a barcode they were waiting for: see ``ItemCounts.promoted``.
    ``new`` are those of the records that were never stored before: nothing is looked up for them.
    """
    if not stated:
        return ItemCounts()
    rows = [(record, *row) for record, items in stated.items() for row in items]
    if len(new) == len(stated) and _are_unheard_of(connection, rows):
        insert_rows(connection, ITEM, ("record", *STATED), rows, {"withdrawn": False})
        return ItemCounts(added=len(rows))
    known = [record for record in stated if record not in new]
    plan = plan_items(stated, _standing(connection, stated, known))
    _forget_claims(connection, known)
    _insert(connection, plan)
    _update(connection, plan.updates)
    _withdraw(connection, plan.withdrawals.values())
    _keep_claims(connection, plan)
    promoted = _promote(connection, plan.withdrawals)
    return ItemCounts(
        added=len(plan.inserts),
        changed=len(plan.updates),
        unchanged=plan.unchanged,
        withdrawn=len(plan.withdrawals) - len(promoted),
        clashes=len(plan.claims) + plan.repeated,
        promoted=promoted,
    )


def items_of(connection: Connection, record: int) -> list[ItemRow]:
    """The items that a record states and holds, by barcode, without the withdrawn."""
    mine = (ITEM.c.record == record, ITEM.c.withdrawn.is_(False))
    found = connection.execute(select(ITEM).where(*mine).order_by(ITEM.c.owner, ITEM.c.barcode))
    return [_row(row) for row in found]


def claims_of(connection: Connection, record: int) -> list[ItemRow]:
    """The items that a record states although another record holds their barcodes."""
    waiting = select(CLAIM.c.stated).where(CLAIM.c.record == record).order_by(CLAIM.c.owner, CLAIM.c.barcode)
    return [ItemRow(**stated) for stated in connection.scalars(waiting)]


def barcode_clashes(connection: Connection, owner: str) -> dict[str, list[int]]:
    """Barcodes that more than one record of an owner states: the record that holds it, then those waiting."""
    held = (ITEM.c.owner == CLAIM.c.owner) & (ITEM.c.barcode == CLAIM.c.barcode)
    columns = (CLAIM.c.barcode, ITEM.c.record.label("holder"), CLAIM.c.record)
    found = connection.execute(
        select(*columns)
        .join(ITEM, held)
        .where(CLAIM.c.owner == owner)
        .order_by(CLAIM.c.barcode, CLAIM.c.record)
    )
    clashes: dict[str, list[int]] = {}
    for row in found:
        clashes.setdefault(row.barcode, [row.holder]).append(row.record)
    return clashes


def item_counts(connection: Connection) -> dict[str, int]:
    """How many items each owner has, without the withdrawn."""
    statement = select(ITEM.c.owner, func.count().label("items")).where(ITEM.c.withdrawn.is_(False))
    return {row.owner: row.items for row in connection.execute(statement.group_by(ITEM.c.owner))}


def _are_unheard_of(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether nobody states or holds any of these rows' barcodes besides."""
    barcodes = _by_owner((owner, barcode) for _, owner, barcode, *_ in rows)
    if len(rows) > sum(len(set(values)) for values in barcodes.values()):
        return False
    return not any(
        connection.scalars(select(ITEM.c.id).where(_have(connection, owner, values)).limit(1)).first()
        for owner, values in barcodes.items()
    )


def _by_owner(keys: Iterable[Key]) -> dict[str, list[str]]:
    barcodes: defaultdict[str, list[str]] = defaultdict(list)
    for owner, barcode in keys:
        barcodes[owner].append(barcode)
    return barcodes


def _have(connection: Connection, owner: str, barcodes: Collection[str]) -> ColumnElement[bool]:
    return (ITEM.c.owner == owner) & among(connection, ITEM.c.barcode, barcodes)


def _standing(
    connection: Connection, stated: Mapping[int, Sequence[ItemRow]], known: Sequence[int]
) -> list[StandingItem]:
    barcodes = _by_owner((row.owner, row.barcode) for rows in stated.values() for row in rows)
    found: dict[int, StandingItem] = {}
    for records in batches(known):
        found.update(_items(connection, ITEM.c.record.in_(records)))
    for owner, values in barcodes.items():
        found.update(_items(connection, _have(connection, owner, values)))
    return list(found.values())


def _items(connection: Connection, which: ColumnElement[bool]) -> dict[int, StandingItem]:
    found = connection.execute(select(ITEM).where(which))
    return {row.id: StandingItem(row.id, row.record, row.withdrawn, _row(row)) for row in found}


def _insert(connection: Connection, plan: ItemPlan) -> None:
    rows = [(record, *row) for record, row in plan.inserts.values()]
    insert_rows(connection, ITEM, ("record", *STATED), rows, {"withdrawn": False})


def _update(connection: Connection, updates: Mapping[int, tuple[int, ItemRow]]) -> None:
    rows = [
        {"item": item, "record": record, "withdrawn": False, **row._asdict()}
        for item, (record, row) in updates.items()
    ]
    if rows:
        connection.execute(update(ITEM).where(ITEM.c.id == bindparam("item")), rows)


def _withdraw(connection: Connection, items: Iterable[int]) -> None:
    for part in batches(list(items)):
        connection.execute(update(ITEM).where(ITEM.c.id.in_(part)).values(withdrawn=True))


def _forget_claims(connection: Connection, records: Sequence[int]) -> None:
    for part in batches(records):
        connection.execute(delete(CLAIM).where(CLAIM.c.record.in_(part)))


def _keep_claims(connection: Connection, plan: ItemPlan) -> None:
    rows = [
        {"owner": row.owner, "barcode": row.barcode, "record": record, "stated": row._asdict()}
        for record, row in plan.claims
    ]
    upsert(connection, CLAIM, rows, ["owner", "barcode", "record"])


def _promote(connection: Connection, released: Mapping[Key, int]) -> tuple[int, ...]:
    """Give each released barcode to the first record that waits for it; which records got one."""
    winners: dict[Key, Any] = {}
    for owner, values in _by_owner(released).items():
        for part in batches(values):
            waiting = select(CLAIM).where(CLAIM.c.owner == owner, CLAIM.c.barcode.in_(part))
            for row in connection.execute(waiting.order_by(CLAIM.c.record)):
                winners.setdefault((owner, row.barcode), row)
    for row in winners.values():
        mine = (CLAIM.c.owner == row.owner, CLAIM.c.barcode == row.barcode, CLAIM.c.record == row.record)
        connection.execute(delete(CLAIM).where(*mine))
    _update(connection, {released[key]: (row.record, ItemRow(**row.stated)) for key, row in winners.items()})
    return tuple(row.record for row in winners.values())


def _row(row: Any) -> ItemRow:
    return ItemRow(**{name: getattr(row, name) for name in STATED})
