"""Clustering as a service: incremental equals batch, decisions stand, ids lead on, kills lose nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select

from connectors.marc.writing import to_iso2709
from hub.errors import Conflict, NotFound
from hub.services import reviewing
from hub.services.clustering import ClusterReport, cluster, export, linking
from hub.services.context import Hub, Principal, Role, Transaction
from hub.services.networks import parse, shipped
from hub.simulation.clock import SettableClock, SimulatedSleeper
from hub.storage import clusters, editions, harvests, outbox
from hub.storage.store import Store
from hub.storage.tables.clusters import PendingRecord
from hub.storage.tables.columns import core
from tests.short_records import record

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COORDINATOR = Principal("c1", Role.COORDINATOR)
NETWORK = parse(shipped())


def book(
    title: str, author: str = "曹雪芹", publisher: str = "人民文学出版社", year: int = 2008, **more: str
) -> bytes:
    fields = {
        "200": f"$a{title}$f{author}著",
        "210": f"$a北京$c{publisher}$d{year}",
        "215": "$a600页$d21cm",
        "701": f"$a{author}$4著",
        **{tag[1:]: text for tag, text in more.items()},
    }
    return to_iso2709(record("cnmarc", dict(sorted(fields.items()))))


def hub_on(store: Store) -> Hub:
    clock = SettableClock(NOW)
    return Hub(store, clock, SimulatedSleeper(clock), random.Random(1), lambda: NETWORK)


async def harvest(hub: Hub, records: Mapping[str, bytes | None]) -> None:
    """Store records by key ``source:identifier``; None deletes one."""
    by_source: dict[str, list[harvests.RecordRow]] = {}
    for key, raw in records.items():
        source, identifier = key.split(":")
        row = harvests.RecordRow(identifier, raw or b"", "cnmarc", "utf-8", deleted=raw is None)
        by_source.setdefault(source, []).append(row)

    def keep(connection: Connection) -> None:
        for source, rows in by_source.items():
            if harvests.find_source(connection, source) is None:
                harvests.add_source(connection, harvests.SourceRow(source, source, "file", "", {}, {}, NOW))
            run = harvests.start_run(connection, source, full=False, now=NOW)
            harvests.store_batch(connection, source, run.id, rows, NOW)

    await hub.store.write(keep)


async def partition_of(hub: Hub) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in await export(hub):
        name, edition = line.split("\t")
        groups.setdefault(edition, set()).add(name)
    return {frozenset(group) for group in groups.values()}


async def edition_of(hub: Hub, name: str) -> str:
    return dict(line.split("\t") for line in await export(hub))[name]


async def perform(hub: Hub, decide: Callable[[Transaction, Principal, Any], T], command: object) -> T:
    return await hub.store.write(
        lambda connection: decide(Transaction(connection, NOW, NETWORK, "k"), COORDINATOR, command)
    )


RED = {
    "NJL:1": book("红楼梦"),
    "JLT:2": book("紅樓夢", "(清)曹雪芹", "人民文学"),
    "QHT:3": book("红楼梦", publisher="岳麓书社", year=2001, _215="$a480页"),
}
OTHERS = {
    "NJL:5": book("西游记", "吴承恩"),
    "JLT:6": book("西游记", "吴承恩", "人民文学"),
    "QHT:7": book("西游记.上册", "吴承恩", _215="$a300页"),
    "QHT:8": book("西游记(下)", "吴承恩", _215="$a300页"),
    "JLT:9": book("西游记(全二册)", "吴承恩", _215="$a2册"),
}


async def test_records_of_one_edition_come_together_and_others_do_not(store: Store) -> None:
    hub = hub_on(store)
    await harvest(hub, RED | OTHERS)
    report = await cluster(hub, stopwatch=iter((10.0, 12.5)).__next__)
    assert await partition_of(hub) == {
        frozenset({"NJL:1", "JLT:2"}), frozenset({"QHT:3"}), frozenset({"NJL:5", "JLT:6"}),
        frozenset({"QHT:7"}), frozenset({"QHT:8"}), frozenset({"JLT:9"}),
    }  # fmt: skip
    assert replace(report, automatic=0, review=0) == ClusterReport(8, 6, 0, 0, 2.5)
    assert report.automatic == 2


async def test_volumes_are_linked_to_their_set_and_editions_to_their_work(store: Store) -> None:
    hub = hub_on(store)
    await harvest(hub, OTHERS)
    await cluster(hub)
    whole, upper = await edition_of(hub, "JLT:9"), await edition_of(hub, "QHT:7")
    found = await store.read(lambda connection: editions.editions(connection, [whole, upper]))
    assert found[upper].set_of == whole
    assert found[whole].set_of == ""
    assert found[upper].work == found[whole].work != ""


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_and_batching_gives_the_partition_of_one_batch(
    sqlite_store: Store, seed: int
) -> None:
    chance = random.Random(seed)
    hub = hub_on(sqlite_store)
    everything = RED | OTHERS
    arriving = chance.sample(sorted(everything), len(everything))
    while arriving:
        part = [arriving.pop() for _ in range(min(len(arriving), chance.randrange(1, 4)))]
        # Some come first in another form, or are deleted for a while.
        detour = {key: chance.choice([everything[key], book("别的书", "别人")]) for key in part}
        await harvest(hub, detour)
        await cluster(hub)
        if chance.random() < 0.5:
            await harvest(hub, {part[0]: None})
            await cluster(hub)
        await harvest(hub, {key: everything[key] for key in part})
        await cluster(hub)
    assert await partition_of(hub) == {
        frozenset({"NJL:1", "JLT:2"}), frozenset({"QHT:3"}), frozenset({"NJL:5", "JLT:6"}),
        frozenset({"QHT:7"}), frozenset({"QHT:8"}), frozenset({"JLT:9"}),
    }  # fmt: skip
    shown = await display_records(hub)
    await cluster(hub, rebuild=True)
    assert await display_records(hub) == shown


async def display_records(hub: Hub) -> dict[str, Mapping[str, Any]]:
    def ask(connection: Connection) -> dict[str, Mapping[str, Any]]:
        ids = editions.live_ids_after(connection, "", 100)
        return {key: row.display for key, row in editions.live_editions(connection, ids).items()}

    return await hub.store.read(ask)


async def test_a_block_that_crosses_its_limit_is_compared_as_a_full_run_would(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe.keys.LARGEST_BLOCK", 3)
    hub = hub_on(sqlite_store)
    copies = {f"S{number}:1": book("红楼梦", year=2000 + number % 2) for number in range(6)}
    for key, raw in copies.items():
        await harvest(hub, {key: raw})
        await cluster(hub)
    one_by_one = await partition_of(hub)
    for key in ("S4:1", "S5:1"):
        await harvest(hub, {key: None})
        await cluster(hub)
    smaller = await partition_of(hub)
    await cluster(hub, rebuild=True)
    assert await partition_of(hub) == smaller
    await harvest(hub, copies)
    await cluster(hub)
    assert await partition_of(hub) == one_by_one


async def test_a_decision_stands_through_a_new_harvest_until_it_is_undone(store: Store) -> None:
    hub = hub_on(store)
    await harvest(hub, RED)
    await cluster(hub)
    apart = reviewing.DecideInput(first="JLT:2", second="NJL:1", kind="different", why="另一印本")
    answer = await perform(hub, reviewing.decide, apart)
    assert (await perform(hub, reviewing.decide, apart))["already"]
    await cluster(hub)
    expected = {frozenset({"NJL:1"}), frozenset({"JLT:2"}), frozenset({"QHT:3"})}
    assert await partition_of(hub) == expected
    await harvest(hub, {"NJL:1": book("红楼梦", _300="$a重新著录")})
    await cluster(hub)
    assert await partition_of(hub) == expected
    with pytest.raises(Conflict):
        await perform(hub, reviewing.decide, apart.model_copy(update={"kind": "same"}))
    await perform(hub, reviewing.undo, reviewing.UndoInput(decision=answer["decision"]))
    await cluster(hub)
    assert frozenset({"NJL:1", "JLT:2"}) in await partition_of(hub)
    with pytest.raises(Conflict):
        await perform(hub, reviewing.undo, reviewing.UndoInput(decision=answer["decision"]))


async def test_a_decision_joins_what_no_score_would(sqlite_store: Store) -> None:
    hub = hub_on(sqlite_store)
    await harvest(hub, RED)
    await cluster(hub)
    await perform(hub, reviewing.decide, reviewing.DecideInput(first="NJL:1", second="QHT:3", kind="same"))
    await cluster(hub)
    assert await partition_of(hub) == {frozenset(RED)}
    with pytest.raises(NotFound):
        await perform(hub, reviewing.decide, reviewing.DecideInput(first="NJL:1", second="X:0", kind="same"))


async def test_ids_stay_and_lead_on(store: Store) -> None:
    hub = hub_on(store)
    await harvest(hub, RED)
    await cluster(hub)
    kept, other = await edition_of(hub, "NJL:1"), await edition_of(hub, "QHT:3")
    decision = await perform(
        hub, reviewing.decide, reviewing.DecideInput(first="NJL:1", second="QHT:3", kind="same")
    )
    await cluster(hub)
    assert await edition_of(hub, "QHT:3") == kept
    found = await store.read(lambda connection: editions.edition(connection, other))
    assert found is not None
    assert found.id == kept
    await perform(hub, reviewing.undo, reviewing.UndoInput(decision=decision["decision"]))
    await cluster(hub)
    assert await edition_of(hub, "NJL:1") == kept
    assert await edition_of(hub, "QHT:3") != kept
    kinds = [kind for kind, _, _ in await store.read(lambda connection: clusters.history(connection, kept))]
    assert kinds == ["created", "grew", "split"]


async def test_a_deleted_record_leaves_its_edition(store: Store) -> None:
    hub = hub_on(store)
    await harvest(hub, RED)
    await cluster(hub)
    alone = await edition_of(hub, "QHT:3")
    await harvest(hub, {"QHT:3": None, "JLT:2": None})
    report = await cluster(hub, stopwatch=iter((10.0, 12.5)).__next__)
    assert await partition_of(hub) == {frozenset({"NJL:1"})}
    assert (report.records, report.clusters, report.automatic + report.review) == (1, 1, 0)
    history = await store.read(lambda connection: clusters.history(connection, alone))
    assert [kind for kind, _, _ in history] == ["created", "retired"]


async def test_the_index_hears_of_every_changed_edition(sqlite_store: Store) -> None:
    hub = hub_on(sqlite_store)
    await harvest(hub, RED)
    await cluster(hub)
    position = await sqlite_store.read(lambda connection: outbox.last_position(connection, "index"))
    await cluster(hub)
    assert position == await sqlite_store.read(lambda connection: outbox.last_position(connection, "index"))
    await harvest(hub, {"NJL:1": book("红楼梦", _330="$a提要")})
    await cluster(hub)
    heard = await sqlite_store.read(lambda connection: outbox.after(connection, "index", position, 100))
    assert [entry.key for entry in heard] == [await edition_of(hub, "NJL:1")]


class Killed(Exception):
    """The process ended here."""


class DyingStore:
    """A store whose process dies after so many writes."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store = store
        self._left = writes

    async def write(self, decide: Callable[[Connection], T]) -> T:
        if self._left == 0:
            raise Killed
        self._left -= 1
        return await self._store.write(decide)

    async def read(self, ask: Callable[[Connection], T]) -> T:
        return await self._store.read(ask)

    def close(self) -> None:
        self._store.close()


async def test_a_run_killed_between_any_two_writes_is_taken_up_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.clustering.describing.BATCH", 3)
    monkeypatch.setattr("hub.services.clustering.linking.BATCH", 2)
    hub = hub_on(sqlite_store)
    await harvest(hub, RED | OTHERS)
    for writes in range(20):
        try:
            await cluster(replace(hub, store=DyingStore(sqlite_store, writes)))
        except Killed:
            continue
        break
    else:
        pytest.fail("the run never came to its end")
    assert writes > 0
    assert len(await partition_of(hub)) == 6
    assert await waiting(hub) == []


async def waiting(hub: Hub) -> Sequence[int]:
    pending = core(PendingRecord)
    return await hub.store.read(lambda connection: list(connection.scalars(select(pending.c.record))))


async def test_what_changes_while_it_is_compared_stays_in_the_tray(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_on(sqlite_store)
    await harvest(hub, RED)
    seen = []

    async def meanwhile(executor: object, work: Callable[..., T], *arguments: object) -> T:
        if not seen:
            await harvest(hub, {"NJL:1": book("西游记", "吴承恩")})
            seen.append(await waiting(hub))
        return work(*arguments)

    monkeypatch.setattr("hub.services.clustering.linking.in_worker", meanwhile)
    await linking.link_next(hub)
    assert not seen, "nothing was described yet"
    await cluster(hub)
    assert seen
    assert await partition_of(hub) == {frozenset({name}) for name in RED}
    assert await waiting(hub) == []


async def test_doubtful_pairs_are_listed_with_their_evidence_until_somebody_decides(store: Store) -> None:
    hub = hub_on(store)
    await harvest(
        hub, {"NJL:1": book("城市与建筑", "王力"), "JLT:2": book("城市与建筑", "王力", "北京出版社")}
    )
    await cluster(hub)
    [pair] = (await reviewing.list_reviews(hub, COORDINATOR, reviewing.ListInput()))["pairs"]
    assert {one["key"] for one in pair["records"]} == {"NJL:1", "JLT:2"}
    assert "publisher.different" in {one["code"] for one in pair["evidence"]}
    apart = reviewing.DecideInput(first="NJL:1", second="JLT:2", kind="different", why="两家出版社")
    await perform(hub, reviewing.decide, apart)
    found = await reviewing.list_reviews(hub, COORDINATOR, reviewing.ListInput())
    assert found["pairs"] == []
    assert [(one["kind"], one["who"], one["why"]) for one in found["decisions"]] == [
        ("different", "c1", "两家出版社")
    ]
