"""Custody events (append-only), their fold, and the routing slip of each volume."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hub.kernel.volumes import Volume
from hub.storage import reindexing
from hub.storage.statements import upsert
from hub.storage.tables.columns import core
from hub.storage.tables.transport import Custody, CustodyEvent, RoutingSlip

EVENT, CUSTODY, SLIP = core(CustodyEvent), core(Custody), core(RoutingSlip)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One custody event as it stands in the database; ``id`` is 0 before it does."""

    owner: str
    barcode: str
    kind: str
    place_kind: str
    place: str
    node: str
    actor: str
    key: str
    happened_at: datetime
    recorded_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """Where a handled volume is."""

    owner: str
    barcode: str
    place_kind: str
    place: str
    node: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SlipRow:
    """Where a volume is to go next, and what for."""

    owner: str
    barcode: str
    destination: str
    purpose: str
    supply: str | None
    at: datetime


def append(connection: Connection, row: EventRow) -> bool:
    """Add an event; False when its key is known already and nothing was added."""
    if connection.execute(select(EVENT.c.id).where(EVENT.c.key == row.key)).first() is not None:
        return False
    values = asdict(row)
    del values["id"]
    connection.execute(insert(EVENT).values(values))
    return True


def events(connection: Connection, volume: Volume) -> list[EventRow]:
    """All events of a volume in the order in which they happened."""
    found = (
        select(EVENT)
        .where(EVENT.c.owner == volume.owner, EVENT.c.barcode == volume.barcode)
        .order_by(EVENT.c.happened_at, EVENT.c.recorded_at, EVENT.c.id)
    )
    return [EventRow(**row) for row in connection.execute(found).mappings()]


def put(connection: Connection, row: CustodyRow) -> None:
    """Store the fold of a volume's events."""
    upsert(connection, CUSTODY, [asdict(row)], ["owner", "barcode"])
    reindexing.volume_changed(connection, row.owner, row.barcode)


def of(connection: Connection, volume: Volume) -> CustodyRow | None:
    """Where a volume is; None when it was never handled."""
    found = select(CUSTODY).where(CUSTODY.c.owner == volume.owner, CUSTODY.c.barcode == volume.barcode)
    row = connection.execute(found).mappings().first()
    return CustodyRow(**row) if row else None


def with_barcode(connection: Connection, barcode: str) -> list[CustodyRow]:
    """Every handled volume with this barcode, whoever owns it."""
    found = select(CUSTODY).where(CUSTODY.c.barcode == barcode).order_by(CUSTODY.c.owner)
    return [CustodyRow(**row) for row in connection.execute(found).mappings()]


def under_way(
    connection: Connection, kinds: Collection[str], before: datetime | None = None
) -> list[CustodyRow]:
    """The volumes in places of these kinds, longest there first; with ``before``, only older ones."""
    found = select(CUSTODY).where(CUSTODY.c.place_kind.in_(kinds))
    if before is not None:
        found = found.where(CUSTODY.c.since < before)
    ordered = found.order_by(CUSTODY.c.since, CUSTODY.c.owner, CUSTODY.c.barcode)
    return [CustodyRow(**row) for row in connection.execute(ordered).mappings()]


def put_slip(connection: Connection, row: SlipRow) -> None:
    """Give a volume its routing slip, in place of the one it may have had."""
    upsert(connection, SLIP, [asdict(row)], ["owner", "barcode"])


def drop_slip(connection: Connection, volume: Volume) -> None:
    """Take a volume's routing slip away: it stays where it is."""
    connection.execute(delete(SLIP).where(SLIP.c.owner == volume.owner, SLIP.c.barcode == volume.barcode))


def slip(connection: Connection, volume: Volume) -> SlipRow | None:
    """A volume's routing slip; None when it stays where it is."""
    found = select(SLIP).where(SLIP.c.owner == volume.owner, SLIP.c.barcode == volume.barcode)
    row = connection.execute(found).mappings().first()
    return SlipRow(**row) if row else None


def waiting_at(connection: Connection, node: str) -> list[SlipRow]:
    """The slips of volumes that stand in a node and should go elsewhere, by destination."""
    here = (
        select(SLIP)
        .join(CUSTODY, (CUSTODY.c.owner == SLIP.c.owner) & (CUSTODY.c.barcode == SLIP.c.barcode))
        .where(
            CUSTODY.c.place == node, CUSTODY.c.place_kind.in_(("shelf", "node")), SLIP.c.destination != node
        )
        .order_by(SLIP.c.destination, SLIP.c.owner, SLIP.c.barcode)
    )
    return [SlipRow(**row) for row in connection.execute(here).mappings()]


def every_event(connection: Connection) -> list[EventRow]:
    """Every event of every volume, in the order in which they happened."""
    ordered = select(EVENT).order_by(EVENT.c.happened_at, EVENT.c.recorded_at, EVENT.c.id)
    return [EventRow(**row) for row in connection.execute(ordered).mappings()]


def every_place(connection: Connection) -> list[CustodyRow]:
    """Where every handled volume is."""
    return [CustodyRow(**row) for row in connection.execute(select(CUSTODY)).mappings()]
