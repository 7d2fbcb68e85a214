"""Items: kept by (owner, barcode), withdrawn rather than deleted, and never taken from another record."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from hub.storage import harvests
from hub.storage.harvests import ItemCounts, ItemRow, RecordRow, SourceRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import Item
from hub.storage.tables.columns import core

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
ITEM = core(Item)


def item(barcode: str, owner: str = "NJ") -> ItemRow:
    return ItemRow(owner, barcode, "NJ-01", "I242.4/12", "I0242.4", price_fen=3990)


async def begin(store: Store) -> tuple[int, int, int]:
    """Three records without items."""

    def add(connection: Connection) -> tuple[int, int, int]:
        harvests.add_source(connection, SourceRow("s", "NJ", "file", "/", {}, {}, NOW))
        run = harvests.start_run(connection, "s", full=True, now=NOW).id
        rows = [RecordRow(name, name.encode(), "cnmarc", "utf-8") for name in "abc"]
        first, second, third = harvests.store_batch(connection, "s", run, rows, NOW).changed_record_ids
        return first, second, third

    return await store.write(add)


async def state(store: Store, stated: dict[int, list[ItemRow]]) -> ItemCounts:
    return await store.write(lambda c: harvests.store_items(c, stated))


async def held(store: Store, record: int) -> list[str]:
    return [row.barcode for row in await store.read(lambda c: harvests.items_of(c, record))]


async def test_items_are_added_changed_and_withdrawn(store: Store) -> None:
    a, _, _ = await begin(store)
    assert await state(store, {a: [item("1"), item("2")]}) == ItemCounts(added=2)
    moved = item("2")._replace(shelf="B2")
    assert await state(store, {a: [item("1"), moved]}) == ItemCounts(changed=1, unchanged=1)
    assert await state(store, {a: [moved]}) == ItemCounts(unchanged=1, withdrawn=1)
    assert await store.read(lambda c: harvests.items_of(c, a)) == [moved]
    rows = await store.read(lambda c: c.execute(select(ITEM.c.barcode, ITEM.c.withdrawn)).all())
    assert sorted(map(tuple, rows)) == [("1", True), ("2", False)]
    assert await state(store, {a: [item("1"), moved]}) == ItemCounts(changed=1, unchanged=1), "it came back"
    assert await store.read(harvests.item_counts) == {"NJ": 2}


async def test_the_same_barcode_at_two_libraries_is_two_volumes(store: Store) -> None:
    a, b, _ = await begin(store)
    counts = await state(store, {a: [item("1")], b: [item("1", owner="SZ")]})
    assert (counts.added, counts.clashes) == (2, 0)


async def test_a_clash_stays_with_the_first_and_is_reported(store: Store) -> None:
    a, b, c = await begin(store)
    counts = await state(store, {a: [item("1"), item("1")], b: [item("1"), item("2")]})
    assert counts == ItemCounts(added=2, clashes=2), "one repeated inside a record, one between two"
    assert (await state(store, {c: [item("1")]})).clashes == 1
    assert (await held(store, a), await held(store, b), await held(store, c)) == (["1"], ["2"], [])
    assert await store.read(lambda con: harvests.barcode_clashes(con, "NJ")) == {"1": [a, b, c]}


async def test_a_released_barcode_goes_to_the_record_that_waits(store: Store) -> None:
    a, b, c = await begin(store)
    await state(store, {a: [item("1")], b: [item("1")._replace(shelf="B2")], c: [item("1")]})
    counts = await state(store, {a: []})
    assert counts == ItemCounts(promoted=(b,))
    assert [row.shelf for row in await store.read(lambda con: harvests.items_of(con, b))] == ["B2"]
    assert await store.read(lambda con: harvests.barcode_clashes(con, "NJ")) == {"1": [b, c]}
    assert await state(store, {c: []}) == ItemCounts(), "it no longer waits"
    assert await state(store, {b: []}) == ItemCounts(withdrawn=1)


async def test_a_volume_that_moves_between_records_of_one_batch_is_no_clash(store: Store) -> None:
    a, b, _ = await begin(store)
    await state(store, {a: [item("1")]})
    assert await state(store, {b: [item("1")], a: []}) == ItemCounts(changed=1)
    assert (await held(store, a), await held(store, b)) == ([], ["1"])


async def test_a_deleted_record_withdraws_its_items_and_the_waiting_record_is_clustered(store: Store) -> None:
    def harvest(connection: Connection, *rows: RecordRow) -> tuple[int, ...]:
        run = harvests.start_run(connection, "s", full=True, now=NOW).id
        return harvests.store_batch(connection, "s", run, rows, NOW).changed_record_ids

    _, b, _ = await begin(store)
    stated = [RecordRow(name, b"new" + name.encode(), "cnmarc", "utf-8", items=(item("1"),)) for name in "ab"]
    await store.write(lambda c: harvest(c, *stated))
    gone = RecordRow("a", b"", "cnmarc", "utf-8", deleted=True)
    assert b in await store.write(lambda c: harvest(c, gone))
    assert await held(store, b) == ["1"]
