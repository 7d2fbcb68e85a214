"""What the script says of lenders, books and vans, as conduct of the people concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.kernel.volumes import Volume
from hub.simulation.actors.conduct import WILL_SUPPLY
from hub.simulation.demo.day import Delivery, LenderConduct, Story

#: a book that was put on a wrong shelf turns up after so long
TURNS_UP_AFTER = timedelta(hours=20)


class ScriptedConduct:
    """Everybody does what is expected, except where a story says otherwise."""

    def __init__(self) -> None:
        """No story has begun."""
        self._answers: dict[str, str | None] = {}
        self._mislabelled: set[Volume] = set()
        self._astray: set[Volume] = set()

    def befall(self, story: Story, supply: Mapping[str, Any]) -> None:
        """Let a story's fate fall on the first lender asked and the volume that it holds."""
        volume = Volume(supply["owner"], supply["barcode"])
        if story.lender is LenderConduct.DOES_NOT_FIND_IT:
            self._answers[supply["supply"]] = "not_on_shelf"
        elif story.lender is LenderConduct.IS_SILENT:
            self._answers[supply["supply"]] = None
        if story.delivery is Delivery.WRONG_VOLUME:
            self._mislabelled.add(volume)
        elif story.delivery is Delivery.WRONG_STOP:
            self._astray.add(volume)

    def answer(self, supply: str, volume: Volume, lender: str) -> str | None:
        """What a lender's staff answer; None when they overlook the question."""
        return self._answers.get(supply, WILL_SUPPLY)

    def is_right(self, volume: Volume) -> bool:
        """Whether what stands behind a barcode is the book that the catalogue says."""
        return volume not in self._mislabelled

    def turns_up(self, volume: Volume, missing_since: datetime, now: datetime) -> bool:
        """Whether staff who look for a missing volume find it."""
        return now - missing_since >= TURNS_UP_AFTER

    def goes_astray(self, tote: str, volumes: Sequence[Volume]) -> bool:
        """Whether a driver leaves this tote at a wrong stop; once is enough."""
        found = self._astray.intersection(volumes)
        self._astray -= found
        return bool(found)


def is_eventful(story: Story) -> bool:
    """Whether something is to befall the lender or the delivery."""
    return story.lender is not LenderConduct.USUAL or story.delivery is not Delivery.USUAL
