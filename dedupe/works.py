"""Works: editions of one work, grouped lightly by title and first author."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from dedupe.description import Description


def work_key(description: Description) -> str:
    """A key that editions of one work share: folded title proper and first author; "" without a title.

    For display and for "any edition will do"; never evidence that two records are one edition.
    """
    if not description.titles.forms:
        return ""
    authors = description.people.forms("author") or tuple(person.form for person in description.people.people)
    author = authors[0].split("·")[-1] if authors else ""
    text = f"{description.titles.forms[0]}\x1f{author}"
    return f"W-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class EditionOfWork:
    """What linking needs of an edition within its work."""

    id: str
    volume: str
    pieces: int | None
    publisher: str  #: short form
    year: int | None

    @property
    def is_set(self) -> bool:
        """Whether it stands for a set of several volumes as one."""
        return not self.volume and (self.pieces or 1) > 1


def sets_of(editions: Iterable[EditionOfWork]) -> dict[str, str]:
    """For every volume among the editions of one work, the set it is a volume of, where there is one.

    Volumes and their set are linked, never merged: the set of the same publisher, the nearest in time.
    """
    known = sorted(editions, key=lambda edition: edition.id)
    sets = [edition for edition in known if edition.is_set]
    found = {}
    for edition in known:
        of_publisher = [one for one in sets if one.publisher == edition.publisher]
        if edition.volume and of_publisher:
            found[edition.id] = min(of_publisher, key=lambda one: (_years_between(edition, one), one.id)).id
    return found


def _years_between(first: EditionOfWork, second: EditionOfWork) -> int:
    return abs(first.year - second.year) if first.year and second.year else 0
