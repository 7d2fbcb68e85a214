"""Whether a story went as the script says, judged by what the hub shows afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.kernel.volumes import Volume
from hub.simulation.actors.conduct import ReaderConduct
from hub.simulation.actors.reader import Errand
from hub.simulation.actors.world import Tally
from hub.simulation.demo.day import Delivery, LenderConduct, PlannedRequest, Returned


@dataclass(frozen=True, slots=True)
class Ending:
    """One request's end. ``shown`` is the coordinator's view of it, empty when it was refused."""

    planned: PlannedRequest
    errand: Errand
    shown: Mapping[str, Any]
    tally: Tally

    @property
    def outcome(self) -> str:
        """The request's outcome, or the code of the refusal."""
        return str(self.shown.get("outcome", self.errand.refused))

    @property
    def supplies(self) -> list[Mapping[str, Any]]:
        """Who was asked, in order."""
        return list(self.shown.get("supplies", ()))

    def first_ended(self, state: str, reason: str = "") -> bool:
        """Whether some lender before the last one ended so."""
        return any(supply["state"] == state and reason in {"", supply["reason"]} for supply in self.supplies)


def went_as_planned(ending: Ending) -> bool:
    """Whether the reader, the lender, the road and the return did what the story says."""
    story = ending.planned.story
    return (
        _READERS[story.reader](ending)
        and _LENDERS[story.lender](ending)
        and _DELIVERIES[story.delivery](ending)
        and (story.reader is not ReaderConduct.COLLECTS or _was_returned(ending))
    )


def _was_returned(ending: Ending) -> bool:
    loan = ending.shown.get("loan") or {}
    elsewhere = ending.planned.story.returned is Returned.ELSEWHERE
    return (
        loan.get("return_node") == ending.planned.return_at
        and (loan.get("return_node") != ending.planned.pickup) == elsewhere
    )


def _was_astray(ending: Ending) -> bool:
    return bool(ending.tally.misdelivered)


def _was_wrong(ending: Ending) -> bool:
    wrong = {str(volume) for volume in ending.tally.wrong}
    return ending.first_ended("completed", "wrong_volume") and any(
        str(Volume(supply["owner"], supply["barcode"])) in wrong for supply in ending.supplies
    )


Check = Callable[[Ending], bool]

_READERS: Mapping[ReaderConduct, Check] = {
    ReaderConduct.COLLECTS: lambda ending: ending.outcome == "filled",
    ReaderConduct.CANCELS_BEFORE_PICKING: lambda ending: (
        ending.outcome == "cancelled" and ending.errand.cancelled_too_late is False
    ),
    ReaderConduct.CANCELS_ON_THE_ROAD: lambda ending: (
        ending.outcome == "cancelled" and ending.errand.cancelled_too_late is True
    ),
    ReaderConduct.NEVER_COLLECTS: lambda ending: ending.shown.get("reason") == "not_collected",
    ReaderConduct.SUGGESTS: lambda ending: (
        ending.errand.refused == "lending.no_copy" and bool(ending.errand.suggestion)
    ),
    ReaderConduct.IS_REFUSED: lambda ending: ending.errand.refused == "lending.duplicate_request",
}

_LENDERS: Mapping[LenderConduct, Check] = {
    LenderConduct.USUAL: lambda ending: True,
    LenderConduct.DOES_NOT_FIND_IT: lambda ending: ending.first_ended("declined", "not_on_shelf"),
    LenderConduct.IS_SILENT: lambda ending: ending.first_ended("expired"),
}

_DELIVERIES: Mapping[Delivery, Check] = {
    Delivery.USUAL: lambda ending: True,
    Delivery.WRONG_STOP: _was_astray,
    Delivery.WRONG_VOLUME: _was_wrong,
}
