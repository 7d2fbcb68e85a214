"""From what a scanner sent to a volume: cleaned, and told apart where several libraries use one barcode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from hub.errors import Conflict, NotFound
from hub.kernel.volumes import Volume
from hub.services.carrying.handling import Carrying
from hub.storage import availability
from hub.storage import custody as custody_rows

DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")


def clean(scanned: str) -> str:
    """A barcode as catalogues write it: half-width, plain hyphens, upper case, no control characters."""
    plain = unicodedata.normalize("NFKC", scanned).translate(DASHES)
    return "".join(sign for sign in plain if sign.isprintable()).strip().upper()


def volume_scanned(
    carrying: Carrying, scanned: str, owner: str = "", expected: Iterable[Volume] = ()
) -> Volume:
    """The volume that was scanned; one of ``expected``, or one that stands here, before any other.

    Raises:
        NotFound: no catalogue states it and the hub never handled it.
        Conflict: several libraries have a volume with this barcode, and nothing tells which is meant.
    """
    barcode = clean(scanned)
    candidates = _candidates(carrying, barcode, owner)
    likely = [volume for volume in expected if volume in candidates]
    likely = likely or [volume for volume in candidates if _stands_here(carrying, volume)]
    chosen = likely if len(likely) == 1 else candidates
    if not chosen:
        raise NotFound("carrying.unknown_barcode", field="barcode", barcode=barcode)
    if len(chosen) > 1:
        libraries = ", ".join(f"{carrying.name(volume.owner)} ({volume.owner})" for volume in chosen)
        raise Conflict(
            "carrying.ambiguous_barcode",
            field="owner",
            barcode=barcode,
            libraries=libraries,
            choices=[{"owner": volume.owner, "name": carrying.name(volume.owner)} for volume in chosen],
        )
    return chosen[0]


def _candidates(carrying: Carrying, barcode: str, owner: str) -> list[Volume]:
    connection = carrying.tx.connection
    node = carrying.network.nodes.find(owner) if owner else None
    owning = node.system if node else owner
    stated = {Volume(item.owner, item.barcode) for item in availability.items_with(connection, barcode)}
    # A volume withdrawn from its catalogue while under way is still a volume.
    handled = {Volume(row.owner, row.barcode) for row in custody_rows.with_barcode(connection, barcode)}
    return sorted(volume for volume in stated | handled if not owner or volume.owner == owning)


def _stands_here(carrying: Carrying, volume: Volume) -> bool:
    place = custody_rows.of(carrying.tx.connection, volume)
    if place is not None:
        return place.node == carrying.node and place.place_kind in {"shelf", "node", "tote"}
    item = availability.item(carrying.tx.connection, volume.owner, volume.barcode)
    return item is not None and item.home == carrying.node
