"""Storing records: what is new, changed, the same, gone or a clash; and promise P7 on absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from hub.errors import Conflict, NotFound
from hub.storage import harvests
from hub.storage.harvests import Absence, QuarantinedRow, RecordRow, SourceRow, StoredCounts, Tally
from hub.storage.store import Store
from hub.storage.tables.clusters import PendingRecord
from hub.storage.tables.columns import core

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
PENDING = core(PendingRecord)


def record(identifier: str, content: str = "", *, deleted: bool = False) -> RecordRow:
    return RecordRow(identifier, (content or identifier).encode(), "cnmarc", "utf-8", deleted=deleted)


def source(name: str = "njlib") -> SourceRow:
    return SourceRow(name, "NJ", "z3950", "tcp://127.0.0.1:9999/Books", {}, {}, NOW)


class Harvesting:
    """One source, harvested again and again."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, *rows: RecordRow, newest_wins: bool = False) -> tuple[int, StoredCounts]:
        def harvest(connection: Connection) -> tuple[int, StoredCounts]:
            run = harvests.start_run(connection, "njlib", full=True, now=NOW).id
            counts = harvests.store_batch(connection, "njlib", run, rows, NOW, newest_wins=newest_wins)
            harvests.finish_run(connection, run, state="complete", now=NOW, expected=len(rows))
            return run, counts

        return await self.store.write(harvest)

    async def complete(self, *rows: RecordRow, limit: int = 100) -> Absence:
        run, _ = await self.run(*rows)
        return await self.store.write(lambda c: harvests.mark_missing_and_delete(c, "njlib", run, limit, NOW))

    async def contents(self) -> dict[str, str]:
        live = await self.store.read(lambda c: harvests.live_records(c, 0, 1000))
        return {
            row.identifier.partition("#")[0] + "#" * ("#" in row.identifier): row.raw.decode() for row in live
        }

    async def take_pending(self) -> list[int]:
        def take(connection: Connection) -> list[int]:
            found = list(connection.scalars(select(PENDING.c.record)))
            connection.execute(PENDING.delete())
            return sorted(found)

        return await self.store.write(take)


@pytest.fixture
def harvesting(store: Store) -> Harvesting:
    return Harvesting(store)


async def add_source(store: Store) -> None:
    await store.write(lambda c: harvests.add_source(c, source()))


def figures(counts: StoredCounts) -> Sequence[int]:
    return counts.stored, counts.unchanged, counts.deleted, counts.clashes


async def test_sources_are_found_and_given_a_profile(store: Store) -> None:
    await add_source(store)
    with pytest.raises(Conflict, match="njlib"):
        await add_source(store)
    await store.write(lambda c: harvests.amend_profile(c, "njlib", {"name": "905", "asked": True}))
    await store.write(lambda c: harvests.amend_profile(c, "njlib", {"asked": None}))
    with pytest.raises(NotFound):
        await store.write(lambda c: harvests.amend_profile(c, "other", {}))
    found = await store.read(harvests.sources)
    assert [(row.name, row.profile, row.created_at) for row in found] == [("njlib", {"name": "905"}, NOW)]
    await store.write(lambda c: harvests.set_unmapped(c, "njlib", {"X": 3, "Y": 1}))
    await store.write(lambda c: harvests.set_unmapped(c, "njlib", {"Z": 2}))
    assert await store.read(lambda c: harvests.unmapped(c, "njlib")) == {"Z": 2}


async def test_a_second_run_stores_nothing_new(store: Store, harvesting: Harvesting) -> None:
    await add_source(store)
    _, first = await harvesting.run(record("1"), record("2"))
    assert figures(first) == (2, 0, 0, 0)
    assert await harvesting.take_pending() == sorted(first.changed_record_ids)
    _, second = await harvesting.run(record("2"), record("1"))
    assert figures(second) == (0, 2, 0, 0)
    assert second.changed_record_ids == ()
    assert await harvesting.take_pending() == []


async def test_a_changed_record_takes_the_new_bytes_and_keeps_its_number(
    store: Store, harvesting: Harvesting
) -> None:
    await add_source(store)
    _, first = await harvesting.run(record("1", "old"), record("2"))
    _, second = await harvesting.run(record("1", "new"), record("2"))
    assert figures(second) == (1, 1, 0, 0)
    assert second.changed_record_ids == first.changed_record_ids[:1]
    [found] = await store.read(lambda c: harvests.records(c, second.changed_record_ids))
    assert (found.key, found.raw, found.state) == ("njlib:1", b"new", "live")


async def test_a_repeated_identifier_is_counted_and_both_are_kept(
    store: Store, harvesting: Harvesting
) -> None:
    await add_source(store)
    rows = [record("1", "one"), record("1", "two"), record("1", "one"), record("1", "two")]
    _, first = await harvesting.run(*rows)
    assert figures(first) == (2, 2, 0, 2)
    assert await harvesting.contents() == {"1": "one", "1#": "two"}
    _, again = await harvesting.run(*reversed(rows))
    assert figures(again) == (0, 4, 0, 2), "whatever their order, both are known"


async def test_where_identifiers_are_unique_the_newest_version_wins(
    store: Store, harvesting: Harvesting
) -> None:
    await add_source(store)
    _, counts = await harvesting.run(record("1", "early"), record("1", "late"), newest_wins=True)
    assert figures(counts) == (2, 0, 0, 0)
    assert await harvesting.contents() == {"1": "late"}


async def test_what_the_target_deletes_is_deleted_and_can_come_back(
    store: Store, harvesting: Harvesting
) -> None:
    await add_source(store)
    await harvesting.run(record("1"), record("2"))
    await harvesting.take_pending()
    _, gone = await harvesting.run(record("1", deleted=True), record("3", deleted=True), record("2"))
    assert figures(gone) == (1, 2, 1, 0)
    assert await harvesting.contents() == {"2": "2"}
    assert await harvesting.take_pending() == list(gone.changed_record_ids)
    _, back = await harvesting.run(record("1"), record("2"))
    assert figures(back) == (1, 1, 0, 0)
    assert back.changed_record_ids == gone.changed_record_ids
    counted = await store.read(harvests.counts)
    assert (counted["njlib"].live, counted["njlib"].deleted) == (2, 0)


async def test_absence_is_reported_first_and_deletes_second(store: Store, harvesting: Harvesting) -> None:
    await add_source(store)
    await harvesting.complete(record("1"), record("2"), record("3"))
    await harvesting.take_pending()
    first = await harvesting.complete(record("1"))
    assert (first.missing, first.deleted, first.refused) == (2, 0, 0)
    assert (await store.read(harvests.counts))["njlib"].missing == 2
    second = await harvesting.complete(record("1"), record("2"))
    assert (second.missing, second.deleted) == (0, 1)
    assert await harvesting.contents() == {"1": "1", "2": "2"}
    gone = await store.read(lambda c: harvests.record_by_identifier(c, "njlib", "3"))
    assert gone is not None
    assert await harvesting.take_pending() == [gone.id]
    third = await harvesting.complete(record("1"))
    assert (third.missing, third.deleted) == (1, 0), "2 was seen in between: it starts anew"


async def test_more_than_the_limit_is_refused_whole(store: Store, harvesting: Harvesting) -> None:
    await add_source(store)
    await harvesting.complete(*(record(str(n)) for n in range(5)))
    await harvesting.complete(record("0"))
    refused = await harvesting.complete(record("0"), limit=3)
    assert (refused.deleted, refused.refused) == (0, 4)
    assert len(await harvesting.contents()) == 5
    allowed = await harvesting.complete(record("0"), limit=4)
    assert (allowed.deleted, allowed.refused) == (4, 0)


@pytest.mark.parametrize(
    ("state", "full"), [("incomplete", True), ("failed", True), ("running", True), ("complete", False)]
)
async def test_only_a_complete_full_run_deletes(sqlite_store: Store, state: str, full: bool) -> None:
    await add_source(sqlite_store)

    def attempt(connection: Connection) -> Absence:
        run = harvests.start_run(connection, "njlib", full=full, now=NOW).id
        harvests.finish_run(connection, run, state=state, now=NOW)
        return harvests.mark_missing_and_delete(connection, "njlib", run, 100, NOW)

    with pytest.raises(Conflict, match="not a complete full harvest"):
        await sqlite_store.write(attempt)


async def test_a_cut_off_run_goes_on_after_its_last_finished_slice(store: Store) -> None:
    await add_source(store)

    def begin(connection: Connection) -> int:
        run = harvests.start_run(connection, "njlib", full=True, now=NOW).id
        whole = Tally(received=10, stored=8, unchanged=1, quarantined=1)
        harvests.record_slice(connection, run, "a", state="done", hits=10, tally=whole)
        harvests.record_slice(
            connection, run, "b", state="inexact", hits=9, tally=Tally(received=7, stored=7)
        )
        return run

    run = await store.write(begin)
    resumed = await store.read(lambda c: harvests.unfinished_run(c, "njlib"))
    assert resumed is not None
    assert (resumed[0].id, resumed[1]) == (run, frozenset({"a"}))

    def go_on(connection: Connection) -> None:
        again = Tally(received=9, stored=2, unchanged=7)
        harvests.record_slice(connection, run, "b", state="done", hits=9, tally=again)
        harvests.finish_run(connection, run, state="complete", now=NOW + timedelta(hours=1), expected=19)

    await store.write(go_on)
    assert await store.read(lambda c: harvests.unfinished_run(c, "njlib")) is None
    [found] = await store.read(lambda c: harvests.runs(c, "njlib"))
    assert found.tally == Tally(received=19, stored=10, unchanged=8, quarantined=1), "the slice counts once"
    assert (found.state, found.expected) == ("complete", 19)
    assert await store.read(lambda c: harvests.last_complete_run(c, "njlib")) == found


async def test_a_new_run_closes_the_one_cut_off(store: Store) -> None:
    await add_source(store)
    await store.write(lambda c: harvests.start_run(c, "njlib", full=True, now=NOW))
    second = await store.write(lambda c: harvests.start_run(c, "njlib", full=False, now=NOW))
    states = [(row.id, row.state) for row in await store.read(lambda c: harvests.runs(c, "njlib"))]
    assert states == [(second.id, "running"), (second.id - 1, "incomplete")]


async def test_unreadable_bytes_are_kept_once_with_the_reason(store: Store, harvesting: Harvesting) -> None:
    await add_source(store)
    run, _ = await harvesting.run(record("1"))
    rows = [QuarantinedRow(b"\xff\x00", "no_leader", position=7), QuarantinedRow(b"\xfe", "encoding", "gbk?")]
    assert await store.write(lambda c: harvests.quarantine_batch(c, "njlib", run, [*rows, rows[0]], NOW)) == 3
    assert await store.read(lambda c: harvests.quarantine_reasons(c, "njlib", run)) == {
        "encoding": 1,
        "no_leader": 1,
    }
    kept = await store.read(lambda c: harvests.quarantined(c, "njlib", 10))
    assert [piece.row for piece in kept] == rows
    assert await store.read(lambda c: harvests.quarantined(c, "njlib", 10, after=kept[-1].id)) == []
    assert (await store.read(harvests.counts))["njlib"].quarantined == 2


async def test_a_record_that_became_unreadable_is_not_missing(store: Store, harvesting: Harvesting) -> None:
    await add_source(store)
    await harvesting.complete(record("1"), record("2"))
    run, _ = await harvesting.run(record("2"))
    broken = [QuarantinedRow(b"\xff", "no_leader", identifier="1")]
    await store.write(lambda c: harvests.quarantine_batch(c, "njlib", run, broken, NOW))
    absence = await store.write(lambda c: harvests.mark_missing_and_delete(c, "njlib", run, 100, NOW))
    assert absence.missing == 0
