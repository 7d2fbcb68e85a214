"""The hours in which a member may be harvested, in its own wall time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hub.kernel.calendars import Calendars

#: how long after the hours are over a run may go on towards its next checkpoint
OVERTIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of every day, from ``opens`` up to ``closes``; past midnight where ``closes`` is the earlier."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Raises ValueError for a window without length: it would be open never or always."""
        if self.opens == self.closes:
            raise ValueError(f"a window from {self.opens} to {self.closes} has no length")

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.closes <= self.opens

    def admits(self, at: time) -> bool:
        """Whether this time of day lies in it."""
        if self.crosses_midnight:
            return at >= self.opens or at < self.closes
        return self.opens <= at < self.closes


@dataclass(frozen=True, slots=True)
class Span:
    """One night's window as instants."""

    opens: datetime
    closes: datetime


def span_at(window: Window, calendars: Calendars, at: datetime) -> Span:
    """The window that is open at ``at``, or else the next one to open."""
    today = calendars.local_day(at)
    for offset in (-1, 0, 1):
        day = today + timedelta(days=offset)
        end = day + timedelta(days=1) if window.crosses_midnight else day
        span = Span(calendars.instant(day, window.opens), calendars.instant(end, window.closes))
        if at < span.closes:
            return span
    raise AssertionError("tomorrow's window closes after now")


def is_open(window: Window | None, calendars: Calendars, at: datetime) -> bool:
    """Whether harvesting is allowed at this instant; always without a window."""
    return window is None or span_at(window, calendars, at).opens <= at


def next_open(window: Window | None, calendars: Calendars, at: datetime) -> datetime:
    """The first instant at or after ``at`` when harvesting is allowed."""
    return at if window is None else max(at, span_at(window, calendars, at).opens)


def must_pause(closes: datetime | None, now: datetime, *, checkpoint: bool) -> bool:
    """Whether a run ends its work for this window, which closes at ``closes``; at a checkpoint if it can."""
    if closes is None or now < closes:
        return False
    return checkpoint or now >= closes + OVERTIME
