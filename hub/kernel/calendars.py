"""Opening hours and calendars: weekly patterns, public holidays with make-up days, closures.

Owns: when a node is open, when it next opens, and counting working days. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class OpeningPattern:
    """A week of opening hours: seven tuples (Monday first) of (opens, closes) in local time."""

    name: str
    week: tuple[tuple[tuple[time, time], ...], ...]


@dataclass(frozen=True, slots=True)
class Calendars:
    """The opening patterns of a network, its holidays and the closures of single nodes."""

    zone: str = "Asia/Shanghai"
    patterns: Mapping[str, OpeningPattern] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()  #: public holidays: closed unless the pattern is always open
    makeup_days: frozenset[date] = frozenset()  #: weekend days worked in exchange (调休)
    closures: Mapping[str, frozenset[date]] = field(default_factory=dict)  #: by node code
    hours_of: Mapping[str, str] = field(default_factory=dict)  #: node code -> pattern name

    def is_open(self, node: str, at: datetime) -> bool:
        """Whether the node's doors are open at this instant."""
        raise NotImplementedError

    def next_open(self, node: str, at: datetime) -> datetime:
        """The first instant at or after ``at`` when the node is open."""
        raise NotImplementedError

    def add_open_days(self, node: str, at: datetime, days: int) -> datetime:
        """Closing time of the ``days``-th day on which the node opens, counting after the day of ``at``."""
        raise NotImplementedError
