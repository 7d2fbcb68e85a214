"""Totes and volumes as the API shows them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.kernel.volumes import Volume
from hub.services.networks import Network
from hub.storage import history, transport
from hub.storage.custody import SlipRow
from hub.storage.transport import ContentRow, ToteRow


def node_name(network: Network, code: str, language: str) -> str:
    """A node's name; its code when the network lost it."""
    return network.nodes[code].name(language) if code in network.nodes else code


def volume_view(volume: Volume) -> dict[str, str]:
    """A volume by its key."""
    return {"owner": volume.owner, "barcode": volume.barcode}


def content_view(row: ContentRow) -> dict[str, Any]:
    """A volume of a tote and what became of it."""
    return {
        **volume_view(row.volume),
        "packed_at": row.packed_at.isoformat(),
        "unpacked_at": row.unpacked_at.isoformat() if row.unpacked_at else None,
        "discrepancy": row.discrepancy,
    }


def tote_view(network: Network, tote: ToteRow, size: int, language: str) -> dict[str, Any]:
    """A tote without its contents."""
    return {
        "tote": tote.id,
        "origin": tote.origin,
        "origin_name": node_name(network, tote.origin, language),
        "destination": tote.destination,
        "destination_name": node_name(network, tote.destination, language),
        "state": tote.state,
        "seal": tote.seal,
        "trip": tote.trip,
        "volumes": size,
        "changed_at": tote.changed_at.isoformat(),
    }


def tote_views(
    connection: Connection, network: Network, totes: list[ToteRow], language: str
) -> list[dict[str, Any]]:
    """Several totes with how many volumes each holds."""
    sizes = transport.sizes(connection, [tote.id for tote in totes])
    return [tote_view(network, tote, sizes.get(tote.id, 0), language) for tote in totes]


def slip_view(network: Network, slip: SlipRow, language: str) -> dict[str, Any]:
    """A volume with where it is to go."""
    return {
        "owner": slip.owner,
        "barcode": slip.barcode,
        "destination": slip.destination,
        "destination_name": node_name(network, slip.destination, language),
        "purpose": slip.purpose,
    }


def history_view(connection: Connection, kind: str, subject: str) -> list[dict[str, Any]]:
    """What happened to a tote or trip."""
    return [
        {
            "event": row.event,
            "state": row.state,
            "node": row.node,
            "actor": row.actor,
            "details": dict(row.details),
            "happened_at": row.happened_at.isoformat(),
        }
        for row in history.of(connection, [(kind, subject)])
    ]
