"""What a batch of received records changes, decided from what is known of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from hub.storage.harvests.values import RecordRow, Sighting


class KnownRecord(NamedTuple):
    """What is stored under an identifier."""

    id: int | None  #: None for a record that this very batch inserts
    digest: str
    live: bool
    seen: Sighting


@dataclass(slots=True)
class BatchPlan:
    """The statements to come: each record is in one of ``inserts``, ``updates``, ``deletions``, ``seen``."""

    inserts: dict[str, RecordRow] = field(default_factory=dict)  #: by the identifier to store it under
    updates: dict[int, RecordRow] = field(default_factory=dict)
    deletions: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    stored: int = 0
    unchanged: int = 0
    deleted: int = 0
    clashes: int = 0
    known: dict[str, KnownRecord] = field(default_factory=dict)  #: by identifier, after the batch


class PlainRows(NamedTuple):
    """Received records by what they need."""

    new: list[RecordRow]  #: nothing is stored under their identifiers
    same: list[int]  #: the numbers of stored records that came again as they are
    doubtful: list[RecordRow]  #: what ``plan_batch`` is to decide, in order


def plain_rows(known: Mapping[str, KnownRecord], rows: Sequence[RecordRow], seen: Sighting) -> PlainRows:
    """Set apart the records that are plainly new or plainly the same: nearly all of nearly every batch."""
    times = Counter([row.identifier for row in rows])
    found = PlainRows([], [], [])
    for row in rows:
        if row.deleted or times[row.identifier] > 1:
            found.doubtful.append(row)
        elif (before := known.get(row.identifier)) is None:
            found.new.append(row)
        elif (
            before.live
            and before.digest == row.digest
            and before.id is not None
            and not (before.seen == seen and is_nameless(row))
        ):
            found.same.append(before.id)
        else:
            found.doubtful.append(row)
    if found.doubtful and not times.keys().isdisjoint(map(alternate_identifier, found.doubtful)):
        # Somebody's own identifier looks like another's alternate one: their order decides.
        return PlainRows([], [], list(rows))
    return found


def alternate_identifier(row: RecordRow) -> str:
    """Under what a record is kept whose own identifier another record of the source has."""
    return f"{row.identifier}#{row.digest[:16]}"


def digest_identifier(digest: str) -> str:
    """Under what a record is kept that has no identifier, by the digest of its bytes."""
    return f"digest:{digest[:32]}"


def is_nameless(row: RecordRow) -> bool:
    """Whether the record has no identifier of its own."""
    return row.identifier == digest_identifier(row.digest)


def ordinal_identifier(identifier: str, ordinal: int) -> str:
    """Under what the second, third ... of some nameless records is kept whose bytes are the same."""
    return identifier if ordinal == 1 else f"{identifier}+{ordinal}"


def plan_batch(
    known: Mapping[str, KnownRecord], rows: Iterable[RecordRow], seen: Sighting, *, newest_wins: bool
) -> BatchPlan:
    """Decide what each of ``rows`` is: new, changed, gone, the same, or a clash.

    A clash is a second record with an identifier seen in this run already but with other bytes. It is kept
    beside the first, never over it. What a slice brought before it broke off is no first record: fetched
    again, the slice brings its newer version.

    Nameless records of the same bytes are told apart by the order in which one slice brings them: as many as
    it brings are kept. In another slice they are the same ones again, for the same bytes belong to the same
    slices. ``newest_wins`` is for targets whose identifiers are unique by
    protocol (OAI-PMH): there it is the same record, changed while the run went on.
    """
    planner = _Planner(dict(known), seen, newest_wins)
    for row in rows:
        if row.deleted:
            planner.gone(row)
        else:
            planner.present(row)
    planner.plan.known = planner.known
    return planner.plan


class _Planner:
    def __init__(self, known: dict[str, KnownRecord], seen: Sighting, newest_wins: bool) -> None:
        self.plan = BatchPlan()
        self.known = known
        self._seen = seen
        self._newest_wins = newest_wins

    def gone(self, row: RecordRow) -> None:
        before = self.known.get(row.identifier)
        if before is None or not before.live:
            self.plan.unchanged += 1
            return
        if before.id is None:
            # In a rehearsal an earlier batch may have brought it.
            self.plan.inserts.pop(row.identifier, None)
            del self.known[row.identifier]
        else:
            self.plan.updates.pop(before.id, None)
            self.plan.deletions.add(before.id)
            self.known[row.identifier] = before._replace(live=False, seen=self._seen)
        self.plan.stored += 1
        self.plan.deleted += 1

    def present(self, row: RecordRow) -> None:
        identifier = self._identifier(row)
        before = self.known.get(identifier)
        if before is not None and before.live and before.digest == row.digest:
            self.plan.unchanged += 1
            self.known[identifier] = before._replace(seen=self._seen)
            if before.id is not None:
                self.plan.seen.add(before.id)
            return
        if before is None or before.id is None:
            self.plan.inserts[identifier] = row
        else:
            self.plan.deletions.discard(before.id)
            self.plan.updates[before.id] = row
        self.known[identifier] = KnownRecord(before.id if before else None, row.digest, True, self._seen)
        self.plan.stored += 1

    def _identifier(self, row: RecordRow) -> str:
        """The record's own identifier, or the alternate one when another record has it."""
        before = self.known.get(row.identifier)
        if is_nameless(row):
            return self._next_of_the_same(row)
        if before is None or before.digest == row.digest or self._newest_wins:
            return row.identifier
        alternate = alternate_identifier(row)
        if alternate in self.known or (before.live and before.seen.stands_beside(self._seen)):
            self.plan.clashes += 1
            return alternate
        return row.identifier

    def _next_of_the_same(self, row: RecordRow) -> str:
        """The first identifier under which this slice has not brought these bytes yet."""
        names = (ordinal_identifier(row.identifier, ordinal) for ordinal in count(1))
        return next(
            name
            for name in names
            if (before := self.known.get(name)) is None or not before.live or before.seen != self._seen
        )
