"""Volumes in hand: where one belongs, where it stands, and what a scan of it records."""

from __future__ import annotations

from hub.kernel.volumes import Volume
from hub.services import custody
from hub.services.lending.context import Lending
from hub.storage import availability
from ill.transport.custody import CustodyEventKind, PlaceKind


def home_of(lending: Lending, volume: Volume) -> str:
    """The node whose shelf a volume belongs to; the owner itself where no catalogue states it any more."""
    item = availability.item(lending.tx.connection, volume.owner, volume.barcode)
    return item.home if item and item.home in lending.network.nodes else volume.owner


def shelve(lending: Lending, volume: Volume, node: str) -> None:
    """Put a volume on the shelf of a node; it goes nowhere from there by itself."""
    custody.clear_slip(lending.tx, volume)
    scan(lending, volume, CustodyEventKind.SHELVED, PlaceKind.SHELF, node, node)


def scan(
    lending: Lending,
    volume: Volume,
    kind: CustodyEventKind,
    place_kind: PlaceKind,
    place: str,
    node: str,
) -> None:
    """Record that a volume came into somebody's hands."""
    custody.record(
        lending.tx,
        volume,
        kind,
        place_kind,
        place,
        happened_at=lending.happened_at,
        actor=lending.actor.account,
        key=lending.tx.new_id("K"),
        node=node,
    )


def stands_at(lending: Lending, volume: Volume, node: str) -> bool:
    """Whether the volume stands at a node, or was never handled and so stands on its owner's shelf."""
    place = custody.where(lending.tx.connection, volume)
    return place is None or (place.kind in {PlaceKind.SHELF, PlaceKind.NODE} and place.place == node)
