"""ISBN: evidence, never proof: sets and reprints share one, and publishers have used one twice."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature

Extract = tuple[frozenset[str], frozenset[str]]


def extract(description: Description) -> Extract:
    """Numbers of the thing itself and numbers of the set it belongs to."""
    return frozenset(description.identifiers.isbns), frozenset(description.identifiers.set_isbns)


def compare(first: Extract, second: Extract) -> str:
    """Whether a number is shared, and whose."""
    if first[0] & second[0]:
        return "shared"
    if (first[0] | first[1]) & (second[0] | second[1]):
        return "shared_set"
    if not first[0] or not second[0]:
        return ABSENT
    return "misprint" if any(_swapped(one, other) for one in first[0] for other in second[0]) else "different"


def _swapped(one: str, other: str) -> bool:
    """Two neighbouring digits exchanged: a slip, whereas one other digit is the publisher's next book."""
    core, core_of_other = one[3:12], other[3:12]
    return sorted(core) == sorted(core_of_other) and OSA.distance(core, core_of_other, score_cutoff=1) <= 1


FEATURE = Feature(
    "isbn",
    ("different", "misprint", "shared_set", "shared"),
    extract,
    compare,
    conflict="different",
    show=lambda value: ", ".join(sorted(value[0] | value[1])),
)
