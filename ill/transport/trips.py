"""The life of a trip, one run of a route on one day. What the table does not hold is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class TripState(StrEnum):
    """Where a trip stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class TripEvent(StrEnum):
    """What can happen to a trip."""

    LOAD = "load"  #: a tote goes on
    CALL = "call"  #: it reached a stop
    UNLOAD = "unload"  #: a tote comes off
    FINISH = "finish"  #: the round is over
    CANCEL = "cancel"  #: it will not run, or broke down


TABLE: Mapping[tuple[TripState, TripEvent], TripState] = {
    (TripState.PLANNED, TripEvent.LOAD): TripState.RUNNING,
    (TripState.PLANNED, TripEvent.CALL): TripState.RUNNING,
    (TripState.PLANNED, TripEvent.CANCEL): TripState.CANCELLED,
    (TripState.RUNNING, TripEvent.LOAD): TripState.RUNNING,
    (TripState.RUNNING, TripEvent.CALL): TripState.RUNNING,
    (TripState.RUNNING, TripEvent.UNLOAD): TripState.RUNNING,
    (TripState.RUNNING, TripEvent.FINISH): TripState.DONE,
    (TripState.RUNNING, TripEvent.CANCEL): TripState.CANCELLED,
    # A driver's device that was offline sends the last scans after the round is over.
    (TripState.DONE, TripEvent.CALL): TripState.DONE,
    (TripState.DONE, TripEvent.UNLOAD): TripState.DONE,
    (TripState.CANCELLED, TripEvent.UNLOAD): TripState.CANCELLED,
}

ENDS = frozenset({TripState.DONE, TripState.CANCELLED})


def advance(state: TripState, event: TripEvent) -> TripState | None:
    """The state after the event; None when the event cannot happen in this state."""
    return TABLE.get((state, event))
