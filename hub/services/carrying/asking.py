"""What can be asked about totes and volumes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.kernel.volumes import Volume
from hub.services.carrying.scanning import clean
from hub.services.carrying.views import (
    content_view,
    history_view,
    node_name,
    slip_view,
    tote_view,
    tote_views,
)
from hub.services.context import Hub, Principal
from hub.services.operations import Input
from hub.storage import availability, editions, transport
from hub.storage import custody as custody_rows
from ill.transport.totes import ToteState


class ToteQuery(Input):
    """One tote."""

    tote: str


class TotesQuery(Input):
    """The totes of a node; by default of where the account stands."""

    node: str = ""


class VolumeQuery(Input):
    """One volume."""

    owner: str
    barcode: str


async def show_tote(hub: Hub, principal: Principal, query: ToteQuery) -> dict[str, Any]:
    """One tote with its manifest and history."""
    network = hub.network()

    def ask(connection: Connection) -> dict[str, Any]:
        tote = transport.tote(connection, query.tote.upper())
        if tote is None:
            raise NotFound("carrying.no_tote", field="tote", tote=query.tote)
        contents = transport.contents(connection, tote.id)
        return tote_view(network, tote, len(contents), principal.language) | {
            "contents": _titled(connection, [content_view(row) for row in contents]),
            "history": history_view(connection, "tote", tote.id),
        }

    return await hub.store.read(ask)


async def totes_here(hub: Hub, principal: Principal, query: TotesQuery) -> dict[str, Any]:
    """The totes of a node by what is to be done with them, and the volumes still to be packed there."""
    network, node = hub.network(), query.node or principal.node
    groups = {
        "open": ([ToteState.OPEN], "origin"),
        "to_load": ([ToteState.SEALED], "origin"),
        "coming": ([ToteState.LOADED], "destination"),
        "to_open": ([ToteState.UNLOADED, ToteState.OPENED], "destination"),
    }

    def ask(connection: Connection) -> dict[str, Any]:
        answer: dict[str, Any] = {"node": node, "node_name": node_name(network, node, principal.language)}
        for name, (states, side) in groups.items():
            found = transport.totes(connection, states, **{side: node})
            answer[name] = tote_views(connection, network, found, principal.language)
        answer["to_pack"] = [
            slip_view(network, slip, principal.language) for slip in custody_rows.waiting_at(connection, node)
        ]
        return answer

    return await hub.store.read(ask)


async def volume_history(hub: Hub, principal: Principal, query: VolumeQuery) -> dict[str, Any]:
    """Where a volume is, where it is to go, and everything the hub saw of it; never who reads it."""
    network = hub.network()
    volume = Volume(query.owner, clean(query.barcode))

    def ask(connection: Connection) -> dict[str, Any]:
        item = availability.item(connection, volume.owner, volume.barcode)
        events = custody_rows.events(connection, volume)
        if item is None and not events:
            raise NotFound("carrying.unknown_barcode", field="barcode", barcode=volume.barcode)
        custody, slip = custody_rows.of(connection, volume), custody_rows.slip(connection, volume)
        return {
            "owner": volume.owner,
            "owner_name": node_name(network, volume.owner, principal.language),
            "barcode": volume.barcode,
            "home": item.home if item else volume.owner,
            "call_number": item.call_number if item else "",
            "edition": item.cluster if item else "",
            "title": _title(connection, item.cluster) if item else "",
            "handled": custody is not None,
            "place_kind": custody.place_kind if custody else "shelf",
            "place": _place(custody.place_kind, custody.place) if custody else (item.home if item else ""),
            "since": custody.since.isoformat() if custody else None,
            "slip": slip_view(network, slip, principal.language) if slip else None,
            "events": [
                {
                    "event": event.kind,
                    "place_kind": event.place_kind,
                    "place": _place(event.place_kind, event.place),
                    "node": event.node,
                    "node_name": node_name(network, event.node, principal.language) if event.node else "",
                    "happened_at": event.happened_at.isoformat(),
                    "recorded_at": event.recorded_at.isoformat(),
                }
                for event in events
            ],
        }

    return await hub.store.read(ask)


def _titled(connection: Connection, volumes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same volumes with the titles that catalogues give them; "" where none does."""
    items = [availability.item(connection, one["owner"], one["barcode"]) for one in volumes]
    found = editions.editions(connection, {item.cluster for item in items if item})
    return [
        one | {"title": found[item.cluster].title if item and item.cluster in found else ""}
        for one, item in zip(volumes, items, strict=True)
    ]


def _title(connection: Connection, cluster: str) -> str:
    found = editions.editions(connection, [cluster]).get(cluster)
    return found.title if found else ""


def _place(kind: str, place: str) -> str:
    """A place as staff may see it: that a reader has it, never which loan (P9)."""
    return "" if kind == "reader" else place
