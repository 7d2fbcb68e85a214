"""When the demonstration's members are harvested: at night, one after another, each by its own rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from hub.services.timetable.setting import SetInput
from hub.simulation.demo.members import SourceSetup

#: when the first is harvested, how long after it the next, and how many in one night before the times repeat
FIRST, APART, PLACES = timedelta(hours=22, minutes=30), timedelta(minutes=15), 28
NIGHT = "22:00-06:00"
#: what a source of each protocol is harvested by
RHYTHMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "z3950": {"days": "every", "full": "5 open days", "window": NIGHT},
        "sru": {"days": "every", "full": "sun", "window": NIGHT},
        "oai-pmh": {"days": "every", "full": "7 days", "window": NIGHT},
        # Somebody puts the file there by hand: on days when offices work.
        "file": {"days": "working", "full": "always", "window": "", "missed": "skip"},
    }
)


def night_of(position: int, setup: SourceSetup) -> SetInput:
    """The timetable of the source at this position of the list."""
    minutes = int((FIRST + position % PLACES * APART).total_seconds()) // 60 % (24 * 60)
    return SetInput(
        source=setup.name, times=f"{minutes // 60:02}:{minutes % 60:02}", **RHYTHMS[setup.protocol]
    )
