"""What transport did, in numbers, for reports."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from hub.services.networks import Network
from hub.storage import custody as custody_rows
from hub.storage import transport
from ill.transport.custody import PlaceKind
from ill.transport.totes import ToteState
from ill.transport.trips import TripState

DRIVEN = (TripState.RUNNING.value, TripState.DONE.value)
CARRIED = (
    ToteState.LOADED.value,
    ToteState.UNLOADED.value,
    ToteState.OPENED.value,
    ToteState.RECONCILED.value,
    ToteState.LOST.value,
)


@dataclass(frozen=True, slots=True)
class TransportFigures:
    """Own vans are counted apart from couriers, whose kilometres are shared with others' parcels."""

    trips: int  #: rounds of own vehicles that ran
    kilometres: float  #: by own vehicles, estimated by road
    courier_trips: int
    courier_kilometres: float
    totes: int  #: totes that were sent
    volumes_moved: int  #: times a volume came out of a tote at the end of a ride
    in_transit: int  #: volumes in totes and vehicles now


def figures(connection: Connection, network: Network) -> TransportFigures:
    """The figures of everything so far."""
    driven = transport.trips_in(connection, DRIVEN)
    couriers = {route.code for route in network.timetable.routes if route.kind == "courier"}
    own = [trip for trip in driven if trip.route not in couriers]
    by_courier = [trip for trip in driven if trip.route in couriers]
    under_way = custody_rows.under_way(
        connection, (PlaceKind.TOTE.value, PlaceKind.VEHICLE.value, PlaceKind.COURIER.value)
    )
    return TransportFigures(
        trips=len(own),
        kilometres=round(sum(trip.metres for trip in own) / 1000, 1),
        courier_trips=len(by_courier),
        courier_kilometres=round(sum(trip.metres for trip in by_courier) / 1000, 1),
        totes=transport.count_totes(connection, CARRIED),
        volumes_moved=transport.count_moved(connection),
        in_transit=len(under_way),
    )
