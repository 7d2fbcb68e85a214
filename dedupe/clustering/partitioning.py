"""The partition into editions.

Records are joined within the components of edges and "same" decisions. Inside a component the two groups
with the highest average score are joined, again and again, while that average reaches the threshold; a pair
without an edge counts zero, so that a chain of doubtful pairs does not join what nobody compared alike. Sums
are whole numbers and ties go to the smallest record key: the result depends on the set alone, not on any
order of arrival (P6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dedupe.clustering.components import components
from dedupe.clustering.decisions import Decisions
from dedupe.clustering.linkage import join

#: records of one component that are joined together; a larger one is cut at its weakest edges first
LARGEST_COMPONENT = 400
#: by how much the cut rises, in thousandths
_STEP = 50

Edge = tuple[str, str, int]


def partition(
    records: Iterable[str],
    edges: Iterable[Edge],
    decisions: Decisions | None = None,
    threshold: int = 500,
) -> list[frozenset[str]]:
    """The editions, by their smallest record.

    Args:
        records: keys of every live record.
        edges: scored pairs (thousandths); a pair given twice keeps its higher score.
        decisions: what cataloguers decided; "different" wins where the two contradict.
        threshold: the average score that two groups need to be one edition.
    """
    ruled = decisions or Decisions()
    present = set(records)
    scores = _scores(edges, present)
    editions: list[frozenset[str]] = []
    for component in components(present, [*scores, *ruled.same]):
        for piece in _pieces(component, scores, ruled, 0):
            editions.extend(_editions(piece, scores, ruled, threshold))
    return sorted(editions, key=min)


def _scores(edges: Iterable[Edge], present: set[str]) -> dict[tuple[str, str], int]:
    scores: dict[tuple[str, str], int] = {}
    for first, second, score in edges:
        if first in present and second in present and first != second:
            pair = (first, second) if first < second else (second, first)
            scores[pair] = max(score, scores.get(pair, 0))
    return scores


def _pieces(
    component: Sequence[str], scores: dict[tuple[str, str], int], decisions: Decisions, cut: int
) -> list[list[str]]:
    """The component, or what falls apart of it as the cut rises, until each piece is small enough."""
    if len(component) <= LARGEST_COMPONENT or cut >= 1000:
        return [list(component)]
    members = set(component)
    kept = [
        pair
        for pair, score in scores.items()
        if score >= cut + _STEP and pair[0] in members and pair[1] in members
    ]
    return [
        smaller
        for piece in components(members, [*kept, *decisions.same])
        for smaller in _pieces(piece, scores, decisions, cut + _STEP)
    ]


def _editions(
    piece: Sequence[str], scores: dict[tuple[str, str], int], decisions: Decisions, threshold: int
) -> list[frozenset[str]]:
    if len(piece) == 1:
        return [frozenset(piece)]
    members = set(piece)
    inside = {
        (one, other): scores[one, other]
        for place, one in enumerate(piece)
        for other in piece[place + 1 :]
        if (one, other) in scores
    }
    same = sorted(pair for pair in decisions.same if members.issuperset(pair))
    different = {frozenset(pair) for pair in decisions.different if members.issuperset(pair)}
    return join(piece, inside, same, different, threshold)
