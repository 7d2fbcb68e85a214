"""What storing records would come to, without storing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, takewhile

from sqlalchemy import Connection, select

from hub.storage.harvests.batch_plan import (
    KnownRecord,
    alternate_identifier,
    is_nameless,
    ordinal_identifier,
    plan_batch,
)
from hub.storage.harvests.difference import NAMED, Difference, Share
from hub.storage.harvests.records import known_records
from hub.storage.harvests.values import ItemCounts, RecordRow, Sighting, StoredCounts
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core

RECORD = core(SourceRecord)

#: no run has this number, so that nothing stored seems to have been seen by it
NO_RUN = Sighting(-1)


class Rehearsal:
    """Remembers what its batches would have stored: a record that comes twice is new once."""

    def __init__(self, *, newest_wins: bool = False) -> None:
        """Nothing has come yet. For ``newest_wins`` see ``batch_plan.plan_batch``."""
        self._newest_wins = newest_wins
        self._after: dict[str, KnownRecord] = {}
        self._first_new: dict[str, bytes] = {}

    def batch(
        self, connection: Connection, source: str, rows: Sequence[RecordRow], seen: Sighting = NO_RUN
    ) -> StoredCounts:
        """What storing these rows after the earlier ones would come to; their items are not looked at.

        ``seen`` tells in which slice of ``NO_RUN`` they came.
        """
        known = {**known_records(connection, source, rows), **self._of(rows)}
        plan = plan_batch(known, rows, seen, newest_wins=self._newest_wins)
        self._after.update((name, record) for name, record in plan.known.items() if known.get(name) != record)
        for name in known.keys() - plan.known.keys():
            del self._after[name]
            self._first_new.pop(name, None)
        brought = {**self._first_new, **{name: row.raw for name, row in plan.inserts.items()}}
        self._first_new = {name: brought[name] for name in sorted(brought)[:NAMED]}
        return StoredCounts(plan.stored, plan.unchanged, plan.deleted, plan.clashes, (), ItemCounts())

    def _of(self, rows: Sequence[RecordRow]) -> dict[str, KnownRecord]:
        """What earlier batches brought under the identifiers that these rows may be kept under."""
        names = {name for row in rows for name in (row.identifier, alternate_identifier(row))}
        for row in filter(is_nameless, rows):
            ordinals = (ordinal_identifier(row.identifier, ordinal) for ordinal in count(2))
            names.update(takewhile(self._after.__contains__, ordinals))
        return {name: self._after[name] for name in names & self._after.keys()}

    def first_new(self) -> dict[str, bytes]:
        """The bytes of the new records that come first by identifier, to show what they are."""
        return dict(self._first_new)

    def difference(self, connection: Connection, source: str) -> Difference:
        """How the records of all batches together differ from what is kept of the source."""
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        kept = select(RECORD.c.identifier, RECORD.c.digest).where(
            RECORD.c.source == source, RECORD.c.state == "live"
        )
        new = {name for name, record in self._after.items() if record.live}
        for identifier, digest in connection.execute(kept):
            new.discard(identifier)
            kinds[_kind(self._after.get(identifier), digest)].append(identifier)
        return Difference(new=Share.of(new), **{kind: Share.of(names) for kind, names in kinds.items()})


def _kind(after: KnownRecord | None, digest: str) -> str:
    """What became of a record that is kept with this digest."""
    if after is None:
        return "missing"
    if not after.live:
        return "deleted"
    return "unchanged" if after.digest == digest else "changed"
