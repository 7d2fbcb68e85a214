"""Series: libraries leave it out, so only what both say counts."""

from __future__ import annotations

from rapidfuzz import fuzz

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> str:
    """The letters of the series title."""
    return description.subjects.series_form


def compare(first: str, second: str) -> str:
    """How the series agree."""
    if not first or not second:
        return ABSENT
    if first == second:
        return "same"
    return "like" if first in second or second in first or fuzz.ratio(first, second) >= 75.0 else "different"


FEATURE = Feature("series", ("different", "like", "same"), extract, compare)
