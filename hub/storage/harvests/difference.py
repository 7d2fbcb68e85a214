"""How what a source would bring differs from what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

#: so many identifiers of each kind are named
NAMED = 20


@dataclass(frozen=True, slots=True)
class Share:
    """How many records are of one kind, and the identifiers of the first of them."""

    count: int = 0
    examples: tuple[str, ...] = ()

    @classmethod
    def of(cls, identifiers: Iterable[str]) -> Share:
        """These records, in the order of their identifiers."""
        found = sorted(identifiers)
        return cls(len(found), tuple(found[:NAMED]))


@dataclass(frozen=True, slots=True)
class Difference:
    """What would become of the records that are kept, and of those that are not yet."""

    new: Share = Share()
    changed: Share = Share()
    unchanged: Share = Share()
    deleted: Share = Share()  #: kept, and said to be gone
    missing: Share = Share()  #: kept, and did not come; whether they go is decided elsewhere

    def shares(self) -> dict[str, Share]:
        """The records by kind."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
