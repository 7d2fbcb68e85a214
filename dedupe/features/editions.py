"""Edition: number and kind; a first edition and no statement mean the same."""

from __future__ import annotations

from rapidfuzz import fuzz

from dedupe.description import Description
from dedupe.description.editions import Edition
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> Edition:
    """The edition."""
    return description.edition


def conflicts(first: Edition, second: Edition) -> bool:
    """Whether both state a number and the numbers differ."""
    return first.number is not None and second.number is not None and first.number != second.number


def compare(first: Edition, second: Edition) -> str:
    """How the statements agree."""
    if first.is_plain and second.is_plain:
        return ABSENT
    if first.number == second.number and first.kind == second.kind:
        return "same"
    if first.is_plain or second.is_plain:
        return "one_sided"
    if first.kind and second.kind:
        return "like" if _alike(first.kind, second.kind) else "different"
    return "like" if first.number == second.number else "different"


def _alike(first: str, second: str) -> bool:
    return first in second or second in first or fuzz.ratio(first, second) >= 70.0


FEATURE = Feature(
    "edition",
    ("different", "one_sided", "like", "same"),
    extract,
    compare,
    conflict="different",
    show=lambda value: value.statement,
)
