"""Earliest arrival by timetable: how a volume gets from one node to another, and when.

A time-dependent shortest path by connection scan: all hops of all runs in the order of their departure are
looked at once. A volume changes vehicles only at the sorting hub, after the sorting time.

Owns: journeys, and the table of all pairs that the rota asks. Pure; the table remembers what it worked out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.kernel.calendars import Calendars
from ill.transport.timetable import Run, Timetable, runs_on

HORIZON_DAYS = 21  #: the longest holiday with the slowest courier on both sides of it stays inside
LONGEST_RUN_DAYS = 3


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


@dataclass(frozen=True, slots=True)
class _Hop:
    """A run between two consecutive calls."""

    run: Run
    position: int
    departs_at: datetime
    arrives_at: datetime

    @property
    def origin(self) -> str:
        return self.run.calls[self.position].node

    @property
    def destination(self) -> str:
        return self.run.calls[self.position + 1].node


class ArrivalTable:
    """Earliest arrivals between all nodes, worked out once per (origin, wave) and remembered.

    A wave is the next cut-off at the origin: everything ready since the last one leaves together. The table
    belongs to one timetable version; a new version is a new table. Remembered answers are pure functions of
    their keys, so threads that race only repeat work.
    """

    def __init__(self, timetable: Timetable, calendars: Calendars) -> None:
        self._timetable = timetable
        self._calendars = calendars
        self._hops: dict[date, tuple[_Hop, ...]] = {}
        self._cut_offs: dict[date, Mapping[str, tuple[datetime, ...]]] = {}
        self._journeys: dict[tuple[str, datetime], Mapping[str, Journey]] = {}

    def journey(self, origin: str, destination: str, ready_at: datetime) -> Journey | None:
        """How a volume sealed at ``ready_at`` arrives first; None when nothing goes there in time."""
        if origin == destination:
            return Journey(ready_at)
        wave = self.wave(origin, ready_at)
        if wave is None:
            return None
        key = (origin, wave)
        if key not in self._journeys:
            self._journeys[key] = self._scan(origin, wave)
        return self._journeys[key].get(destination)

    def ready_by(self, origin: str, destination: str, ready_at: datetime) -> datetime | None:
        """When the reader can have it: arrival, unpacking, and the doors of ``destination`` open."""
        found = self.journey(origin, destination, ready_at)
        if found is None:
            return None
        unpacked = found.arrives_at + timedelta(minutes=self._timetable.receiving_minutes)
        return self._calendars.next_open(destination, unpacked if found.legs else ready_at)

    def wave(self, origin: str, ready_at: datetime) -> datetime | None:
        """The next cut-off at ``origin``; None when no vehicle calls there within the horizon."""
        start = self._calendars.local_day(ready_at) - timedelta(days=LONGEST_RUN_DAYS)
        best: datetime | None = None
        for offset in range(HORIZON_DAYS + LONGEST_RUN_DAYS):
            for cut_off in self._cut_offs_of(start + timedelta(days=offset)).get(origin, ()):
                if cut_off >= ready_at and (best is None or cut_off < best):
                    best = cut_off
            # A later day can only hold an earlier cut-off while runs of several days are still under way.
            if best is not None and offset >= LONGEST_RUN_DAYS:
                break
        return best

    def _hops_of(self, day: date) -> tuple[_Hop, ...]:
        if day not in self._hops:
            self._hops[day] = tuple(
                _Hop(run, position, call.at, run.calls[position + 1].at)
                for run in runs_on(self._timetable, self._calendars, day)
                for position, call in enumerate(run.calls[:-1])
            )
        return self._hops[day]

    def _cut_offs_of(self, day: date) -> Mapping[str, tuple[datetime, ...]]:
        if day not in self._cut_offs:
            found: defaultdict[str, list[datetime]] = defaultdict(list)
            for hop in self._hops_of(day):
                found[hop.origin].append(hop.departs_at - timedelta(minutes=hop.run.route.cut_off_minutes))
            self._cut_offs[day] = {node: tuple(sorted(instants)) for node, instants in found.items()}
        return self._cut_offs[day]

    def _scan(self, origin: str, ready_at: datetime) -> dict[str, Journey]:
        first = self._calendars.local_day(ready_at) - timedelta(days=LONGEST_RUN_DAYS)
        hops = [
            hop
            for offset in range(HORIZON_DAYS + LONGEST_RUN_DAYS)
            for hop in self._hops_of(first + timedelta(days=offset))
            if hop.departs_at >= ready_at
        ]
        hops.sort(key=lambda hop: (hop.departs_at, hop.run.code, hop.position))
        reached: dict[str, Journey] = {origin: Journey(ready_at)}
        boarded: dict[str, tuple[int, Journey]] = {}
        for hop in hops:
            if hop.run.code not in boarded and self._may_board(hop, origin, reached):
                boarded[hop.run.code] = (hop.position, reached[hop.origin])
            if hop.run.code in boarded:
                known = reached.get(hop.destination)
                if known is None or hop.arrives_at < known.arrives_at:
                    reached[hop.destination] = _ride(hop, *boarded[hop.run.code])
        del reached[origin]
        return reached

    def _may_board(self, hop: _Hop, origin: str, reached: Mapping[str, Journey]) -> bool:
        if hop.origin == origin:
            cut_off = timedelta(minutes=hop.run.route.cut_off_minutes)
            return reached[origin].arrives_at <= hop.departs_at - cut_off
        if hop.origin != self._timetable.sorting_hub or hop.origin not in reached:
            return False
        sorting = timedelta(minutes=self._timetable.sorting_minutes)
        return reached[hop.origin].arrives_at + sorting <= hop.departs_at


def _ride(hop: _Hop, boarded_at: int, before: Journey) -> Journey:
    calls = hop.run.calls
    left_at = hop.position + 1
    leg = Leg(
        hop.run.route.code,
        hop.run.code,
        calls[boarded_at].node,
        hop.destination,
        calls[boarded_at].at,
        hop.arrives_at,
    )
    ridden = sum(call.kilometres for call in calls[boarded_at + 1 : left_at + 1])
    return Journey(hop.arrives_at, (*before.legs, leg), round(before.kilometres + ridden, 3))


def earliest_arrival(
    timetable: Timetable, calendars: Calendars, origin: str, destination: str, ready_at: datetime
) -> Journey | None:
    """One journey worked out afresh; whoever asks often keeps an ``ArrivalTable`` instead."""
    return ArrivalTable(timetable, calendars).journey(origin, destination, ready_at)
