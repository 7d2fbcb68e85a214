"""How people behave: the points at which a person may do otherwise than the hub expects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.kernel.volumes import Volume

WILL_SUPPLY = "will_supply"


class ReaderConduct(StrEnum):
    """What a reader does."""

    COLLECTS = "collects"
    CANCELS_BEFORE_PICKING = "cancels_before_picking"
    CANCELS_ON_THE_ROAD = "cancels_on_the_road"
    NEVER_COLLECTS = "never_collects"
    SUGGESTS = "suggests"  #: refused for want of a copy, suggests a purchase
    IS_REFUSED = "is_refused"  #: has asked for this already


class Conduct(Protocol):
    """Decides for desk staff and drivers. Asked the same again, it answers the same."""

    def answer(self, supply: str, volume: Volume, lender: str) -> str | None:
        """What a lender's staff answer; None when they overlook the question."""
        ...

    def is_right(self, volume: Volume) -> bool:
        """Whether what stands behind a barcode is the book that the catalogue says."""
        ...

    def turns_up(self, volume: Volume, missing_since: datetime, now: datetime) -> bool:
        """Whether staff who look for a missing volume find it."""
        ...

    def goes_astray(self, tote: str, volumes: Sequence[Volume]) -> bool:
        """Whether a driver leaves this tote at a wrong stop."""
        ...


class FaultlessConduct:
    """Everybody does what is expected."""

    def answer(self, supply: str, volume: Volume, lender: str) -> str | None:
        """Yes."""
        return WILL_SUPPLY

    def is_right(self, volume: Volume) -> bool:
        """Always."""
        return True

    def turns_up(self, volume: Volume, missing_since: datetime, now: datetime) -> bool:
        """At once."""
        return True

    def goes_astray(self, tote: str, volumes: Sequence[Volume]) -> bool:
        """Never."""
        return False
