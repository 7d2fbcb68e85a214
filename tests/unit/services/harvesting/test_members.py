"""Members that are down, slow or talk nonsense: each is reported as such, and harms nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.registry import open_harvester
from connectors.serving import ServedCatalogue
from connectors.testing import (
    at,
    bottomless,
    capped,
    drop,
    endless,
    enormous,
    every,
    hang,
    lying_count,
    nonsense,
    refusing,
    wrong_kind,
    z3950_peer,
)  # fmt: skip
from hub.errors import Broken, NotFound, Refusal
from hub.services.context import Hub
from hub.services.harvesting import opening, profiles, running, sources
from hub.services.harvesting.harvest import as_answer, harvest
from hub.services.harvesting.sources import NewSource
from hub.storage import harvests
from hub.storage.store import Store
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.hubs import hub_over
from tests.members import MEMBERS

RECORD = core(SourceRecord)
SIZE = 60
#: short enough for a test, long enough for a busy machine
PATIENT = {"timeout": 1.0, "attempts": 2}
Peer = Callable[[ServedCatalogue], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def nobody(served: ServedCatalogue) -> AsyncIterator[str]:
    """An address where nobody listens."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    yield f"tcp://127.0.0.1:{port}/{served.name}"


BAD: dict[str, tuple[Peer, str, str]] = {
    "down": (nobody, "failed", "no connection"),
    "silent": (lambda served: z3950_peer(served, hang), "failed", "no answer before the deadline"),
    "hangs up": (lambda served: z3950_peer(served, every(2, drop)), "failed", "closed the connection"),
    "nonsense": (lambda served: z3950_peer(served, nonsense), "failed", "protocol"),
    "another kind": (lambda served: z3950_peer(served, at(2, wrong_kind)), "failed", "another kind"),
    "endless": (lambda served: z3950_peer(served, every(2, endless)), "failed", "where="),
    "enormous": (lambda served: z3950_peer(served, at(2, enormous)), "failed", "more than"),
    "bottomless": (lambda served: z3950_peer(served, at(2, bottomless)), "failed", "nested"),
    "lies": (lambda served: z3950_peer(served, lying_count(5)), "failed", "diagnostic"),
    "caps": (lambda served: z3950_peer(served, capped(20)), "failed", "diagnostic"),
    "refuses": (lambda served: z3950_peer(served, refusing("b000007")), "incomplete", "refused single"),
}  # fmt: skip


async def add(hub: Hub, name: str, protocol: str, address: str, **options: Any) -> None:
    await sources.add(hub, NewSource(name, "JLT", protocol, address, options))


async def states(hub: Hub, source: str) -> dict[str, str]:
    mine = select(RECORD.c.identifier, RECORD.c.state).where(RECORD.c.source == source)
    rows = await hub.store.read(lambda c: c.execute(mine).all())
    return {row.identifier: row.state for row in rows}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_member_is_reported_and_a_good_one_beside_it_is_harvested(
    sqlite_store: Store, kind: str
) -> None:
    peer, state, words = BAD[kind]
    hub = hub_over(sqlite_store)
    async with AsyncExitStack() as stack:
        good = await stack.enter_async_context(z3950_peer(catalogue(SIZE)))
        bad = await stack.enter_async_context(peer(catalogue(SIZE)))
        await add(hub, "good", "z3950", good)
        await add(hub, "bad", "z3950", bad, **PATIENT)
        reports = {one.source: one for one in await harvest(hub, full=True)}
    assert (reports["good"].verdict.state, reports["good"].tally.stored) == ("complete", SIZE)
    verdict = reports["bad"].verdict
    assert verdict.state == state, verdict
    for language in ("zh", "en"):
        assert as_answer([reports["bad"]], language)["sources"][0]["problem"]
    assert words in as_answer([reports["bad"]])["sources"][0]["problem"]
    kept = await sqlite_store.read(lambda c: harvests.runs(c, "bad"))
    assert [run.state for run in kept] == [state]


async def test_a_connector_that_breaks_harms_no_other_source(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_over(sqlite_store)
    opened = open_harvester

    def breaking(protocol: str, address: str, options: Any, *others: Any, **named: Any) -> Any:
        if "broken" in options.get("query_encoding", ""):
            raise ZeroDivisionError("a mistake of ours")
        return opened(protocol, address, options, *others, **named)

    async with z3950_peer(catalogue(SIZE)) as good:
        await add(hub, "good", "z3950", good)
        await add(hub, "broken", "z3950", good)
        monkeypatch.setattr(opening, "open_harvester", breaking)
        row = await sources.find(hub, "broken")
        report = await running.run_source(
            hub, replace(row, options={"query_encoding": "broken"}), full=True,
            progress=lambda *said: None, stopwatch=lambda: 0.0,
        )  # fmt: skip
        assert (report.verdict.state, "ZeroDivisionError" in report.verdict.problem) == ("failed", True)
        assert (await harvest(hub, ["good"]))[0].verdict.state == "complete"


@pytest.mark.parametrize("protocol", MEMBERS)
async def test_every_protocol_is_harvested_once_and_again(
    sqlite_store: Store, tmp_path: Path, protocol: str
) -> None:
    hub = hub_over(sqlite_store)
    async with MEMBERS[protocol](catalogue(SIZE), tmp_path / "drop") as address:
        await add(hub, "one", protocol, address)
        probed = await profiles.probe(hub, "one")
        assert probed["protocol"] == protocol
        seen = await sources.preview(hub, "one")
        assert 0 < seen["records"] <= sources.PREVIEWED
        assert await states(hub, "one") == {}, "a preview stores nothing"
        (first,) = await harvest(hub, ["one", "one"], full=True)
        assert (first.verdict.state, first.tally.stored) == ("complete", SIZE), first
        (again,) = await harvest(hub, full=True)
        assert (again.verdict.state, again.tally.stored, again.tally.unchanged) == ("complete", 0, SIZE)
    assert set((await states(hub, "one")).values()) == {"live"}


async def test_many_records_gone_at_once_are_held_for_an_operator(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with AsyncExitStack() as stack:
        whole = await stack.enter_async_context(z3950_peer(catalogue(100)))
        await add(hub, "one", "z3950", whole)
        await harvest(hub)
        few = await stack.enter_async_context(z3950_peer(catalogue(50)))
        row = await sources.find(hub, "one")

        async def again(**options: Any) -> Any:
            moved = replace(row, address=few, options=options)
            return await running.run_source(
                hub, moved, full=True, progress=lambda *said: None, stopwatch=lambda: 0.0
            )

        assert (await again()).absence.missing == 50
        held = await again()
        assert (held.verdict.state, held.absence.deleted, held.absence.refused) == ("complete", 0, 50)
        told = as_answer([held], "en")["sources"][0]
        assert "largest_deletion" in told["problem"]
        assert "records=50" in told["problem"]
        assert (await again(largest_deletion=1)).absence.deleted == 50
    gone = [state for state in (await states(hub, "one")).values() if state == "deleted"]
    assert len(gone) == 50


async def test_an_incomplete_run_never_deletes(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with AsyncExitStack() as stack:
        await add(hub, "one", "z3950", await stack.enter_async_context(z3950_peer(catalogue(SIZE))))
        await harvest(hub)
        liar = await stack.enter_async_context(z3950_peer(catalogue(10), lying_count(3)))
        row = replace(await sources.find(hub, "one"), address=liar, options=PATIENT)
        for _ in range(3):
            report = await running.run_source(
                hub, row, full=True, progress=lambda *said: None, stopwatch=lambda: 0.0
            )
            assert report.verdict.state != "complete"
            assert (report.absence.missing, report.absence.deleted) == (0, 0)
    assert set((await states(hub, "one")).values()) == {"live"}


async def test_only_what_changed_is_asked_for_where_the_operator_said_so(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    served = catalogue(SIZE)
    async with MEMBERS["oai-pmh"](served, Path()) as address:
        await add(hub, "one", "oai-pmh", address, rhythm="incremental")
        (first,) = await harvest(hub)
        assert (first.verdict.state, first.tally.stored) == ("complete", SIZE)
        served.change(served_record(3, hub.clock.now() - timedelta(days=1), "Another title"))
        (second,) = await harvest(hub)
    assert second.verdict.state == "complete", second.verdict
    assert (second.tally.received, second.tally.stored) == (1, 1)
    assert second.absence == running.NOTHING
    assert hub.clock.now() > FIRST_DAY


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"member": "NOBODY"}, "member"),
        ({"protocol": "gopher"}, "gopher"),
        ({"address": "http://127.0.0.1/"}, "http://127.0.0.1/"),
        ({"options": {"maxset": 5}}, "maxset"),
        ({"options": {"max_set": "many"}}, "max_set"),
        ({"options": {"availability": "opcx"}}, "availability"),
        ({"options": {"availability_beside_harvest": "perhaps"}}, "availability_beside_harvest"),
        ({"options": {"profile": "none-such"}}, "profile"),
        ({"options": {"encoding": "klingon"}}, "encoding"),
        ({"options": {"rhythm": "often"}}, "rhythm"),
        ({"options": {"largest_deletion": 2}}, "largest_deletion"),
        ({"options": {"locations": "JLT"}}, "locations"),
        ({"options": {"locations": {"A": "NOBODY"}}}, "locations"),
    ],
)
async def test_a_source_that_cannot_be_is_refused_by_name(
    sqlite_store: Store, change: dict[str, Any], field: str
) -> None:
    hub = hub_over(sqlite_store)
    new = replace(NewSource("one", "JLT", "z3950", "tcp://127.0.0.1:1/Books", {}), **change)
    with pytest.raises(Refusal) as caught:
        await sources.add(hub, new)
    assert caught.value.field == field
    assert caught.value.say("zh") != caught.value.say("en")
    assert await sources.listed(hub) == []


async def test_a_source_that_is_not_there_is_named(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    for ask in (harvest(hub, ["none"]), profiles.probe(hub, "none"), sources.preview(hub, "none")):
        with pytest.raises(NotFound, match="none"):
            await ask
    async with nobody(catalogue(1)) as address:
        await add(hub, "down", "z3950", address, **PATIENT)
        for ask in (profiles.probe(hub, "down"), sources.preview(hub, "down")):
            with pytest.raises(Broken, match="down"):
                await ask


async def test_a_budget_is_shown_and_the_next_run_goes_on_from_the_last_checkpoint(
    sqlite_store: Store,
) -> None:
    hub = hub_over(sqlite_store)
    async with z3950_peer(catalogue(SIZE, per_day=5)) as address:
        await add(hub, "one", "z3950", address, budget_records=20, chunk=5)
        (first,) = await harvest(hub, full=True)
        said = as_answer([first])["sources"][0]
        assert (said["complete"], said["problem"].partition(",")[0]) == (
            False,
            "the run has used up its budget",
        )
        reports = [first]
        while reports[-1].verdict.state != "complete":
            assert len(reports) < SIZE
            reports += await harvest(hub, full=True)
    assert len(reports) > 2
    kept = await sqlite_store.read(lambda c: harvests.runs(c, "one"))
    assert [(run.state, run.attempts, run.tally.received) for run in kept] == [
        ("complete", len(reports), SIZE)
    ]
