"""Driving trips: totes onto the vehicle, from stop to stop, totes off it, and the end of the round."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.errors import Conflict, NotFound
from hub.services.carrying.handling import Carrying, ScanCommand
from hub.services.carrying.trips import stored_trip
from hub.services.context import Principal, Role, Transaction
from hub.services.lending import volumes as lending
from hub.storage import transport
from hub.storage.transport import ToteRow, TripRow
from ill.transport import trips
from ill.transport.custody import CustodyEventKind, PlaceKind
from ill.transport.timetable import Route
from ill.transport.totes import ToteEvent, ToteState
from ill.transport.trips import TripEvent, TripState

OFF_THE_VEHICLE = frozenset({ToteState.UNLOADED, ToteState.OPENED, ToteState.RECONCILED})


class TripInput(ScanCommand):
    """One trip."""

    trip: str


class TripToteInput(TripInput):
    """A tote scanned at a vehicle."""

    tote: str


class ArriveInput(TripInput):
    """A stop of a trip by its position, the first being 0."""

    stop: int = Field(ge=0, le=500)


class CancelInput(TripInput):
    """A trip and why it will not run."""

    reason: str = Field(min_length=1, max_length=200)


def load(tx: Transaction, principal: Principal, command: TripToteInput) -> dict[str, Any]:
    """Load a sealed tote onto a trip that goes from where it stands to where it should be.

    Raises:
        NotFound: no such trip or tote.
        Conflict: the trip does not go there (the message names those that do), is full or over, or the tote
            is not sealed.
    """
    carrying = Carrying.begin(tx, principal, command)
    trip = stored_trip(carrying, command.trip)
    tote = carrying.tote(command.tote)
    if tote.state == ToteState.LOADED and tote.trip == trip.id:
        return _tote_answer(carrying, trip, tote, "already_loaded")
    _check_way(carrying, trip, tote)
    _check_room(carrying, trip)
    _advance(carrying, trip, TripEvent.LOAD, tote=tote.id)
    carrying.advance(tote, ToteEvent.LOAD, trip=trip.id)
    kind = PlaceKind.COURIER if _is_courier(carrying, trip) else PlaceKind.VEHICLE
    for row in transport.contents(tx.connection, tote.id):
        carrying.move(row.volume, CustodyEventKind.LOADED, kind, trip.id, tote.origin)
        lending.departed(tx, row.volume, tote.origin, actor=principal, happened_at=carrying.happened_at)
    return _tote_answer(carrying, trip, tote, "loaded")


def unload(tx: Transaction, principal: Principal, command: TripToteInput) -> dict[str, Any]:
    """Unload a tote where it should go. Without a node: where the staff stand, or the trip called last.

    Raises:
        NotFound: no such trip or tote.
        Conflict: this is not its destination (the message names it), or it is not on this trip.
    """
    carrying = Carrying.begin(tx, principal, command)
    trip = stored_trip(carrying, command.trip)
    tote = carrying.tote(command.tote)
    node = command.node or _standing_at(carrying, trip) or tote.destination
    if tote.trip == trip.id and tote.state in OFF_THE_VEHICLE:
        return _tote_answer(carrying, trip, tote, "already_unloaded")
    if tote.trip != trip.id:
        raise Conflict("carrying.not_on_trip", field="tote", tote=tote.id, trip=trip.id)
    if node != tote.destination:
        raise Conflict(
            "carrying.wrong_stop",
            field="node",
            tote=tote.id,
            node=carrying.name(node),
            destination=carrying.name(tote.destination),
        )
    carrying.advance(tote, ToteEvent.UNLOAD)
    _advance(carrying, trip, TripEvent.UNLOAD, tote=tote.id)
    for row in transport.contents(tx.connection, tote.id):
        carrying.move(row.volume, CustodyEventKind.UNLOADED, PlaceKind.TOTE, tote.id, node)
    _finish_when_over(carrying, trip.id)
    return _tote_answer(carrying, trip, tote, "unloaded")


def arrive(tx: Transaction, principal: Principal, command: ArriveInput) -> dict[str, Any]:
    """Note that a trip reached one of its stops; what is to come off and what waits to go on there.

    Raises:
        NotFound: no such trip or stop.
        Conflict: the trip was cancelled.
    """
    carrying = Carrying.begin(tx, principal, command)
    trip = stored_trip(carrying, command.trip)
    calls = transport.stops(tx.connection, [trip.id])[trip.id]
    if command.stop >= len(calls):
        raise NotFound("carrying.no_stop", field="stop", trip=trip.id, last=len(calls) - 1)
    call = calls[command.stop]
    if call.arrived_at is None:
        _advance(carrying, trip, TripEvent.CALL, stop=command.stop, at=call.node)
        transport.call_at(tx.connection, trip.id, command.stop, carrying.happened_at)
        _finish_when_over(carrying, trip.id)
    later = {stop.node for stop in calls[command.stop + 1 :]}
    waiting = transport.totes(tx.connection, [ToteState.SEALED.value], origin=call.node)
    aboard = transport.totes(tx.connection, [ToteState.LOADED.value], trip=trip.id, destination=call.node)
    return {
        "trip": trip.id,
        "stop": command.stop,
        "node": call.node,
        "node_name": carrying.name(call.node),
        "arrived_at": (call.arrived_at or carrying.happened_at).isoformat(),
        "unload": [tote.id for tote in aboard],
        "load": [tote.id for tote in waiting if tote.destination in later],
    }


def finish(tx: Transaction, principal: Principal, command: TripInput) -> dict[str, Any]:
    """End a round; a tote still aboard has a case opened.

    Raises:
        NotFound: no such trip.
        Conflict: the trip never ran, or is over.
    """
    carrying = Carrying.begin(tx, principal, command)
    trip = stored_trip(carrying, command.trip)
    state = _advance(carrying, trip, TripEvent.FINISH)
    return {"trip": trip.id, "state": state.value, "left_aboard": _left_aboard(carrying, trip)}


def cancel(tx: Transaction, principal: Principal, command: CancelInput) -> dict[str, Any]:
    """Cancel a trip; totes already aboard have a case each.

    Raises:
        NotFound: no such trip.
        Conflict: the trip is over.
    """
    carrying = Carrying.begin(tx, principal, command)
    trip = stored_trip(carrying, command.trip)
    state = _advance(carrying, trip, TripEvent.CANCEL, reason=command.reason)
    return {"trip": trip.id, "state": state.value, "left_aboard": _left_aboard(carrying, trip)}


def _standing_at(carrying: Carrying, trip: TripRow) -> str:
    """Where it is scanned: staff at their own node, a driver where the trip called last; else ""."""
    if carrying.actor.role is Role.STAFF:
        return carrying.actor.node
    calls = transport.stops(carrying.tx.connection, [trip.id])[trip.id]
    return next((call.node for call in reversed(calls) if call.arrived_at is not None), "")


def _route(carrying: Carrying, trip: TripRow) -> Route | None:
    return carrying.network.timetable.route(trip.route)


def _is_courier(carrying: Carrying, trip: TripRow) -> bool:
    route = _route(carrying, trip)
    return route is not None and route.kind == "courier"


def _advance(carrying: Carrying, trip: TripRow, event: TripEvent, **details: object) -> TripState:
    state = trips.advance(TripState(trip.state), event)
    if state is None:
        raise Conflict(
            "carrying.trip_state", field="trip", trip=trip.id, state=carrying.say(f"trip_{trip.state}")
        )
    transport.change_trip(carrying.tx.connection, trip.id, state=state.value)
    carrying.note("trip", trip.id, event.value, state.value, **details)
    return state


def _check_way(carrying: Carrying, trip: TripRow, tote: ToteRow) -> None:
    nodes = [stop.node for stop in transport.stops(carrying.tx.connection, [trip.id])[trip.id]]
    if tote.origin in nodes and tote.destination in nodes[nodes.index(tote.origin) + 1 :]:
        return
    routes = carrying.network.timetable.direct(tote.origin, tote.destination)
    raise Conflict(
        "carrying.wrong_trip",
        field="trip",
        trip=trip.id,
        tote=tote.id,
        origin=carrying.name(tote.origin),
        destination=carrying.name(tote.destination),
        routes=", ".join(route.code for route in routes),
    )


def _check_room(carrying: Carrying, trip: TripRow) -> None:
    route = _route(carrying, trip)
    aboard = transport.totes(carrying.tx.connection, [ToteState.LOADED.value], trip=trip.id)
    if route is not None and len(aboard) >= route.totes:
        raise Conflict("carrying.trip_full", field="trip", trip=trip.id, totes=route.totes)


def _finish_when_over(carrying: Carrying, trip_id: str) -> None:
    """End a trip that reached its last stop with nothing left aboard."""
    trip = transport.trip(carrying.tx.connection, trip_id)
    assert trip is not None
    last = transport.stops(carrying.tx.connection, [trip_id])[trip_id][-1]
    aboard = transport.totes(carrying.tx.connection, [ToteState.LOADED.value], trip=trip_id)
    if trip.state == TripState.RUNNING and last.arrived_at is not None and not aboard:
        _advance(carrying, trip, TripEvent.FINISH)


def _left_aboard(carrying: Carrying, trip: TripRow) -> list[str]:
    aboard = transport.totes(carrying.tx.connection, [ToteState.LOADED.value], trip=trip.id)
    for tote in aboard:
        carrying.open_case("tote_left_aboard", "tote", tote.id, tote.destination, trip=trip.id)
    return [tote.id for tote in aboard]


def _tote_answer(carrying: Carrying, trip: TripRow, tote: ToteRow, verdict: str) -> dict[str, Any]:
    values = {"tote": tote.id, "destination": carrying.name(tote.destination)}
    return {
        "verdict": verdict,
        "trip": trip.id,
        **values,
        "destination": tote.destination,
        "destination_name": carrying.name(tote.destination),
        "message": carrying.say(verdict, **values),
    }
