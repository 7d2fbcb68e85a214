"""Year: of the edition; a later printing of it may bear a later one."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature

#: years between two records of one edition that need no explanation (copyright, imprint, legal deposit)
TOLERANCE = 1

Extract = tuple[tuple[int, ...], tuple[int, ...]]


def extract(description: Description) -> Extract:
    """Years of the edition and of its printings."""
    return description.publication.years, description.publication.printings


def distance(first: Extract, second: Extract) -> int | None:
    """Years between the nearest dates; None when a side has none. A stated printing counts as a date."""
    if not first[0] or not second[0]:
        return None
    if first[0][0] == second[0][0]:
        return 0
    return min(abs(one - other) for one in first[0] for other in second[0])


def is_reprint(first: Extract, second: Extract) -> bool:
    """Whether the date of one record is a stated printing of the other."""
    return bool({*first[0]} & {*second[1]} or {*second[0]} & {*first[1]})


def compare(first: Extract, second: Extract) -> str:
    """How the dates agree."""
    years = distance(first, second)
    if years is None:
        return ABSENT
    if years == 0:
        return "same"
    if is_reprint(first, second):
        return "reprint"
    if years <= TOLERANCE:
        return "adjacent"
    return "near" if years <= 3 else "far"


FEATURE = Feature(
    "year",
    ("far", "near", "adjacent", "reprint", "same"),
    extract,
    compare,
    show=lambda value: ", ".join(map(str, value[0])),
)
