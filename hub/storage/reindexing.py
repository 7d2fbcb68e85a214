"""What the index must hear of when a volume becomes available or ceases to be: its edition."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from hub.storage import outbox
from hub.storage.tables.catalogue import Item
from hub.storage.tables.clusters import ClusterMember
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Reservation

ITEM, MEMBER, RESERVATION = core(Item), core(ClusterMember), core(Reservation)
TOPIC = "index"


def volume_changed(connection: Connection, owner: str, barcode: str) -> None:
    """The volume was reserved, released, lent, returned or moved."""
    joined = MEMBER.join(ITEM, ITEM.c.record == MEMBER.c.record)
    edition = select(MEMBER.c.cluster).select_from(joined)
    outbox.put_found(
        connection, TOPIC, edition.where(ITEM.c.owner == owner, ITEM.c.barcode == barcode, ~ITEM.c.withdrawn)
    )


def reservation_changes(connection: Connection, supply: str) -> None:
    """The volume that is set aside for this supply is about to be another, or none."""
    held = and_(RESERVATION.c.owner == ITEM.c.owner, RESERVATION.c.barcode == ITEM.c.barcode)
    joined = MEMBER.join(ITEM, ITEM.c.record == MEMBER.c.record).join(RESERVATION, held)
    edition = select(MEMBER.c.cluster).select_from(joined).where(RESERVATION.c.supply == supply)
    outbox.put_found(connection, TOPIC, edition)
