"""What a harvest would change, before anything of it is stored.

Works on the records of any harvester; for files it is the question an operator asks of a delivery: how much
of it is new, and does it take away half of the catalogue?

Owns: comparing by identifier and digest. Must not: decide what is done with the difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.ports import RawRecord


@dataclass(frozen=True, slots=True)
class Share:
    """How many records are of one kind, and the first of them."""

    count: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What would become of what is held."""

    new: Share = Share()
    changed: Share = Share()
    deleted: Share = Share()  #: held, and said to be gone
    unchanged: Share = Share()
    missing: Share = Share()  #: held, and not in a whole harvest; whether they go is decided elsewhere
    repeated: Share = Share()  #: identifiers that came more than once
    unnamed: Share = Share()  #: without identifier
    refused: Share = Share()  #: could not be had; the examples are the reasons
    untouched: Share = Share()  #: said to be gone, and never held


def digest(raw: bytes) -> str:
    """The digest that records are compared by."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(slots=True)
class _Found:
    limit: int
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < self.limit:
            self.examples.append(example)


class Comparison:
    """Compares records with what is held, as they come."""

    def __init__(self, held: Mapping[str, str], *, examples: int = 20) -> None:
        """``held`` are the digests of the live records by identifier.

        Of each kind so many ``examples`` are kept.
        """
        self._held = held
        self._examples = examples
        self._seen: set[str] = set()
        self._found: dict[str, _Found] = {}

    def take(self, records: Iterable[RawRecord]) -> None:
        """Compare some more records."""
        for record in records:
            identifier = record.identifier
            if record.syntax == "diagnostic":
                self._add("refused", record.raw.decode("utf-8", "replace")[:200])
            elif identifier is None:
                self._add("unnamed", digest(record.raw)[:16])
            elif identifier in self._seen:
                self._add("repeated", identifier)
            else:
                self._seen.add(identifier)
                self._add(self._kind(record, identifier), identifier)

    def _kind(self, record: RawRecord, identifier: str) -> str:
        held = self._held.get(identifier)
        if record.deleted:
            return "untouched" if held is None else "deleted"
        if held is None:
            return "new"
        return "unchanged" if held == digest(record.raw) else "changed"

    def _add(self, kind: str, example: str) -> None:
        self._found.setdefault(kind, _Found(self._examples)).add(example)

    def result(self, *, whole: bool) -> Difference:
        """The difference so far; after a ``whole`` harvest also what is held and did not come."""
        found = dict(self._found)
        if whole:
            absent = found["missing"] = _Found(self._examples)
            for identifier in sorted(self._held.keys() - self._seen):
                absent.add(identifier)
        return Difference(**{kind: Share(one.count, tuple(one.examples)) for kind, one in found.items()})
