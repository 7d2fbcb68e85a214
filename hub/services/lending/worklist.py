"""Today's work of one desk: what to answer, pick, pack, hand out, expect and look into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.kernel.call_numbers import shelf_key
from hub.kernel.volumes import Volume
from hub.services.lending import showing
from hub.services.lending.context import Lending
from hub.storage import availability, cases, editions
from hub.storage import custody as custody_rows
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.lending import RequestRow, SupplyRow


def of_node(lending: Lending, node: str) -> dict[str, Any]:
    """The work that waits at a node. Nothing of it says who a reader is (P9)."""
    connection = lending.tx.connection
    picking = _supplies(lending, storage.supplies_at(connection, node, ["picking"]))
    return {
        "node": node,
        "node_name": lending.node_name(node),
        "at": showing.instant(lending.tx.now),
        "open": lending.network.calendars.is_open(node, lending.tx.now),
        "to_answer": _supplies(lending, storage.supplies_at(connection, node, ["asked"])),
        # In shelf order, so that one walk through the stacks picks them all.
        "to_pick": sorted(picking, key=lambda entry: (shelf_key(entry["call_number"]), entry["barcode"])),
        "to_pack": _to_pack(lending, node),
        "hold_shelf": _requests(lending, storage.requests_at(connection, node, ["ready"])),
        "expected": _requests(lending, storage.requests_at(connection, node, ["in_transit"])),
        "cases": [
            showing.case(case, lending.actor.language) for case in cases.open_cases(connection, [node])
        ],
    }


def _supplies(lending: Lending, supplies: Iterable[SupplyRow]) -> list[dict[str, Any]]:
    found = []
    for supply in supplies:
        request = storage.request(lending.tx.connection, supply.request)
        assert request is not None
        found.append(
            {
                **_volume(lending, Volume(supply.owner, supply.barcode)),
                "supply": supply.id,
                "state": supply.state,
                "for_node": request.pickup,
                "for_name": lending.node_name(request.pickup),
                "deadline_at": showing.instant(supply.deadline_at),
            }
        )
    return found


def _to_pack(lending: Lending, node: str) -> list[dict[str, Any]]:
    return [
        {
            **_volume(lending, Volume(slip.owner, slip.barcode)),
            "supply": slip.supply,
            "purpose": slip.purpose,
            "destination": slip.destination,
            "destination_name": lending.node_name(slip.destination),
        }
        for slip in custody_rows.waiting_at(lending.tx.connection, node)
    ]


def _requests(lending: Lending, requests: Iterable[RequestRow]) -> list[dict[str, Any]]:
    found = []
    for request in requests:
        supply = storage.current_supply(lending.tx.connection, request.id)
        if supply is None:
            continue
        found.append(
            {
                **_volume(lending, Volume(supply.owner, supply.barcode)),
                "request": request.id,
                "supply": supply.id,
                "since": showing.instant(request.entered_at),
                "promised_at": showing.instant(request.promised_at),
                "deadline_at": showing.instant(supply.deadline_at),
            }
        )
    return found


def _volume(lending: Lending, volume: Volume) -> dict[str, Any]:
    item = availability.item(lending.tx.connection, volume.owner, volume.barcode)
    return {
        "owner": volume.owner,
        "owner_name": lending.node_name(volume.owner),
        "barcode": volume.barcode,
        "title": _title(lending, item),
        "volume": item.volume if item else "",
        "call_number": item.call_number if item else "",
        "shelf": item.shelf if item else "",
    }


def _title(lending: Lending, item: ItemState | None) -> str:
    if item is None or not item.cluster:
        return ""
    found = editions.editions(lending.tx.connection, [item.cluster]).get(item.cluster)
    return found.title if found else ""
