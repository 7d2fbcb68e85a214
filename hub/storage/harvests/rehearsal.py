"""What storing records would come to, without storing them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.storage.harvests.batch_plan import KnownRecord, plan_batch
from hub.storage.harvests.records import known_records
from hub.storage.harvests.values import ItemCounts, RecordRow, Sighting, StoredCounts

#: no run has this number, so that nothing stored seems to have been seen by it
NO_RUN = Sighting(-1)


class Rehearsal:
    """Remembers what its batches would have stored: a record that comes twice is new once."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._after: dict[str, KnownRecord] = {}

    def batch(self, connection: Connection, source: str, rows: Sequence[RecordRow]) -> StoredCounts:
        """What storing these rows after the earlier ones would come to; their items are not looked at."""
        known = {**known_records(connection, source, rows), **self._after}
        plan = plan_batch(known, rows, NO_RUN, newest_wins=False)
        self._after.update((name, record) for name, record in plan.known.items() if known.get(name) != record)
        return StoredCounts(plan.stored, plan.unchanged, plan.deleted, plan.clashes, (), ItemCounts())
