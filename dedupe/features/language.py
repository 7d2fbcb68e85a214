"""Language of the text."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> str:
    """The language code."""
    return description.language.text


def compare(first: str, second: str) -> str:
    """Whether both say the same language."""
    if not first or not second:
        return ABSENT
    return "same" if first == second else "different"


FEATURE = Feature("language", ("different", "same"), extract, compare, conflict="different")
