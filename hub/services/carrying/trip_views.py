"""What can be asked about trips."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.services.carrying.trips import planned_run, rows_of
from hub.services.carrying.views import history_view, node_name
from hub.services.context import Hub, Principal
from hub.services.networks import Network
from hub.services.operations import Input
from hub.storage import transport
from hub.storage.transport import StopRow, ToteRow, TripRow
from ill.transport.timetable import runs_on
from ill.transport.totes import ToteState
from ill.transport.trips import ENDS, TripState

LATE = timedelta(minutes=15)
LONGEST_RUN_DAYS = 3
Planned = tuple[TripRow, list[StopRow]]


class TripsQuery(Input):
    """The trips of a day (today by default), all or those that call at a node."""

    day: date | None = None
    node: str = ""


class TripQuery(Input):
    """One trip."""

    trip: str


async def trips_today(hub: Hub, principal: Principal, query: TripsQuery) -> dict[str, Any]:
    """The trips of a day, and those of days before that are still under way."""
    network, now = hub.network(), hub.clock.now()
    day = query.day or network.calendars.local_day(now)

    def ask(connection: Connection) -> list[dict[str, Any]]:
        found = [
            (trip, calls)
            for trip, calls in trips_on(connection, network, day)
            if not query.node or query.node in {call.node for call in calls}
        ]
        return [
            trip_view(connection, network, (trip, calls), principal.language, now) for trip, calls in found
        ]

    return {"day": day.isoformat(), "trips": await hub.store.read(ask)}


async def show_trip(hub: Hub, principal: Principal, query: TripQuery) -> dict[str, Any]:
    """One trip with its stops, totes and history."""
    network, now = hub.network(), hub.clock.now()

    def ask(connection: Connection) -> dict[str, Any]:
        trip = transport.trip(connection, query.trip.upper())
        run = planned_run(network, query.trip.upper())
        if trip is not None:
            calls = transport.stops(connection, [trip.id])[trip.id]
        elif run is not None:
            trip, calls = rows_of(network, run)
        else:
            raise NotFound("carrying.no_trip", field="trip", trip=query.trip)
        view = trip_view(connection, network, (trip, calls), principal.language, now)
        return view | {"history": history_view(connection, "trip", trip.id)}

    return await hub.store.read(ask)


def trips_on(connection: Connection, network: Network, day: date) -> list[Planned]:
    """A day's trips as stored, or as planned where nobody made them yet, and older ones still under way."""
    stored = transport.trips_between(connection, day - timedelta(days=LONGEST_RUN_DAYS), day)
    current = [trip for trip in stored if trip.day == day or trip.state == TripState.RUNNING]
    calls = transport.stops(connection, [trip.id for trip in current])
    known = {trip.id for trip in current}
    planned = [
        rows_of(network, run)
        for run in runs_on(network.timetable, network.calendars, day)
        if run.code not in known
    ]
    found = [(trip, calls[trip.id]) for trip in current] + planned
    return sorted(found, key=lambda entry: (entry[1][0].planned_at, entry[0].id))


def trip_view(
    connection: Connection, network: Network, planned: Planned, language: str, now: datetime
) -> dict[str, Any]:
    """A trip with what goes on and off at each stop."""
    trip, calls = planned
    route = network.timetable.route(trip.route)
    aboard = transport.totes(connection, [ToteState.LOADED.value], trip=trip.id)
    waiting = transport.totes(connection, [ToteState.SEALED.value])
    return {
        "trip": trip.id,
        "route": trip.route,
        "name": route.name(language) if route else trip.route,
        "kind": route.kind if route else "",
        "vehicle": trip.vehicle,
        "day": trip.day.isoformat(),
        "departure": trip.departure,
        "state": trip.state,
        "late": is_late(trip, calls, now),
        "kilometres": round(trip.metres / 1000, 1),
        "totes": [tote.id for tote in aboard],
        "stops": [_stop_view(network, call, calls, aboard, waiting, language) for call in calls],
    }


def is_late(trip: TripRow, calls: list[StopRow], now: datetime) -> bool:
    """Whether a trip should have reached a stop that nobody has scanned it at."""
    missed = any(call.arrived_at is None and call.planned_at + LATE < now for call in calls)
    return missed and TripState(trip.state) not in ENDS


def _stop_view(
    network: Network,
    call: StopRow,
    calls: list[StopRow],
    aboard: list[ToteRow],
    waiting: list[ToteRow],
    language: str,
) -> dict[str, Any]:
    later = {other.node for other in calls if other.position > call.position} - {call.node}
    return {
        "stop": call.position,
        "node": call.node,
        "name": node_name(network, call.node, language),
        "planned_at": call.planned_at.isoformat(),
        "arrived_at": call.arrived_at.isoformat() if call.arrived_at else None,
        "unload": [tote.id for tote in aboard if tote.destination == call.node and call.position > 0],
        "load": [tote.id for tote in waiting if tote.origin == call.node and tote.destination in later],
    }
