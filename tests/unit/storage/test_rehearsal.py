"""A rehearsal tells what storing would come to, in whatever batches the records arrive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from hub.storage import harvests
from hub.storage.harvests import Difference, RecordRow, Rehearsal, SourceRow
from hub.storage.harvests.difference import Share
from hub.storage.statements import batches
from hub.storage.store import Store

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


def record(identifier: str, content: str = "", *, deleted: bool = False) -> RecordRow:
    return RecordRow(identifier, (content or identifier).encode(), "cnmarc", "utf-8", deleted=deleted)


HELD = (record("kept"), record("edited", "before"), record("sold"), record("lost"))
DELIVERY = (
    record("kept"),
    record("edited", "after"),
    record("sold", deleted=True),
    record("never held", deleted=True),
    record("bought"),
    record("bought"),
    record("bought", "another under its number"),
    record("withdrawn at once"),
    record("withdrawn at once", deleted=True),
)


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_the_difference_is_the_same_in_batches_of_any_size(store: Store, size: int) -> None:
    def begin(connection: Connection) -> None:
        harvests.add_source(connection, SourceRow("one", "NJ", "file", "/drop", {}, {}, NOW))
        run = harvests.start_run(connection, "one", full=True, now=NOW).id
        harvests.store_batch(connection, "one", run, HELD, NOW)

    def rehearse(connection: Connection) -> tuple[Difference, int]:
        rehearsal = Rehearsal()
        clashes = sum(rehearsal.batch(connection, "one", part).clashes for part in batches(DELIVERY, size))
        return rehearsal.difference(connection, "one"), clashes

    await store.write(begin)
    difference, clashes = await store.read(rehearse)
    assert clashes == 1
    (beside,) = (name for name in difference.new.examples if "#" in name)
    assert difference == Difference(
        new=Share(2, ("bought", beside)),
        changed=Share(1, ("edited",)),
        unchanged=Share(1, ("kept",)),
        deleted=Share(1, ("sold",)),
        missing=Share(1, ("lost",)),
    )


async def test_only_the_first_records_of_each_kind_are_named(store: Store) -> None:
    rows = [record(f"{number:02}") for number in range(30)]
    rehearsal = Rehearsal()
    await store.read(lambda connection: rehearsal.batch(connection, "one", rows))
    found = await store.read(lambda connection: rehearsal.difference(connection, "one"))
    assert (found.new.count, found.new.examples[-1]) == (30, "19")
