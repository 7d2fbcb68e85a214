"""Routes with timetables: which vehicle is at which stop when, on which days.

Owns: the values of a timetable and the runs they imply. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.kernel.calendars import Calendars

OFFICE_WEEK = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route at its local time. What leaves must be sealed ``cut_off_minutes`` before it."""

    node: str
    at: time
    day_offset: int = 0  #: 1 when the stop is on the day after departure (couriers)
    kilometres: float = 0.0  #: by road from the stop before


@dataclass(frozen=True, slots=True)
class Route:
    """A van round or courier line: its stops in order and the weekdays it runs (0 = Monday)."""

    code: str
    name_zh: str
    name_en: str
    kind: str  #: van, courier, bookmobile
    stops: tuple[Stop, ...]
    weekdays: frozenset[int]
    cut_off_minutes: int = 30
    totes: int = 40  #: capacity
    vehicle: str = ""
    on_holidays: bool = False

    def runs_on(self, day: date, calendars: Calendars) -> bool:
        """Whether the route runs on this day; a line of the whole office week also on make-up days."""
        if day in calendars.holidays:
            return self.on_holidays
        if day.weekday() in self.weekdays:
            return True
        return day in calendars.makeup_days and self.weekdays >= OFFICE_WEEK

    def name(self, language: str) -> str:
        """The name shown to a person."""
        return self.name_zh if language == "zh" else self.name_en

    def goes(self, origin: str, destination: str) -> bool:
        """Whether some stop at ``origin`` comes before one at ``destination``."""
        nodes = [stop.node for stop in self.stops]
        return origin in nodes and destination in nodes[nodes.index(origin) + 1 :]


@dataclass(frozen=True, slots=True)
class Timetable:
    """All routes of one version of the network."""

    zone: str
    routes: tuple[Route, ...]
    sorting_hub: str
    sorting_minutes: int = 60  #: from arrival at the sorting hub until a volume can leave it again
    receiving_minutes: int = 60  #: from arrival at any other node until it is unpacked and ready

    def route(self, code: str) -> Route | None:
        """The route with this code, or None."""
        return next((route for route in self.routes if route.code == code), None)

    def direct(self, origin: str, destination: str) -> tuple[Route, ...]:
        """The routes that carry from one node to the other without changing vehicles."""
        return tuple(route for route in self.routes if route.goes(origin, destination))


@dataclass(frozen=True, slots=True)
class Call:
    """A vehicle's planned visit to one node."""

    node: str
    at: datetime  #: UTC
    kilometres: float  #: by road from the call before


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a route on one day, with the calls it really makes."""

    route: Route
    day: date
    calls: tuple[Call, ...]

    @property
    def code(self) -> str:
        """The trip's id: the same whoever works it out, so that a day's trips are made only once."""
        return f"{self.route.code}-{self.day:%Y%m%d}"

    @property
    def kilometres(self) -> float:
        """What the vehicle drives."""
        return sum(call.kilometres for call in self.calls)


def runs_on(timetable: Timetable, calendars: Calendars, day: date) -> Iterator[Run]:
    """The runs that start on a day.

    A node that stays closed on the day of its visit is passed by (the sorting hub works behind closed
    doors); a run with fewer than two calls left is not made.
    """
    for route in timetable.routes:
        if route.runs_on(day, calendars):
            calls = tuple(_calls(route, timetable, calendars, day))
            if len(calls) >= 2:
                yield Run(route, day, calls)


def _calls(route: Route, timetable: Timetable, calendars: Calendars, day: date) -> Iterator[Call]:
    zone = ZoneInfo(timetable.zone)
    driven = 0.0
    for stop in route.stops:
        visit = day + timedelta(days=stop.day_offset)
        # The vehicle drives past a closed node, so the distance to the next call still counts.
        driven += stop.kilometres
        if stop.node == timetable.sorting_hub or calendars.opens_on(stop.node, visit):
            yield Call(stop.node, datetime.combine(visit, stop.at, zone).astimezone(UTC), driven)
            driven = 0.0
