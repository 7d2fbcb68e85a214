"""What coordinators are told of harvests: ended is not complete, and the figures add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from hub.services import networks
from hub.services.context import Principal, Role
from hub.services.harvesting.monitoring import ListInput, RunInput, list_harvests, list_slices
from hub.storage import harvests
from hub.storage.harvests import QuarantinedRow, SourceRow, Tally
from hub.storage.store import Store

NETWORK = networks.parse(networks.shipped(), 1)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
COORDINATOR = Principal("A-1", Role.COORDINATOR, language="en")


async def told(store: Store, runs: int = 5) -> dict[str, Any]:
    hub: Any = SimpleNamespace(
        store=store, network=lambda: NETWORK, clock=SimpleNamespace(now=lambda: NOW + timedelta(days=2))
    )
    return await list_harvests(hub, COORDINATOR, ListInput(runs=runs))


def harvested(connection: Connection, source: str, tally: Tally, state: str, problem: str, day: int) -> None:
    now = NOW + timedelta(days=day)
    run = harvests.start_run(connection, source, full=True, now=now).id
    harvests.record_slice(connection, run, "all", state="done", hits=tally.received, tally=tally)
    pieces = [QuarantinedRow(f"{day}/{number}".encode(), "too_short") for number in range(tally.quarantined)]
    harvests.quarantine_batch(connection, source, run, pieces, now)
    harvests.finish_run(connection, run, state=state, now=now, expected=100, problem=problem)


def add(connection: Connection, name: str) -> None:
    harvests.add_source(connection, SourceRow(name, "JLT", "sru", "http://127.0.0.1/", {}, {}, NOW))


async def test_an_incomplete_run_is_told_in_words_beside_the_last_complete_one(store: Store) -> None:
    def act(connection: Connection) -> None:
        add(connection, "jlt")
        whole = Tally(received=100, stored=97, quarantined=3, deleted=2)
        harvested(connection, "jlt", whole, "complete", "", day=0)
        part = Tally(received=60, stored=10, unchanged=48, quarantined=2)
        harvested(connection, "jlt", part, "incomplete", "total_changed: before=100", day=1)
        harvests.set_unmapped(connection, "jlt", {"X9": 7})

    await store.write(act)
    answer = await told(store)
    (source,) = answer["sources"]
    newest, first = source["runs"]
    assert answer["unwell"] == ["jlt"]
    assert source["member_name"] == "Jinling Library"
    assert source["last_complete_at"] == NOW.isoformat()
    assert newest["state_name"] == "incomplete"
    assert newest["problem"].startswith("the target's total differs before and after")
    assert source["quarantine"] == [{"reason": "too_short", "text": "the record is cut off", "pieces": 2}]
    assert source["unmapped"] == {"X9": 7}
    for run in (newest, first):
        parts = run["changed"] + run["deleted"] + run["unchanged"] + run["quarantined"]
        assert run["adds_up"] is True
        assert parts == run["received"]
    assert first["deleted"] == 2


async def test_figures_that_do_not_add_up_are_said_not_to(sqlite_store: Store) -> None:
    def act(connection: Connection) -> None:
        add(connection, "jlt")
        harvested(connection, "jlt", Tally(received=5, stored=3), "complete", "", day=0)

    await sqlite_store.write(act)
    (source,) = (await told(sqlite_store))["sources"]
    assert source["runs"][0]["adds_up"] is False


async def test_a_source_never_harvested_is_not_well(sqlite_store: Store) -> None:
    await sqlite_store.write(lambda connection: add(connection, "jlt"))
    (source,) = (await told(sqlite_store))["sources"]
    assert (source["well"], source["runs"], source["last_complete_at"]) == (False, [], None)


async def test_a_run_that_nobody_is_at_work_on_was_interrupted(store: Store) -> None:
    def act(connection: Connection) -> None:
        add(connection, "jlt")
        run = harvests.start_run(connection, "jlt", full=True, now=NOW).id
        tally = Tally(received=5, stored=5)
        harvests.record_slice(connection, run, "2024", state="done", hits=5, tally=tally)
        harvests.note_problem(connection, run, "budget_spent: what=records, spent=5, most=5")

    await store.write(act)
    (source,) = (await told(store))["sources"]
    (run,) = source["runs"]
    assert (run["state"], run["state_name"].partition(";")[0]) == ("interrupted", "interrupted")
    assert run["problem"].startswith("the run has used up its budget")
    hub: Any = SimpleNamespace(store=store)
    slices = (await list_slices(hub, COORDINATOR, RunInput(run=run["run"])))["slices"]
    assert [(one["slice"], one["expected"], one["received"]) for one in slices] == [("2024", 5, 5)]
