"""People as they are: mostly reliable, now and then not. Chance decides, by the subject's own name.

Each question has a stream of its own, so that the answer does not depend on the order of asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.kernel.volumes import Volume
from hub.simulation.actors.conduct import WILL_SUPPLY, ReaderConduct
from hub.simulation.demo.chance import Streams, between, weighted

#: what lenders answer, as shares; None: nobody looks at the question. Estimates, not measurements.
ANSWERS: tuple[tuple[str | None, float], ...] = (
    (WILL_SUPPLY, 0.86),
    ("not_on_shelf", 0.05),
    ("in_use", 0.02),
    ("damaged", 0.01),
    ("declined", 0.02),
    (None, 0.04),
)
READERS: tuple[tuple[ReaderConduct, float], ...] = (
    (ReaderConduct.COLLECTS, 0.88),
    (ReaderConduct.NEVER_COLLECTS, 0.05),
    (ReaderConduct.CANCELS_BEFORE_PICKING, 0.04),
    (ReaderConduct.CANCELS_ON_THE_ROAD, 0.03),
)
MISLABELLED = 0.003
LEFT_AT_WRONG_STOP = 0.01
#: a missing volume is found after so many days, or not
FOUND_AGAIN = 0.8
LONGEST_SEARCH_DAYS = 12


@dataclass(frozen=True, slots=True)
class ChanceConduct:
    """Staff and drivers who err now and then."""

    streams: Streams

    def answer(self, supply: str, volume: Volume, lender: str) -> str | None:
        """What a lender's staff answer; None when they overlook the question."""
        chance = self.streams(f"answer/{supply}")
        return weighted(chance, [said for said, _ in ANSWERS], [share for _, share in ANSWERS])

    def is_right(self, volume: Volume) -> bool:
        """Whether what stands behind a barcode is the book that the catalogue says."""
        return self.streams(f"label/{volume}").random() >= MISLABELLED

    def turns_up(self, volume: Volume, missing_since: datetime, now: datetime) -> bool:
        """Whether staff who look for a missing volume find it."""
        chance = self.streams(f"search/{volume}/{missing_since.isoformat()}")
        is_found = chance.random() < FOUND_AGAIN
        return is_found and now - missing_since >= timedelta(days=between(chance, 1, LONGEST_SEARCH_DAYS))

    def goes_astray(self, tote: str, volumes: Sequence[Volume]) -> bool:
        """Whether a driver leaves this tote at a wrong stop."""
        return self.streams(f"tote/{tote}").random() < LEFT_AT_WRONG_STOP
