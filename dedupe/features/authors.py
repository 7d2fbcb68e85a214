"""Authors: whether the people responsible are the same."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.features.feature import ABSENT, Feature
from dedupe.features.names import some_agree

Extract = tuple[tuple[str, ...], tuple[str, ...]]


def extract(description: Description) -> Extract:
    """Authors, and everyone: a role that one library left out does not set two records apart."""
    people = description.people.people
    return description.people.forms("author"), tuple(person.form for person in people)


def compare(first: Extract, second: Extract) -> str:
    """Authors against authors, then anyone against anyone."""
    authors_1, authors_2 = first[0], second[0]
    if authors_1 and authors_1 == authors_2:
        return "same"
    if not first[1] or not second[1]:
        return ABSENT
    if not authors_1 or not authors_2:
        return "other_role" if some_agree(first[1], second[1]) else "no_author"
    agreeing = some_agree(authors_1, authors_2)
    if agreeing == min(len(authors_1), len(authors_2)):
        return "same" if len(authors_1) == len(authors_2) else "contained"
    if agreeing:
        return "some"
    return "other_role" if some_agree(first[1], second[1]) else "different"


FEATURE = Feature(
    "authors",
    ("different", "no_author", "other_role", "some", "contained", "same"),
    extract,
    compare,
    conflict="different",
    show=lambda value: ", ".join(value[0]),
)
