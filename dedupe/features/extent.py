"""Extent: pages counted a little differently are still the same pages."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature

Extract = tuple[int | None, frozenset[int], int | None]


def extract(description: Description) -> Extract:
    """Pages, every number of the statement, and the number of volumes."""
    extent = description.extent
    return extent.pages, frozenset(extent.numbers), extent.pieces


def compare(first: Extract, second: Extract) -> str:
    """How two extents agree."""
    pages_1, pages_2 = first[0], second[0]
    if pages_1 is None or pages_2 is None:
        return _without_pages(first, second)
    difference = abs(pages_1 - pages_2)
    if difference == 0:
        return "same"
    if difference <= 3 or difference <= 0.015 * max(pages_1, pages_2):
        return "close"
    if any(number > 20 for number in first[1] & second[1]):
        return "some"
    return "near" if difference <= 0.05 * max(pages_1, pages_2) else "different"


def _without_pages(first: Extract, second: Extract) -> str:
    if first[2] and second[2]:
        return "close" if first[2] == second[2] else "different"
    return "pieces_and_pages" if set_and_single(first, second) else ABSENT


def set_and_single(first: Extract, second: Extract) -> bool:
    """Whether one is so many volumes and the other so many pages."""
    return (_is_set(first) and _is_single(second)) or (_is_set(second) and _is_single(first))


def _is_set(extract: Extract) -> bool:
    return extract[0] is None and (extract[2] or 1) > 1


def _is_single(extract: Extract) -> bool:
    return extract[0] is not None and (extract[2] or 1) == 1


FEATURE = Feature(
    "extent",
    ("different", "pieces_and_pages", "near", "some", "close", "same"),
    extract,
    compare,
    conflict="different",
    show=lambda value: str(value[0] or ""),
)
