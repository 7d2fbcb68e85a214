"""Price: weak by itself, and the only thing beside the extent that some old records have."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> str:
    """The amount as written."""
    return description.publication.price


def compare(first: str, second: str) -> str:
    """Whether the amounts are equal."""
    if not first or not second:
        return ABSENT
    return "same" if float(first) == float(second) else "different"


FEATURE = Feature("price", ("different", "same"), extract, compare)
