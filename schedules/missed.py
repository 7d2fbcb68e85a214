"""What becomes of due runs that nobody was there to start. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: how late a run may start and still count as in time
GRACE = timedelta(minutes=30)


class Missed(StrEnum):
    """The rule for fire times that passed unused."""

    LATEST = "latest"  #: one run makes up for all that were missed
    EACH = "each"  #: every one of them is run, in order
    SKIP = "skip"  #: none is run: the next one comes in its own time


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is to be done about the fire times that have passed."""

    fire_at: datetime | None = None  #: the run to start now
    passed_over: tuple[datetime, ...] = ()  #: those that are not run at all


def outstanding(fires: Sequence[datetime], now: datetime, rule: Missed) -> Outstanding:
    """Which of ``fires`` (ascending, none after ``now``) to run now, and which never."""
    if not fires:
        return Outstanding()
    if rule is Missed.EACH:
        return Outstanding(fires[0])
    newest = fires[-1]
    if rule is Missed.SKIP and now - newest > GRACE:
        return Outstanding(None, tuple(fires))
    return Outstanding(newest, tuple(fires[:-1]))
