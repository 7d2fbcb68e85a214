"""Other title information: tells books of one series apart when the title proper is the series."""

from __future__ import annotations

from rapidfuzz import fuzz

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> tuple[str, str]:
    """The letters of the other title information and of everything."""
    return description.titles.subtitle, description.titles.full


def compare(first: tuple[str, str], second: tuple[str, str]) -> str:
    """Whether both have a subtitle and how they agree."""
    one, other = first[0], second[0]
    if not one or not other:
        # Typed into the title proper of the other record, or left out by it.
        return ABSENT if one == other else ("typed_in" if first[1] == second[1] else "one_sided")
    if one == other or first[1] == second[1]:
        return "same"
    if one in other or other in one or fuzz.ratio(one, other) >= 75.0:
        return "like"
    return "loose" if fuzz.token_set_ratio(first[1], second[1]) >= 85.0 else "different"


FEATURE = Feature(
    "subtitle",
    ("different", "loose", "one_sided", "like", "typed_in", "same"),
    extract,
    compare,
    conflict="different",
    show=lambda value: value[0],
)
