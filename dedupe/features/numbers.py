"""Other identifiers: unified book number, LCCN, OCLC number, ISSN, publisher's number of music."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature

Extract = tuple[frozenset[str], ...]


def extract(description: Description) -> Extract:
    """One set per kind of number."""
    found = description.identifiers
    kinds = (found.unified, found.issns, found.lccns, found.publisher_numbers, found.oclc)
    return tuple(frozenset(kind) for kind in kinds)


def compare(first: Extract, second: Extract) -> str:
    """Whether any number is shared, or one kind is given by both and never agrees.

    A missing OCLC number in common says little: agencies obtain one each.
    """
    if any(one & other for one, other in zip(first, second, strict=True)):
        return "shared"
    stated = [one and other for one, other in zip(first[:4], second[:4], strict=True)]
    if any(stated):
        return "different"
    return "different_oclc" if first[4] and second[4] else ABSENT


FEATURE = Feature(
    "numbers",
    ("different", "different_oclc", "shared"),
    extract,
    compare,
    conflict="different",
    show=lambda value: ", ".join(sorted(frozenset().union(*value))),
)
