"""Joining by average score, with pairs that must and pairs that must not come together."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

#: averages are compared in millionths of a thousandth, by whole-number division
_PRECISION = 1_000_000


class _Groups:
    """The groups of one component, named by their smallest record, with the sums of scores between them."""

    def __init__(
        self,
        records: Sequence[str],
        scores: Mapping[tuple[str, str], int],
        different: Iterable[frozenset[str]],
    ) -> None:
        self.members: dict[str, set[str]] = {record: {record} for record in records}
        self.sums: dict[str, dict[str, int]] = {record: {} for record in records}
        self.apart: dict[str, set[str]] = {record: set() for record in records}
        for (one, other), score in scores.items():
            self.sums[one][other] = score
            self.sums[other][one] = score
        for pair in different:
            one, other = sorted(pair)
            self.apart[one].add(other)
            self.apart[other].add(one)

    def average(self, one: str, other: str) -> int:
        """The average score between two groups."""
        return self.sums[one][other] * _PRECISION // (len(self.members[one]) * len(self.members[other]))

    def join(self, one: str, other: str) -> str:
        """Make two groups one; its name."""
        kept, gone = min(one, other), max(one, other)
        self.members[kept] |= self.members.pop(gone)
        for third, total in self.sums.pop(gone).items():
            del self.sums[third][gone]
            if third != kept:
                joined = self.sums[kept].get(third, 0) + total
                self.sums[kept][third] = joined
                self.sums[third][kept] = joined
        for third in self.apart.pop(gone):
            self.apart[third].discard(gone)
            self.apart[third].add(kept)
            self.apart[kept].add(third)
        return kept


def join(
    records: Sequence[str],
    scores: Mapping[tuple[str, str], int],
    same: Sequence[tuple[str, str]],
    different: Iterable[frozenset[str]],
    threshold: int,
) -> list[frozenset[str]]:
    """The groups of one component. ``scores`` has each pair once; ``threshold`` is the least average."""
    groups = _Groups(records, scores, different)
    _obey(groups, same)
    least = threshold * _PRECISION
    waiting = [
        (-groups.average(one, other), one, other)
        for one in groups.sums
        for other in groups.sums[one]
        if one < other and groups.average(one, other) >= least
    ]
    heapq.heapify(waiting)
    while waiting:
        average, one, other = heapq.heappop(waiting)
        # An entry is stale when either group has grown since: its average is then another.
        if other not in groups.sums.get(one, {}) or groups.average(one, other) != -average:
            continue
        if other in groups.apart[one]:
            continue
        kept = groups.join(one, other)
        for third in groups.sums[kept]:
            if (now := groups.average(kept, third)) >= least:
                heapq.heappush(waiting, (-now, min(kept, third), max(kept, third)))
    return [frozenset(members) for members in groups.members.values()]


def _obey(groups: _Groups, same: Sequence[tuple[str, str]]) -> None:
    """Join what was decided to be one edition, save where that would join what was decided to be two."""
    name = {record: record for record in groups.members}
    for one, other in same:
        first, second = name[one], name[other]
        if first == second or second in groups.apart[first]:
            continue
        kept = groups.join(first, second)
        for record in groups.members[kept]:
            name[record] = kept
