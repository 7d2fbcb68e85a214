"""Records without an identifier: as many are kept as one slice brings, and they are the same next time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from hub.storage import harvests
from hub.storage.harvests import RecordRow, Rehearsal, Sighting, SourceRow
from hub.storage.harvests.batch_plan import digest_identifier
from hub.storage.store import Store

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)


def nameless(content: str) -> RecordRow:
    raw = content.encode()
    return RecordRow(digest_identifier(hashlib.sha256(raw).hexdigest()), raw, "marc21", "utf-8")


async def begun(store: Store) -> None:
    row = SourceRow("one", "NJ", "file", "/drop", {}, {}, NOW)
    await store.write(lambda connection: harvests.add_source(connection, row))


async def kept(
    store: Store, seen: Sighting, rows: Sequence[RecordRow], size: int = 100
) -> tuple[int, int, int]:
    """Store them in batches of a size; how many were stored, unchanged, and clashes."""

    def store_all(connection: Connection) -> tuple[int, int, int]:
        parts = [rows[begin : begin + size] for begin in range(0, len(rows), size)]
        counts = [harvests.store_batch(connection, "one", seen.run, part, NOW, seen=seen) for part in parts]
        return (
            sum(one.stored for one in counts),
            sum(one.unchanged for one in counts),
            sum(one.clashes for one in counts),
        )

    return await store.write(store_all)


async def contents(store: Store) -> list[str]:
    live = await store.read(lambda connection: harvests.live_records(connection, 0, 1000))
    return sorted(record.raw.decode() for record in live)


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_as_many_are_kept_as_come_and_the_next_run_finds_them_all(store: Store, size: int) -> None:
    await begun(store)
    rows = [nameless(one) for one in "aabacb" + "d" * 9]
    assert await kept(store, Sighting(1, 7, 1), rows, size) == (len(rows), 0, 0)
    assert await contents(store) == sorted("aabacb" + "d" * 9)
    assert await kept(store, Sighting(2, 7, 1), rows[::-1], size) == (0, len(rows), 0)
    assert await kept(store, Sighting(3, 7, 1), [*rows, nameless("a")], size) == (1, len(rows), 0)


async def test_a_slice_that_is_fetched_again_and_one_that_overlaps_bring_the_same_ones(store: Store) -> None:
    await begun(store)
    rows = [nameless("a"), nameless("a"), nameless("b")]
    assert await kept(store, Sighting(1, 7, 1), rows[:2]) == (2, 0, 0)
    assert await kept(store, Sighting(1, 7, 2), rows) == (1, 2, 0), "it broke off after two"
    assert await kept(store, Sighting(1, 8, 2), rows) == (0, 3, 0)
    assert await contents(store) == ["a", "a", "b"]


async def test_one_that_is_gone_is_missed_and_its_place_is_taken_again(store: Store) -> None:
    await begun(store)
    twice, once = [nameless("a"), nameless("a")], [nameless("a")]

    async def run(rows: Sequence[RecordRow]) -> int:
        def harvest(connection: Connection) -> int:
            number = harvests.start_run(connection, "one", full=True, now=NOW).id
            harvests.store_batch(connection, "one", number, rows, NOW)
            harvests.finish_run(connection, number, state="complete", now=NOW, expected=len(rows))
            return harvests.mark_missing_and_delete(connection, "one", number, 10, NOW).deleted

        return await store.write(harvest)

    assert [await run(rows) for rows in (twice, once, once)] == [0, 0, 1]
    assert await contents(store) == ["a"]
    assert await run(twice) == 0
    assert await contents(store) == ["a", "a"]


@pytest.mark.parametrize("size", [1, 100])
async def test_a_rehearsal_counts_them_as_storing_does(store: Store, size: int) -> None:
    await begun(store)
    await kept(store, Sighting(1, 7, 1), [nameless("a"), nameless("a")])
    delivery = [nameless(one) for one in "aaabb"]

    def rehearse(connection: Connection) -> tuple[int, int]:
        rehearsal = Rehearsal()
        for begin in range(0, len(delivery), size):
            rehearsal.batch(connection, "one", delivery[begin : begin + size])
        told = rehearsal.difference(connection, "one")
        return told.new.count, told.unchanged.count

    assert await store.read(rehearse) == (3, 2)
