"""From a scanned barcode to one volume: unique only within a library, so that two owners are asked about."""

from __future__ import annotations

from hub.errors import Conflict, NotFound
from hub.services.lending.context import Lending
from hub.storage import availability, editions
from hub.storage.availability import ItemState


def volume_scanned(lending: Lending, barcode: str, owner: str = "") -> ItemState:
    """The copy that was scanned.

    Raises:
        NotFound: no catalogue of the network states it.
        Conflict: several libraries have a volume with this barcode; the choices are in its values.
    """
    connection = lending.tx.connection
    if owner:
        node = lending.network.nodes.find(owner)
        found = availability.item(connection, node.system if node else owner, barcode)
        if found is None:
            raise NotFound("lending.unknown_barcode", field="barcode", barcode=barcode)
        return found
    copies = availability.items_with(connection, barcode)
    if not copies:
        raise NotFound("lending.unknown_barcode", field="barcode", barcode=barcode)
    if len(copies) > 1:
        raise Conflict(
            "lending.ambiguous_barcode",
            field="owner",
            barcode=barcode,
            libraries=", ".join(lending.node_name(copy.owner) for copy in copies),
            choices=_choices(lending, copies),
        )
    return copies[0]


def _choices(lending: Lending, copies: list[ItemState]) -> list[dict[str, str]]:
    found = editions.editions(lending.tx.connection, {copy.cluster for copy in copies})
    return [
        {
            "owner": copy.owner,
            "name": lending.node_name(copy.owner),
            "title": found[copy.cluster].title if copy.cluster in found else "",
            "call_number": copy.call_number,
        }
        for copy in copies
    ]
