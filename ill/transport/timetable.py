"""Routes with timetables: which vehicle is at which stop when, on which days.

Owns: the values of a timetable and the departures they imply. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route: local time of the visit. Volumes must be sealed by ``cut_off_minutes`` before it."""

    node: str
    at: time
    day_offset: int = 0  #: 1 when the stop is on the day after departure (couriers)


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


@dataclass(frozen=True, slots=True)
class Timetable:
    """All routes of one version of the network."""

    zone: str
    routes: tuple[Route, ...]
    sorting_hub: str
    sorting_minutes: int = 60  #: from arrival at the sorting hub until a volume can leave it again
