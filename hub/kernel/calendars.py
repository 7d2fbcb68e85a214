"""Opening hours and calendars: weekly patterns, public holidays with make-up days, closures.

Owns: when a node is open, when it next opens, and counting working days. Pure.
Must not: know which node has which pattern beyond ``hours_of``, or read a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HORIZON_DAYS = 366  #: a node that does not open within a year never opens
FRIDAY = 4
MIDNIGHT = time(0, 0)

Hours = tuple[tuple[time, time], ...]  #: (opens, closes) in local time; closing at 00:00 means 24:00


class NeverOpensError(LookupError):
    """The node has no opening hours within a year of the instant asked about."""


@dataclass(frozen=True, slots=True)
class OpeningPattern:
    """A week of opening hours: seven tuples (Monday first) of (opens, closes) in local time.

    A closing time of 00:00 means midnight at the end of that day. ``holiday`` holds the hours kept on public
    holidays: none for most branches, shortened ones or all day for others.
    """

    name: str
    week: tuple[Hours, ...]
    holiday: Hours = ()

    @property
    def opens_ever(self) -> bool:
        """Whether any ordinary day of the week has hours."""
        return any(self.week)


@dataclass(frozen=True, slots=True)
class Calendars:
    """The opening patterns of a network, its holidays and the closures of single nodes."""

    zone: str = "Asia/Shanghai"
    patterns: Mapping[str, OpeningPattern] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()  #: public holidays: the pattern's holiday hours apply
    makeup_days: frozenset[date] = frozenset()  #: weekend days worked in exchange (调休)
    closures: Mapping[str, frozenset[date]] = field(default_factory=dict)  #: by node code
    hours_of: Mapping[str, str] = field(default_factory=dict)  #: node code -> pattern name

    def local_day(self, at: datetime) -> date:
        """The calendar day of an instant in the network's zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, day: date, at: time, *, closing: bool = False) -> datetime:
        """The UTC instant of a local time; with ``closing``, 00:00 stands for the end of the day."""
        if closing and at == MIDNIGHT:
            day += timedelta(days=1)
        return datetime.combine(day, at, ZoneInfo(self.zone)).astimezone(UTC)

    def hours_on(self, node: str, day: date) -> Hours:
        """The local hours of a node on one day; empty when it stays closed.

        On a make-up day a node that is closed at weekends works as on a Friday.

        Raises:
            KeyError: no pattern is known for the node.
        """
        pattern = self.patterns[self.hours_of[node]]
        if day in self.closures.get(node, frozenset()):
            return ()
        if day in self.holidays:
            return pattern.holiday
        ordinary = pattern.week[day.weekday()]
        if not ordinary and day in self.makeup_days:
            return pattern.week[FRIDAY]
        return ordinary

    def opens_on(self, node: str, day: date) -> bool:
        """Whether the node opens at all on this day."""
        return bool(self.hours_on(node, day))

    def is_open(self, node: str, at: datetime) -> bool:
        """Whether the node's doors are open at this instant (the closing minute is no longer open)."""
        return self.open_until(node, at) is not None

    def open_until(self, node: str, at: datetime) -> datetime | None:
        """When the doors that are open at ``at`` close; None when they are closed then."""
        for opens, closes in self._periods(node, self.local_day(at), days=1):
            if opens <= at < closes:
                return closes
        return None

    def next_open(self, node: str, at: datetime) -> datetime:
        """The first instant at or after ``at`` when the node is open.

        Raises:
            NeverOpensError: it does not open within a year.
        """
        for opens, closes in self._periods(node, self.local_day(at)):
            if at < closes:
                return max(at.astimezone(UTC), opens)
        raise NeverOpensError(node)

    def add_open_days(self, node: str, at: datetime, days: int) -> datetime:
        """Closing time of the ``days``-th day on which the node opens, counting after the day of ``at``.

        With 0 days: the closing time of the day of ``at``, or of the next day that opens.

        Raises:
            ValueError: ``days`` is negative.
            NeverOpensError: the node opens too seldom for that within a year.
        """
        if days < 0:
            raise ValueError(f"cannot count {days} open days")
        first = self.local_day(at) + timedelta(days=1 if days else 0)
        counted = 0
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            hours = self.hours_on(node, day)
            counted += bool(hours)
            if hours and counted >= days:
                return self.instant(day, hours[-1][1], closing=True)
        raise NeverOpensError(node)

    def open_days_between(self, node: str, start: date, end: date) -> int:
        """How many days from ``start`` to ``end``, both counted, the node opens."""
        span = (end - start).days + 1
        return sum(self.opens_on(node, start + timedelta(days=offset)) for offset in range(span))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: Monday to Friday and make-up days, never public holidays."""
        return day in self.makeup_days or (day not in self.holidays and day.weekday() <= FRIDAY)

    def _periods(
        self, node: str, start: date, days: int = HORIZON_DAYS
    ) -> Iterator[tuple[datetime, datetime]]:
        for offset in range(days):
            day = start + timedelta(days=offset)
            for opens, closes in self.hours_on(node, day):
                yield self.instant(day, opens), self.instant(day, closes, closing=True)
