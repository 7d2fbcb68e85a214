"""Windows of dates, in which a list is asked for that is too long to be followed in one go. Pure.

Owns: slices said as ``from`` and ``until``. Must not: ask.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.errors import Diagnostic
from connectors.harvesting.slices import WHOLE, Key, Kind, Range, Slice
from connectors.oai_pmh.protocol import DAYS

_DAYS: Final = Key("datestamp", Kind.DAY)
_SECONDS: Final = Key("datestamp", Kind.SECOND)


def datestamp(granularity: str) -> Key:
    """The key by which a repository's list is divided: days or seconds, as it keeps its dates."""
    return _DAYS if granularity == DAYS else _SECONDS


def changed_since(key: Key, moment: datetime | None) -> Slice:
    """The records changed at a moment or later; all where there is none."""
    return WHOLE if moment is None else Slice((Range(key, key.place_of(moment), key.size),))


def arguments(window: Slice) -> dict[str, str]:
    """``from`` and ``until``, of which both ends belong to the window.

    Raises:
        Diagnostic: a condition that cannot be said in this protocol.
    """
    said: dict[str, str] = {}
    for condition in window.conditions:
        if not isinstance(condition, Range):
            raise Diagnostic("ListRecords", "oai-pmh", 0, f"badArgument {condition}")
        if condition.low_value is not None:
            said["from"] = _written(condition.key, condition.low)
        if condition.high_value is not None:
            said["until"] = _written(condition.key, condition.high - 1)
    return said


def _written(key: Key, place: int) -> str:
    value = key.value(place)
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if key.kind is Kind.DAY else value
