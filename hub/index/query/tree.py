"""What was asked, before it is cut into tokens: the tree that the search box, the API and CQL all build.

Owns: the vocabulary of questions. A field here is one a person can name.
Must not: know tokens or engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a person can search in."""

    ANY = "any"
    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"
    PUBLISHER = "publisher"
    NUMBER = "isbn"
    CALL_NUMBER = "call_number"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Everything:
    """All editions."""


@dataclass(frozen=True, slots=True)
class Words:
    """All of these words, anywhere in the field and in any order."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Exactly:
    """These words next to each other, in this order."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """A word that begins so."""

    field: Field
    stem: str


@dataclass(frozen=True, slots=True)
class Years:
    """Published in these years; an open end is None."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Both:
    """Every part."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What does not answer ``part``."""

    part: Question


Question = Everything | Words | Exactly | Beginning | Years | Both | Either | Without


def spoken(question: Question) -> str:
    """The words of a question without its syntax and without what it excludes."""
    match question:
        case Words(text=text) | Exactly(text=text) | Beginning(stem=text):
            return text
        case Both(parts=parts) | Either(parts=parts):
            return " ".join(words for part in parts if (words := spoken(part)))
        case _:
            return ""
