"""The coordinator's transport board: what is under way, what is late, and which van rounds would do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from hub.kernel.volumes import Volume
from hub.services.carrying.figures import TransportFigures, figures
from hub.services.carrying.trip_views import is_late, trip_view, trips_on
from hub.services.carrying.views import node_name, tote_views
from hub.services.context import Hub, Principal
from hub.services.networks import Network
from hub.services.operations import Input, NoInput
from hub.storage import custody as custody_rows
from hub.storage import transport
from hub.storage.custody import CustodyRow
from ill.transport.custody import PlaceKind
from ill.transport.planning import savings_rounds
from ill.transport.totes import UNDER_WAY, ToteState

IN_TRANSIT = (PlaceKind.TOTE.value, PlaceKind.VEHICLE.value, PlaceKind.COURIER.value)
TOTE_OUT_DAYS = 2
VAN_TOTES = 40
ROAD_FACTOR = 1.3  #: by road as against the great circle


class BoardQuery(Input):
    """How many days a volume may be under way before it is listed."""

    days: int = Field(3, ge=0, le=365)


async def board(hub: Hub, principal: Principal, query: BoardQuery) -> dict[str, Any]:
    """Everything under way now."""
    network, now = hub.network(), hub.clock.now()
    today = network.calendars.local_day(now)
    language = principal.language

    def ask(connection: Connection) -> dict[str, Any]:
        planned = trips_on(connection, network, today)
        live = transport.totes(connection, [ToteState.OPEN, ToteState.OPENED, ToteState.LOST, *UNDER_WAY])
        out_long = [
            tote
            for tote in live
            if tote.state in UNDER_WAY and tote.changed_at < now - timedelta(days=TOTE_OUT_DAYS)
        ]
        overdue = custody_rows.under_way(connection, IN_TRANSIT, now - timedelta(days=query.days))
        return {
            "day": today.isoformat(),
            "trips": [trip_view(connection, network, entry, language, now) for entry in planned],
            "late_trips": [trip.id for trip, calls in planned if is_late(trip, calls, now)],
            "totes": dict(Counter(tote.state for tote in live)),
            "totes_out_long": tote_views(connection, network, out_long, language),
            "volumes_in_transit": len(custody_rows.under_way(connection, IN_TRANSIT)),
            "volumes_unknown": [
                _volume(connection, network, row, language)
                for row in custody_rows.under_way(connection, [PlaceKind.UNKNOWN.value])
            ],
            "volumes_late": [_volume(connection, network, row, language) for row in overdue],
            "figures": figures_view(figures(connection, network)),
        }

    return await hub.store.read(ask)


async def plan(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """Van rounds over only those nodes that have something to collect or to be brought now."""
    network = hub.network()

    def ask(connection: Connection) -> dict[str, Any]:
        live = transport.totes(connection, [ToteState.OPEN.value, ToteState.SEALED.value])
        loads = Counter(
            node for tote in live for node in (tote.origin, tote.destination) if node != network.sorting_hub
        )
        rounds = savings_rounds(
            network.sorting_hub,
            {node: min(load, VAN_TOTES) for node, load in loads.items()},
            lambda first, second: network.nodes.kilometres(first, second) * ROAD_FACTOR,
            capacity=VAN_TOTES,
        )
        return {
            "rounds": [
                {
                    "stops": list(found.stops),
                    "names": [node_name(network, stop, principal.language) for stop in found.stops],
                    "totes": found.load,
                    "kilometres": round(found.kilometres, 1),
                }
                for found in rounds
            ],
            "kilometres": round(sum(found.kilometres for found in rounds), 1),
        }

    return await hub.store.read(ask)


def figures_view(found: TransportFigures) -> dict[str, Any]:
    """The figures as the API and reports show them."""
    return {
        "trips": found.trips,
        "kilometres": found.kilometres,
        "courier_trips": found.courier_trips,
        "courier_kilometres": found.courier_kilometres,
        "totes": found.totes,
        "volumes_moved": found.volumes_moved,
        "in_transit": found.in_transit,
    }


def _volume(connection: Connection, network: Network, row: CustodyRow, language: str) -> dict[str, Any]:
    slip = custody_rows.slip(connection, Volume(row.owner, row.barcode))
    return {
        "owner": row.owner,
        "barcode": row.barcode,
        "place_kind": row.place_kind,
        "place": row.place,
        "since": row.since.isoformat(),
        "last_node": row.node,
        "last_node_name": node_name(network, row.node, language) if row.node else "",
        "destination": slip.destination if slip else None,
    }
