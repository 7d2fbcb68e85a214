"""What a batch of received records changes, decided from what is known of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hub.storage.harvests.values import RecordRow, Sighting


@dataclass(frozen=True, slots=True)
class KnownRecord:
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


def alternate_identifier(row: RecordRow) -> str:
    """Under what a record is kept whose own identifier another record of the source has."""
    return f"{row.identifier}#{row.digest[:16]}"


def plan_batch(
    known: Mapping[str, KnownRecord], rows: Iterable[RecordRow], seen: Sighting, *, newest_wins: bool
) -> BatchPlan:
    """Decide what each of ``rows`` is: new, changed, gone, the same, or a clash.

    A clash is a second record with an identifier seen in this run already but with other bytes. It is kept
    beside the first, never over it. What a slice brought before it broke off is no first record: fetched
    again, the slice brings its newer version. ``newest_wins`` is for targets whose identifiers are unique by
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
            self.known[row.identifier] = replace(before, live=False, seen=self._seen)
        self.plan.stored += 1
        self.plan.deleted += 1

    def present(self, row: RecordRow) -> None:
        identifier = self._identifier(row)
        before = self.known.get(identifier)
        if before is not None and before.live and before.digest == row.digest:
            self.plan.unchanged += 1
            self.known[identifier] = replace(before, seen=self._seen)
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
        if before is None or before.digest == row.digest or self._newest_wins:
            return row.identifier
        alternate = alternate_identifier(row)
        if alternate in self.known or (before.live and before.seen.stands_beside(self._seen)):
            self.plan.clashes += 1
            return alternate
        return row.identifier
