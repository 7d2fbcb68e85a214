"""Where a returned volume goes: the four return rules, each decision with its reason.

A reader who waits comes first whatever the rule says; then the volume goes home, stays where it was returned
(浮动馆藏), or stays only inside its own library system.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.kernel.nodes import ReturnRule


class Purpose(StrEnum):
    """What a volume travels for, as its routing slip says."""

    REQUEST = "request"
    HOLD = "hold"
    HOME = "home"
    FLOAT = "float"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a return is decided by."""

    here: str  #: where it was returned
    home: str  #: its permanent location
    same_system: bool  #: both belong to one library system
    can_keep: bool  #: ``here`` has shelves on which it could stay
    rule: ReturnRule  #: of the agreement, for its class
    waiting_at: str | None = None  #: where the first waiting reader wants it


@dataclass(frozen=True, slots=True)
class Onward:
    """Where it goes and why. ``destination`` equals ``here`` when it stays."""

    purpose: Purpose
    destination: str
    reason: str  #: code


def where_to(returned: Returned) -> Onward:
    """Where a returned volume goes."""
    if returned.waiting_at is not None:
        return Onward(Purpose.HOLD, returned.waiting_at, "reader_waiting")
    if returned.here == returned.home:
        return Onward(Purpose.HOME, returned.home, "is_home")
    if returned.rule is ReturnRule.HOME:
        return Onward(Purpose.HOME, returned.home, "rule_home")
    if returned.rule is ReturnRule.FLOAT_IN_GROUP and not returned.same_system:
        return Onward(Purpose.HOME, returned.home, "outside_group")
    if not returned.can_keep:
        return Onward(Purpose.HOME, returned.home, "no_shelves")
    return Onward(Purpose.FLOAT, returned.here, "floats")
