"""Where a returned volume goes: the four return rules, each decision with its reason.

A reader who waits comes first whatever the rule says; then the volume goes home, stays where it was returned
(浮动馆藏), or stays only inside its own library system.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.kernel.nodes import Agreement, NodeTree, ReturnRule


class Purpose(StrEnum):
    """What a volume travels for, as its routing slip says."""

    REQUEST = "request"
    HOLD = "hold"
    HOME = "home"
    FLOAT = "float"


class Agreements(Protocol):
    """What a return needs of a network: its nodes and who agreed with whom."""

    @property
    def nodes(self) -> NodeTree:
        """All nodes."""
        ...

    def agreement_between(self, first: str, second: str) -> Agreement | None:
        """The agreement that covers both nodes, or None."""
        ...


class Returnable(Protocol):
    """What a return needs of a volume."""

    @property
    def owner(self) -> str:
        """The library that owns it."""
        ...

    @property
    def item_class(self) -> str:
        """What policies distinguish."""
        ...


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


def returned(
    network: Agreements, item: Returnable, home: str, here: str, *, may_stay: bool = True
) -> Returned:
    """What a return at ``here`` is decided by, when nobody waits for the volume.

    It goes home without an agreement between the two, and when it may not stay.
    """
    nodes = network.nodes
    agreement = network.agreement_between(item.owner, here)
    return Returned(
        here=here,
        home=home,
        same_system=nodes[home].system == nodes[here].system,
        can_keep="keep" in nodes[here].capabilities,
        rule=agreement.return_rule(item.item_class) if agreement and may_stay else ReturnRule.HOME,
    )
