"""Earliest arrival by timetable: how a volume gets from one node to another, and when.

A time-dependent shortest path. A volume changes vehicles only at the sorting hub, so that the earlier of two
ways is the earliest of all: one ride, or the first ride to the hub and, once sorted, the best one from there.

Owns: journeys, and the table of all pairs that the rota asks. Pure; the table remembers what it worked out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hub.kernel.calendars import Calendars
from ill.transport.timetable import Run, Timetable, runs_on

HORIZON_DAYS = 21  #: the longest holiday with the slowest courier on both sides of it stays inside
LONGEST_RUN_DAYS = 3
REMEMBERED = 200_000  #: journeys, some weeks of a large network; then the table starts afresh


@dataclass(frozen=True, slots=True)
class Leg:
    """One ride: from boarding at ``origin`` until leaving the vehicle at ``destination``."""

    route: str
    trip: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """How a volume travels. No legs: it is already there."""

    arrives_at: datetime
    legs: tuple[Leg, ...] = ()
    kilometres: float = 0.0


class _Boarding(NamedTuple):
    """A call at which a volume can go on a vehicle, and until when it must be sealed for that."""

    cut_off: datetime
    departs_at: datetime
    trip: str  # tells boardings of one instant apart, so that they have one order everywhere
    position: int
    run: Run


class _Ride(NamedTuple):
    """Boarding a vehicle and leaving it at a later call."""

    boarding: _Boarding
    left_at: int

    @property
    def arrives_at(self) -> datetime:
        return self.boarding.run.calls[self.left_at].at


class _Plan(NamedTuple):
    """Everything reachable from a node with one wave: by one ride, and from the hub after one."""

    direct: Mapping[str, _Ride]
    onward: Mapping[str, _Ride]


class ArrivalTable:
    """Earliest arrivals between all nodes, worked out once per (origin, wave) and remembered.

    A wave is the next cut-off at the origin: everything ready since the last one leaves together. The table
    belongs to one timetable version; a new version is a new table. Remembered answers are pure functions of
    their keys, so threads that race only repeat work, and forgetting costs only time.
    """

    def __init__(self, timetable: Timetable, calendars: Calendars) -> None:
        self._timetable = timetable
        self._calendars = calendars
        self._forget()

    def _forget(self) -> None:
        self._by_day: dict[date, Mapping[str, tuple[_Boarding, ...]]] = {}
        self._by_node: dict[tuple[str, date], tuple[_Boarding, ...]] = {}
        self._cut_offs: dict[tuple[str, date], list[datetime]] = {}
        self._plans: dict[tuple[str, datetime], _Plan] = {}
        self._from_hub: dict[datetime, Mapping[str, _Ride]] = {}
        self._journeys: dict[tuple[str, datetime, str], tuple[Journey | None]] = {}

    def journey(self, origin: str, destination: str, ready_at: datetime) -> Journey | None:
        """How a volume sealed at ``ready_at`` arrives first; None when nothing goes there in time."""
        if origin == destination:
            return Journey(ready_at)
        wave = self.wave(origin, ready_at)
        if wave is None:
            return None
        key = (origin, wave, destination)
        known = self._journeys.get(key)
        if known is None:
            if len(self._journeys) >= REMEMBERED:
                self._forget()
            known = self._journeys[key] = (self._work_out(origin, wave, destination),)
        return known[0]

    def ready_by(self, origin: str, destination: str, ready_at: datetime) -> datetime | None:
        """When the reader can have it: arrival, unpacking, and the doors of ``destination`` open."""
        found = self.journey(origin, destination, ready_at)
        if found is None:
            return None
        unpacked = found.arrives_at + timedelta(minutes=self._timetable.receiving_minutes)
        return self._calendars.next_open(destination, unpacked if found.legs else ready_at)

    def wave(self, origin: str, ready_at: datetime) -> datetime | None:
        """The next cut-off at ``origin``; None when no vehicle calls there within the horizon."""
        day = ready_at.astimezone(UTC).date()
        key = (origin, day)
        cut_offs = self._cut_offs.get(key)
        if cut_offs is None:
            cut_offs = [boarding.cut_off for boarding in self._boardings(origin, day)]
            self._cut_offs[key] = cut_offs
        place = bisect_left(cut_offs, ready_at)
        return cut_offs[place] if place < len(cut_offs) else None

    def _work_out(self, origin: str, wave: datetime, destination: str) -> Journey | None:
        plan = self._plan(origin, wave)
        direct, onward = plan.direct.get(destination), plan.onward.get(destination)
        if direct is not None and (onward is None or direct.arrives_at <= onward.arrives_at):
            return _journey(direct)
        if onward is not None:
            return _journey(plan.direct[self._timetable.sorting_hub], onward)
        return None

    def _plan(self, origin: str, wave: datetime) -> _Plan:
        key = (origin, wave)
        plan = self._plans.get(key)
        if plan is None:
            hub = self._timetable.sorting_hub
            boardings = self._boardings(origin, wave.date())
            direct = _earliest(boarding for boarding in boardings if boarding.cut_off >= wave)
            to_hub = direct.get(hub) if origin != hub else None
            plan = self._plans[key] = _Plan(direct, self._onward(to_hub.arrives_at) if to_hub else {})
        return plan

    def _onward(self, arrived_at: datetime) -> Mapping[str, _Ride]:
        """The earliest rides from the sorting hub for what came there at ``arrived_at``."""
        sorted_at = arrived_at + timedelta(minutes=self._timetable.sorting_minutes)
        rides = self._from_hub.get(sorted_at)
        if rides is None:
            # The sorting time takes the place of the cut-off: the hub loads what it has just sorted.
            boardings = self._boardings(self._timetable.sorting_hub, sorted_at.date())
            rides = _earliest(boarding for boarding in boardings if boarding.departs_at >= sorted_at)
            self._from_hub[sorted_at] = rides
        return rides

    def _boardings(self, node: str, day: date) -> tuple[_Boarding, ...]:
        """The boardings at a node from this UTC day on within the horizon, in the order of their cut-offs."""
        key = (node, day)
        boardings = self._by_node.get(key)
        if boardings is None:
            first = day - timedelta(days=LONGEST_RUN_DAYS)
            found = (
                boarding
                for offset in range(HORIZON_DAYS + LONGEST_RUN_DAYS)
                for boarding in self._of_day(first + timedelta(days=offset)).get(node, ())
            )
            boardings = self._by_node[key] = tuple(sorted(found, key=lambda boarding: boarding[:4]))
        return boardings

    def _of_day(self, day: date) -> Mapping[str, tuple[_Boarding, ...]]:
        known = self._by_day.get(day)
        if known is None:
            found: defaultdict[str, list[_Boarding]] = defaultdict(list)
            for run in runs_on(self._timetable, self._calendars, day):
                notice = timedelta(minutes=run.route.cut_off_minutes)
                for position, call in enumerate(run.calls[:-1]):
                    found[call.node].append(_Boarding(call.at - notice, call.at, run.code, position, run))
            known = {node: tuple(boardings) for node, boardings in found.items()}
            self._by_day[day] = known
        return known


def _earliest(boardings: Iterable[_Boarding]) -> dict[str, _Ride]:
    """The ride that arrives first at each node, over all these boardings."""
    best: dict[str, tuple[datetime, _Boarding, int]] = {}
    for boarding in boardings:
        calls = boarding.run.calls
        for position in range(boarding.position + 1, len(calls)):
            node, at = calls[position].node, calls[position].at
            known = best.get(node)
            if known is None or at < known[0]:
                best[node] = (at, boarding, position)
    return {node: _Ride(boarding, position) for node, (_, boarding, position) in best.items()}


def _journey(*rides: _Ride) -> Journey:
    legs, kilometres = [], 0.0
    for boarding, left_at in rides:
        run, left = boarding.run, boarding.run.calls[left_at]
        boarded = run.calls[boarding.position].node
        legs.append(Leg(run.route.code, run.code, boarded, left.node, boarding.departs_at, left.at))
        kilometres += sum(call.kilometres for call in run.calls[boarding.position + 1 : left_at + 1])
    return Journey(legs[-1].arrives_at, tuple(legs), round(kilometres, 3))
