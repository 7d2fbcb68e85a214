"""Which records describe the same edition, known because the records were generated from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One record. ``identifier`` is empty where its 001 is missing or shared; ``digest`` never is."""

    source: str
    member: str
    identifier: str
    digest: str  #: SHA-256 of the ISO 2709 bytes
    edition: str


@dataclass(frozen=True, slots=True)
class PairCount:
    """How many pairs of records were put together, rightly and wrongly."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """The share of the pairs found that are right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that were found."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def pairwise(truth: Mapping[str, Hashable], clusters: Mapping[str, Hashable]) -> PairCount:
    """Compare clusters with the truth; both give each record's group. Records without one stand alone."""
    groups: dict[Hashable, dict[Hashable, int]] = defaultdict(lambda: defaultdict(int))
    for record, edition in truth.items():
        groups[clusters.get(record, ("alone", record))][edition] += 1
    right = sum(_pairs(count) for members in groups.values() for count in members.values())
    found = sum(_pairs(sum(members.values())) for members in groups.values())
    return PairCount(right, found, sum(_pairs(count) for count in _sizes(truth.values())))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _sizes(groups: Iterable[Hashable]) -> Iterable[int]:
    sizes: dict[Hashable, int] = defaultdict(int)
    for group in groups:
        sizes[group] += 1
    return sizes.values()
