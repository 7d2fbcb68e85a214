"""Publisher: short forms, so that a missing 出版社 or Verlag does not matter."""

from __future__ import annotations

from rapidfuzz import fuzz

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> str:
    """The short form of the publisher's name."""
    return description.publication.publisher_form


def compare(first: str, second: str) -> str:
    """How two short forms agree."""
    if not first or not second:
        return ABSENT
    if first == second:
        return "same"
    shorter, longer = (first, second) if len(first) <= len(second) else (second, first)
    if len(shorter) >= 2 and shorter in longer:
        return "contained"
    agreement = max(fuzz.ratio(first, second), fuzz.token_set_ratio(first, second) if " " in longer else 0.0)
    if agreement >= 80.0:
        return "contained"
    return "like" if agreement >= 55.0 else "different"


FEATURE = Feature(
    "publisher", ("different", "like", "contained", "same"), extract, compare, conflict="different"
)
