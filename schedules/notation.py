"""How a timetable is written by people and kept: five short texts. Pure.

times   02:30  or  02:30, 14:00
days    every, working, open, closed  or  mon, wed
full    always, first, 7 days, 5 open days  or  sun
window  22:00-06:00, or nothing
missed  latest, skip
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from schedules.harvests import DayKind, Days, FullKind, FullRhythm, HarvestTimetable
from schedules.missed import Missed
from schedules.windows import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
NUMBER_OF_DAYS = re.compile(r"(\d{1,3}) (open )?days?")
MOST_TIMES = 24


class BadNotation(ValueError):
    """A timetable that cannot be read. ``field`` is the part that is wrong, ``code`` says in which way."""

    def __init__(self, field: str, code: str, value: str) -> None:
        """``code`` is one of: bad_times, bad_days, bad_full, bad_window, bad_missed, time_outside_window."""
        super().__init__(f"{field}: {code}: {value}")
        self.field = field
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Notation:
    """A timetable as it is written."""

    times: str
    days: str = "every"
    full: str = "always"
    window: str = ""
    missed: str = "latest"


def parse(written: Notation) -> HarvestTimetable:
    """The timetable.

    Raises:
        BadNotation: naming the part that is wrong.
    """
    times, window = _times(written.times), _window(written.window)
    for at in times:
        if window is not None and not window.admits(at):
            raise BadNotation("times", "time_outside_window", f"{at:%H:%M}")
    return HarvestTimetable(times, _days(written.days), _full(written.full), window, _missed(written.missed))


def written(timetable: HarvestTimetable) -> Notation:
    """The notation of a timetable, in its one normal form."""
    days, full, window = timetable.days, timetable.full, timetable.window
    number = f"{full.number} {'open ' if full.kind is FullKind.OPEN_DAYS else ''}days"
    return Notation(
        times=", ".join(f"{at:%H:%M}" for at in timetable.times),
        days=_named(days.weekdays) if days.weekdays else days.kind.value,
        full=_named(full.weekdays) if full.weekdays else number if full.number else full.kind.value,
        window=f"{window.opens:%H:%M}-{window.closes:%H:%M}" if window else "",
        missed=timetable.missed.value,
    )


def _named(weekdays: frozenset[int]) -> str:
    return ", ".join(WEEKDAYS[number] for number in sorted(weekdays))


def _parts(value: str) -> list[str]:
    return [part.strip().lower() for part in value.split(",")]


def _time(value: str, field: str) -> time:
    found = TIME.fullmatch(value.strip())
    if found is None:
        raise BadNotation(field, f"bad_{field}", value)
    return time(int(found[1]), int(found[2]))


def _times(value: str) -> tuple[time, ...]:
    found = tuple(sorted({_time(part, "times") for part in _parts(value)}))
    if len(found) > MOST_TIMES:
        raise BadNotation("times", "bad_times", value)
    return found


def _weekdays(value: str) -> frozenset[int]:
    """The weekdays named; empty when something else is."""
    parts = _parts(value)
    if not set(parts) <= set(WEEKDAYS):
        return frozenset()
    return frozenset(WEEKDAYS.index(part) for part in parts)


def _days(value: str) -> Days:
    weekdays = _weekdays(value)
    if weekdays:
        return Days(DayKind.WEEKDAYS, weekdays)
    name = value.strip().lower()
    if name not in set(DayKind) - {DayKind.WEEKDAYS}:
        raise BadNotation("days", "bad_days", value)
    return Days(DayKind(name))


def _full(value: str) -> FullRhythm:
    weekdays = _weekdays(value)
    if weekdays:
        return FullRhythm(FullKind.WEEKDAYS, weekdays)
    name = value.strip().lower()
    number = NUMBER_OF_DAYS.fullmatch(name)
    if number is not None and int(number[1]):
        return FullRhythm(FullKind.OPEN_DAYS if number[2] else FullKind.DAYS, number=int(number[1]))
    if name not in {FullKind.ALWAYS, FullKind.FIRST}:
        raise BadNotation("full", "bad_full", value)
    return FullRhythm(FullKind(name))


def _window(value: str) -> Window | None:
    if not value.strip():
        return None
    opens, dash, closes = value.partition("-")
    if not dash:
        raise BadNotation("window", "bad_window", value)
    try:
        return Window(_time(opens, "window"), _time(closes, "window"))
    except ValueError:  # a time that is none, or a window without length
        raise BadNotation("window", "bad_window", value) from None


def _missed(value: str) -> Missed:
    if value not in {Missed.LATEST, Missed.SKIP}:
        raise BadNotation("missed", "bad_missed", value)
    return Missed(value)
