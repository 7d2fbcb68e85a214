"""Translators: another translator is another edition."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature
from dedupe.features.names import some_agree

Extract = tuple[tuple[str, ...], tuple[str, ...]]


def extract(description: Description) -> Extract:
    """Translators, and everyone: one library's translator is the other's contributor without a role."""
    return description.people.forms("translator"), tuple(person.form for person in description.people.people)


def compare(first: Extract, second: Extract) -> str:
    """Whether translators named by both sides agree."""
    if first[0] and second[0]:
        if first[0] == second[0]:
            return "same"
        return "some" if some_agree(first[0], second[0]) else "different"
    if not first[0] and not second[0]:
        return ABSENT
    named, everyone = (first[0], second[1]) if first[0] else (second[0], first[1])
    return "other_role" if everyone and some_agree(named, everyone) else "one_sided"


FEATURE = Feature(
    "translators",
    ("different", "one_sided", "other_role", "some", "same"),
    extract,
    compare,
    conflict="different",
    show=lambda value: ", ".join(value[0]),
)
