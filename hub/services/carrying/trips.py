"""Trips: each run of the timetable made a trip once, whoever asks first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.errors import NotFound
from hub.services.carrying.handling import Carrying
from hub.services.context import Transaction
from hub.services.networks import Network
from hub.storage import transport
from hub.storage.transport import StopRow, TripRow
from ill.transport.timetable import Run, runs_on
from ill.transport.trips import TripState

DAYS_AHEAD = 1


def ensure(tx: Transaction) -> int:
    """Make the trips of today and tomorrow from the timetable; how many were new."""
    today = tx.network.calendars.local_day(tx.now)
    return sum(ensure_day(tx, today + timedelta(days=offset)) for offset in range(DAYS_AHEAD + 1))


def ensure_day(tx: Transaction, day: date) -> int:
    """Make a day's trips; those that exist stay as they are. How many were new."""
    existing = {trip.id for trip in transport.trips_between(tx.connection, day, day)}
    new = [
        run for run in runs_on(tx.network.timetable, tx.network.calendars, day) if run.code not in existing
    ]
    for run in new:
        transport.add_trip(tx.connection, *rows_of(tx.network, run))
    return len(new)


def rows_of(network: Network, run: Run) -> tuple[TripRow, list[StopRow]]:
    """The rows of a trip not yet driven."""
    departure = run.calls[0].at.astimezone(ZoneInfo(network.timetable.zone))
    metres = round(run.kilometres * 1000)
    trip = TripRow(
        run.code,
        run.route.code,
        run.day,
        f"{departure:%H:%M}",
        TripState.PLANNED.value,
        run.route.vehicle,
        metres,
    )
    return trip, [StopRow(run.code, place, call.node, call.at) for place, call in enumerate(run.calls)]


def planned_run(network: Network, trip_id: str) -> Run | None:
    """The run that a trip's id stands for, from the timetable; None when none does."""
    code, _, day_text = trip_id.rpartition("-")
    try:
        day = datetime.strptime(day_text, "%Y%m%d").replace(tzinfo=ZoneInfo(network.timetable.zone)).date()
    except ValueError:
        return None
    found = (run for run in runs_on(network.timetable, network.calendars, day) if run.route.code == code)
    return next(found, None)


def stored_trip(carrying: Carrying, trip_id: str) -> TripRow:
    """The trip, made from the timetable now if nobody made it before.

    Raises:
        NotFound: the timetable has no such trip.
    """
    wanted = trip_id.strip().upper()
    found = transport.trip(carrying.tx.connection, wanted)
    if found is None:
        run = planned_run(carrying.network, wanted)
        if run is None:
            raise NotFound("carrying.no_trip", field="trip", trip=trip_id)
        found, calls = rows_of(carrying.network, run)
        transport.add_trip(carrying.tx.connection, found, calls)
    return found
