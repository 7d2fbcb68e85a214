"""Volumes on a member's shelves: barcodes, locations, call numbers, states."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from hub.kernel.ports import Randomness
from hub.simulation.demo import wording
from hub.simulation.demo.chance import between, weighted
from hub.simulation.demo.editions import Edition, Part
from hub.simulation.demo.habits import Habits
from hub.simulation.demo.works.values import Audience, Work

_FIRST_BARCODE = 100_001
_STATES = ("available", "on_loan", "reference")
_STATE_SHARES = (0.9, 0.06, 0.04)
#: practices that cannot say, or not everything: what their records say is then "available"
_UNSAID = {
    "repeated": frozenset({"on_loan", "reference"}),
    "grouped": frozenset({"on_loan", "reference"}),
    "ranges": frozenset({"on_loan", "reference"}),
    "952": frozenset({"on_loan"}),
}
#: sets of more volumes than this are held once only
_LARGE_SET = 4


@dataclass(frozen=True, slots=True)
class Copy:
    """One volume as its owner describes it; ``location`` is the owner's own code."""

    barcode: str
    location: str
    shelf: str
    class_number: str
    book_number: str
    volume: str = ""
    state: str = "available"  #: as the record says

    @property
    def call_number(self) -> str:
        """Class and book number together."""
        return f"{self.class_number}/{self.book_number}"


class Shelves:
    """Numbers the volumes of one catalogue; each library numbers for itself."""

    def __init__(self, habits: Habits, chance: Randomness) -> None:
        """Empty shelves."""
        self._habits = habits
        self._chance = chance
        self._serial = _FIRST_BARCODE
        self._running: dict[str, dict[str, int]] = defaultdict(dict)

    def copies(self, edition: Edition) -> tuple[Copy, ...]:
        """The member's volumes of this edition: every volume of a set as often as the first."""
        times = self._how_many(edition)
        locations = sorted(self._location() for _ in range(times))
        return tuple(
            self._copy(edition, location, part) for location in locations for part in _parts(edition)
        )

    def _how_many(self, edition: Edition) -> int:
        if edition.pieces > _LARGE_SET:
            return 1
        if edition.work.popular:
            return between(self._chance, 1, 4)
        return weighted(self._chance, (1, 2, 3), (0.62, 0.28, 0.1))

    def _location(self) -> str:
        codes = list(self._habits.locations)
        shares = self._habits.shares or tuple(2.0 if place == 0 else 1.0 for place in range(len(codes)))
        return weighted(self._chance, codes, shares)

    def _copy(self, edition: Edition, location: str, part: Part | None) -> Copy:
        return Copy(
            barcode=self._barcode(),
            location=location,
            shelf=_shelf(edition.work),
            class_number=edition.work.clc,
            book_number=self._book_number(edition.work),
            volume=wording.part(part, self._habits) if part else "",
            state=self._state(),
        )

    def _state(self) -> str:
        state = weighted(self._chance, _STATES, _STATE_SHARES)
        return "available" if state in _UNSAID.get(self._habits.holdings, frozenset()) else state

    def _barcode(self) -> str:
        number = self._serial
        self._serial += 1
        if self._habits.barcode == "plain":
            return f"{number:08d}"
        return f"{self._habits.source.replace('-', '').upper()}{number:07d}"

    def _book_number(self, work: Work) -> str:
        if self._habits.call_number == "running":
            within = self._running[work.clc]
            return str(within.setdefault(work.key, len(within) + 1))
        # Author numbers come from tables; what matters here is that they are the same for one author.
        code = zlib.crc32(work.by[0].name.encode("utf-8"))
        if self._habits.call_number == "corner":
            return f"{code % 10_000:04d}"
        return f"{work.by[0].pinyin[0].upper()}{code % 1_000:03d}"


def _parts(edition: Edition) -> Iterator[Part | None]:
    if edition.pieces == 1:
        yield edition.part
        return
    for number in range(1, edition.pieces + 1):
        yield Part(number, edition.pieces)


def _shelf(work: Work) -> str:
    if work.audience in (Audience.CHILDREN, Audience.YOUTH):
        return "少儿借阅区"
    return "文学借阅区" if work.clc.startswith("I") else "社科自科借阅区"
