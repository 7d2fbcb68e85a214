"""What stated items change, decided from the items that stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.storage.harvests.values import ItemRow

Key = tuple[str, str]  # owner, barcode


@dataclass(frozen=True, slots=True)
class StandingItem:
    """An item as it is stored."""

    id: int
    record: int
    withdrawn: bool
    row: ItemRow


@dataclass(slots=True)
class ItemPlan:
    """The statements to come."""

    inserts: dict[Key, tuple[int, ItemRow]] = field(default_factory=dict)  #: with the record
    updates: dict[int, tuple[int, ItemRow]] = field(
        default_factory=dict
    )  #: item -> the record and what it says
    withdrawals: dict[Key, int] = field(default_factory=dict)  #: items that no record states any more
    claims: list[tuple[int, ItemRow]] = field(default_factory=list)  #: the record, and what it states in vain
    unchanged: int = 0
    repeated: int = 0  #: barcodes that one record states more than once


def plan_items(stated: Mapping[int, Sequence[ItemRow]], standing: Iterable[StandingItem]) -> ItemPlan:
    """Decide what the items that some records now state change.

    ``stated`` has every item of each of its records, and none for a record that is gone; ``standing`` are the
    items that stand under those records or under the stated barcodes. A barcode that another record holds
    stays with it: the second record's becomes a claim.
    """
    plan = ItemPlan()
    holders = {(item.row.owner, item.row.barcode): item for item in standing}
    wanted = {record: _first_of_each(rows, plan) for record, rows in stated.items()}
    for key, item in holders.items():
        if item.record in stated and key not in wanted[item.record] and not item.withdrawn:
            plan.withdrawals[key] = item.id
    for record, rows in wanted.items():
        for key, row in rows.items():
            _place(plan, record, key, row, holders.get(key))
    return plan


def _first_of_each(rows: Iterable[ItemRow], plan: ItemPlan) -> dict[Key, ItemRow]:
    found: dict[Key, ItemRow] = {}
    for row in rows:
        if found.setdefault((row.owner, row.barcode), row) is not row:
            plan.repeated += 1
    return found


def _place(plan: ItemPlan, record: int, key: Key, row: ItemRow, holder: StandingItem | None) -> None:
    if holder is None:
        if key in plan.inserts:
            plan.claims.append((record, row))
        else:
            plan.inserts[key] = (record, row)
    elif holder.record == record and not holder.withdrawn and holder.row == row:
        plan.unchanged += 1
    elif _may_take(plan, record, key, holder):
        plan.withdrawals.pop(key, None)
        plan.updates[holder.id] = (record, row)
    else:
        plan.claims.append((record, row))


def _may_take(plan: ItemPlan, record: int, key: Key, holder: StandingItem) -> bool:
    taken = plan.updates.get(holder.id)
    if taken is not None:
        return taken[0] == record
    return holder.record == record or holder.withdrawn or key in plan.withdrawals
