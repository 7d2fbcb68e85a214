"""What the hub knows of every copy of an edition: stated by its catalogue, corrected by what the hub saw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from hub.storage.tables.catalogue import Item, SourceRecord
from hub.storage.tables.clusters import ClusterMember
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan, Reservation
from hub.storage.tables.transport import Custody

ITEM, RECORD, MEMBER = core(Item), core(SourceRecord), core(ClusterMember)
LOAN, RESERVATION, CUSTODY = core(Loan), core(Reservation), core(Custody)

#: Custody at which a volume can be taken from a shelf. "" is a volume never handled: its owner's shelf.
ON_A_SHELF = frozenset({"", "shelf"})


@dataclass(frozen=True, slots=True)
class ItemState:
    """One copy as it stands now."""

    owner: str
    barcode: str
    node: str  #: where it stands, or belongs when it is nowhere in particular
    call_number: str
    shelf: str
    volume: str
    item_class: str
    stated_status: str  #: as its catalogue last said: available, on_loan, missing, reference
    reserved: bool
    on_loan_until: datetime | None
    place_kind: str  #: custody as far as the hub has seen it; "" when it never handled the volume
    place: str
    home: str = ""  #: the node whose shelf it belongs to
    cluster: str = ""
    price_fen: int | None = None

    @property
    def available(self) -> bool:
        """Whether it can be taken from the shelf for somebody now."""
        return self.obstacle == ""

    @property
    def obstacle(self) -> str:
        """Code of what keeps it from being taken now; "" when nothing does."""
        if self.on_loan_until is not None:
            return "on_loan"
        if self.reserved:
            return "reserved"
        if self.place_kind == "unknown":
            return "missing"
        if self.place_kind not in ON_A_SHELF:
            return "under_way"
        # The hub saw it come back to a shelf: newer than what the catalogue said when it was harvested.
        if self.place_kind == "" and self.stated_status != "available":
            return self.stated_status
        return ""

    @property
    def comes_back(self) -> bool:
        """Whether it is out and expected back, so that a reader can wait for it."""
        return self.obstacle in {"on_loan", "reserved", "under_way"}


def states(connection: Connection, cluster_id: str) -> list[ItemState]:
    """Every copy of an edition, by owner and barcode."""
    return _read(connection, _items().where(MEMBER.c.cluster == cluster_id))


def states_of(connection: Connection, cluster_ids: Collection[str]) -> dict[str, list[ItemState]]:
    """Every copy of several editions, by edition."""
    found: dict[str, list[ItemState]] = {cluster: [] for cluster in cluster_ids}
    for state in _read(connection, _items().where(MEMBER.c.cluster.in_(cluster_ids))):
        found[state.cluster].append(state)
    return found


def item(connection: Connection, owner: str, barcode: str) -> ItemState | None:
    """One copy, or None when no live catalogue record states it."""
    found = _read(connection, _items().where(ITEM.c.owner == owner, ITEM.c.barcode == barcode))
    return found[0] if found else None


def items_with(connection: Connection, barcode: str) -> list[ItemState]:
    """Every copy with this barcode: barcodes are unique only within a library."""
    return _read(connection, _items().where(ITEM.c.barcode == barcode))


def _items() -> Select[Any]:
    volume = and_(RESERVATION.c.owner == ITEM.c.owner, RESERVATION.c.barcode == ITEM.c.barcode)
    lent = and_(LOAN.c.owner == ITEM.c.owner, LOAN.c.barcode == ITEM.c.barcode, LOAN.c.returned_at.is_(None))
    held = and_(CUSTODY.c.owner == ITEM.c.owner, CUSTODY.c.barcode == ITEM.c.barcode)
    joined = (
        ITEM.join(RECORD, RECORD.c.id == ITEM.c.record)
        .outerjoin(MEMBER, MEMBER.c.record == ITEM.c.record)
        .outerjoin(RESERVATION, volume)
        .outerjoin(LOAN, lent)
        .outerjoin(CUSTODY, held)
    )
    return (
        select(
            ITEM.c.owner, ITEM.c.barcode, ITEM.c.node, ITEM.c.call_number, ITEM.c.shelf, ITEM.c.volume,
            ITEM.c.item_class, ITEM.c.status, ITEM.c.price_fen, MEMBER.c.cluster,
            RESERVATION.c.supply, LOAN.c.due_at, CUSTODY.c.place_kind, CUSTODY.c.place,
        )
        .select_from(joined)
        .where(RECORD.c.state == "live", ~ITEM.c.withdrawn)
        .order_by(ITEM.c.owner, ITEM.c.barcode)
    )  # fmt: skip


def _read(connection: Connection, found: Select[Any]) -> list[ItemState]:
    return [_state(row) for row in connection.execute(found)]


def _state(row: Any) -> ItemState:
    place_kind, place = row.place_kind or "", row.place or ""
    return ItemState(
        owner=row.owner,
        barcode=row.barcode,
        node=place if place_kind == "shelf" else row.node,
        call_number=row.call_number,
        shelf=row.shelf,
        volume=row.volume,
        item_class=row.item_class,
        stated_status=row.status,
        reserved=row.supply is not None,
        on_loan_until=row.due_at,
        place_kind=place_kind,
        place=place,
        home=row.node,
        cluster=row.cluster or "",
        price_fen=row.price_fen,
    )
