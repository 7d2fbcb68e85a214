"""The timetable of a source: at which times of which days it is harvested, when in full. Pure.

Every time is wall time in the calendar of the source's member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hub.kernel.calendars import HORIZON_DAYS, Calendars
from schedules.missed import Missed, Outstanding, outstanding
from schedules.windows import Window, is_open, next_open

DAY = timedelta(days=1)
#: fire times missed longer ago than this leave no trace
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MemberCalendar:
    """The calendar of one member: its network's, with its own opening days."""

    calendars: Calendars
    node: str

    def opens_on(self, day: date) -> bool:
        """Whether the member opens on this day; one without stated hours always does."""
        return self.node not in self.calendars.hours_of or self.calendars.opens_on(self.node, day)

    def open_days(self, first: date, last: date) -> int:
        """On how many days from ``first`` to ``last``, both counted, the member opens."""
        if self.node not in self.calendars.hours_of:
            return max(0, (last - first).days + 1)
        return self.calendars.open_days_between(self.node, first, last)


class DayKind(StrEnum):
    """The kinds of days a timetable can name."""

    EVERY = "every"
    WORKING = "working"  #: offices work: no weekend unless it is a make-up day, no public holiday
    OPEN = "open"  #: the member opens
    CLOSED = "closed"  #: the member stays closed
    WEEKDAYS = "weekdays"


@dataclass(frozen=True, slots=True)
class Days:
    """On which days."""

    kind: DayKind
    weekdays: frozenset[int] = frozenset()  #: for ``WEEKDAYS``: Monday is 0

    def include(self, day: date, member: MemberCalendar) -> bool:
        """Whether this is one of them."""
        if self.kind is DayKind.EVERY:
            return True
        if self.kind is DayKind.WORKING:
            return member.calendars.is_working_day(day)
        if self.kind is DayKind.WEEKDAYS:
            return day.weekday() in self.weekdays
        return member.opens_on(day) is (self.kind is DayKind.OPEN)


class FullKind(StrEnum):
    """The rhythms of full harvests."""

    ALWAYS = "always"
    FIRST = "first"  #: only the first one
    WEEKDAYS = "weekdays"  #: once since the last of these days
    DAYS = "days"  #: when the last one is so many days ago
    OPEN_DAYS = "open_days"  #: when the member has been open on so many days since


@dataclass(frozen=True, slots=True)
class FullRhythm:
    """When everything is harvested and not only what changed."""

    kind: FullKind
    weekdays: frozenset[int] = frozenset()
    number: int = 0

    def asks(self, day: date, last_full: date | None, member: MemberCalendar) -> bool:
        """Whether a harvest on ``day`` is to be full, the last complete full one being of ``last_full``.

        A full harvest that failed on its day is made up for by the next one.
        """
        if self.kind is FullKind.ALWAYS or last_full is None:
            return True
        if self.kind is FullKind.WEEKDAYS:
            return last_full < max(day - DAY * ((day.weekday() - wanted) % 7) for wanted in self.weekdays)
        if self.kind is FullKind.DAYS:
            return (day - last_full).days >= self.number
        # What was open on the day of the last full harvest may have changed after it.
        return self.kind is FullKind.OPEN_DAYS and member.open_days(last_full, day - DAY) >= self.number


@dataclass(frozen=True, slots=True)
class HarvestTimetable:
    """When a source is harvested. Every one of ``times`` lies in ``window``."""

    times: tuple[time, ...]  #: ascending
    days: Days = Days(DayKind.EVERY)
    full: FullRhythm = FullRhythm(FullKind.ALWAYS)
    window: Window | None = None  #: None: at any hour
    missed: Missed = Missed.LATEST  #: never ``EACH``: one harvest brings what several would have


def _from(timetable: HarvestTimetable, member: MemberCalendar, after: datetime) -> Iterator[datetime]:
    first = member.calendars.local_day(after)
    for offset in range(HORIZON_DAYS):
        day = first + offset * DAY
        if timetable.days.include(day, member):
            yield from (member.calendars.instant(day, at) for at in timetable.times)


def fire_times(
    timetable: HarvestTimetable, member: MemberCalendar, after: datetime, until: datetime
) -> list[datetime]:
    """The due times after ``after`` up to and with ``until``, ascending, in UTC; of a year at most."""
    found = []
    for fire_at in _from(timetable, member, after):
        if fire_at > until:
            break
        if fire_at > after:
            found.append(fire_at)
    return found


def next_fire(timetable: HarvestTimetable, member: MemberCalendar, after: datetime) -> datetime | None:
    """The first due time after ``after``; None when there is none within a year."""
    return next((fire_at for fire_at in _from(timetable, member, after) if fire_at > after), None)


def due(timetable: HarvestTimetable, member: MemberCalendar, last: datetime, now: datetime) -> Outstanding:
    """The run to start now, when everything up to ``last`` is settled. Outside the window nothing is."""
    if not is_open(timetable.window, member.calendars, now):
        return Outstanding()
    fires = fire_times(timetable, member, max(last, now - LOOK_BACK), now)
    return outstanding(fires, now, timetable.missed)


def upcoming(
    timetable: HarvestTimetable,
    member: MemberCalendar,
    last: datetime,
    now: datetime,
    paused_until: datetime | None = None,
) -> datetime | None:
    """When the next run will start, if nobody interferes: ``due`` says the same when that time has come.

    ``paused_until``: the source's circuit breaker leaves it alone until then.
    """
    ready = max(now, paused_until or now)
    fires = fire_times(timetable, member, max(last, ready - LOOK_BACK), ready)
    if outstanding(fires, ready, timetable.missed).fire_at is not None:
        return next_open(timetable.window, member.calendars, ready)
    return next_fire(timetable, member, max(last, ready))
