"""2,000 real records in a real Zebra, harvested by the hub: once, again, and after changes and removals."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, func, select

from connectors.marc.reading import ReadRecord, read
from hub.bootstrap.assembly import assemble
from hub.config import Settings
from hub.services.context import Hub
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import as_answer, harvest
from hub.storage.engine import embedded_url
from hub.storage.tables.catalogue import HarvestSlice, Quarantine, SourceRecord
from hub.storage.tables.columns import core
from tests.command_line import Said, Started, started, tongjie, typed
from tests.zebra_target import UVA_2000, Zebra, running_zebra

pytestmark = pytest.mark.debian("zebrasrv", "zebraidx")

RECORD, QUARANTINE, SLICE = core(SourceRecord), core(Quarantine), core(HarvestSlice)


@pytest.fixture
def zebra(tmp_path: Path) -> Iterator[Zebra]:
    with running_zebra(tmp_path / "register", UVA_2000) as target:
        yield target


def raw_records() -> list[bytes]:
    return [piece + b"\x1d" for piece in UVA_2000.read_bytes().split(b"\x1d")[:-1]]


def changed(raw: bytes) -> bytes:
    """The record with another title: its last letter turned, so that every length stays."""
    found = read(raw)
    assert isinstance(found, ReadRecord)
    title = found.record.first("245", "a")
    assert title is not None
    before = b"\x1fa" + title.encode()
    assert raw.count(before) >= 1, title
    return raw.replace(before, b"\x1faQ" + before[3:], 1)


def identifier(raw: bytes) -> str:
    found = read(raw)
    assert isinstance(found, ReadRecord)
    assert found.record.identifier is not None
    return found.record.identifier.strip()


async def one_harvest(hub: Hub) -> dict[str, Any]:
    (only,) = as_answer(await harvest(hub))["sources"]
    found: dict[str, Any] = only
    return found


def states(connection: Connection) -> dict[str, tuple[str, bytes]]:
    rows = connection.execute(select(RECORD.c.identifier, RECORD.c.state, RECORD.c.raw))
    return {row.identifier: (row.state, row.raw) for row in rows}


async def test_all_come_then_nothing_new_then_changes_at_once_and_removals_in_two_runs(
    zebra: Zebra, tmp_path: Path
) -> None:
    async with assemble(Settings(data=tmp_path / "data")) as hub:
        new = sources.NewSource("uva", "JLT", "z3950", zebra.address, {})
        await sources.add(hub, new)

        first = await one_harvest(hub)
        assert first["complete"], first
        assert first["expected"] == first["received"] == 2000
        assert first["stored"] + first["quarantined"] == 2000
        assert (first["missing"], first["deleted"], first["problem"]) == (0, 0, "")
        kept = await hub.store.read(states)
        assert len(kept) == first["stored"]
        assert {state for state, _ in kept.values()} == {"live"}

        again = await one_harvest(hub)
        assert again["complete"]
        assert (again["stored"], again["unchanged"]) == (0, 2000 - again["quarantined"])
        assert await hub.store.read(states) == kept

        everything = raw_records()
        altered, removed = [changed(raw) for raw in everything[100:110]], everything[500:505]
        (tmp_path / "altered.mrc").write_bytes(b"".join(altered))
        (tmp_path / "removed.mrc").write_bytes(b"".join(removed))
        zebra.update(tmp_path / "altered.mrc")
        zebra.delete(tmp_path / "removed.mrc")

        third = await one_harvest(hub)
        assert third["complete"], third
        assert (third["expected"], third["received"], third["stored"]) == (1995, 1995, 10)
        assert (third["missing"], third["deleted"]) == (5, 0)
        after = await hub.store.read(states)
        assert {key for key in kept if after[key] != kept[key]} == {identifier(raw) for raw in altered}

        fourth = await one_harvest(hub)
        assert (fourth["stored"], fourth["missing"], fourth["deleted"]) == (0, 0, 5)
        final = await hub.store.read(states)
        gone = {key for key, (state, _) in final.items() if state == "deleted"}
        assert gone == {identifier(raw) for raw in removed}
        assert all(final[key][1] for key in gone), "the bytes of a deleted record are kept"

        fifth = await one_harvest(hub)
        assert (fifth["complete"], fifth["stored"], fifth["missing"], fifth["deleted"]) == (True, 0, 0, 0)


def test_the_command_line_does_it_too_and_goes_on_where_it_was_killed(zebra: Zebra, tmp_path: Path) -> None:
    data = tmp_path / "data"
    added = tongjie(
        data, "source", "add", "uva", "--member", "JLT", "--protocol", "z3950", "--address", zebra.address,
        "--option", "max_set=300", "--option", "keys=local-number", "--option", "chunk=20", "--json",
    )  # fmt: skip
    assert (added.code, added.answer["source"]) == (0, "uva"), added.err
    probed = typed(data, "source", "probe", "uva", "--json")
    assert (probed.code, probed.answer["total"], probed.answer["total_exact"]) == (0, 2000, True), probed.err
    preview = typed(data, "source", "preview", "uva", "--json")
    assert (preview.code, preview.answer["records"]) == (0, 20), preview.err
    assert all(row["title"] for row in preview.answer["items"])

    done_before = 0
    for wanted in (2, 5):
        with started(data, "harvest", "uva", "--json") as running:
            done_before = asyncio.run(wait_for_slices(data, running, wanted))
            assert running.stopped(signal.SIGKILL) == -signal.SIGKILL

    resumed = harvest_report(tongjie(data, "harvest", "uva", "--json"))
    assert (resumed["complete"], resumed["expected"], resumed["received"]) == (True, 2000, 2000)
    assert resumed["slices"] > done_before
    assert read_once(data, runs) == 1, "one run, though three processes worked at it"
    kept = read_once(data, states)
    assert len(kept) == 2000, "no record twice"

    again = harvest_report(typed(data, "harvest", "uva", "--json"))
    assert (again["complete"], again["stored"], again["unchanged"]) == (True, 0, 2000)
    assert read_once(data, states) == kept


def harvest_report(done: Said) -> dict[str, Any]:
    assert done.code == 0, done.err + done.out
    (report,) = done.answer["sources"]
    assert set(report) >= {
        "source", "complete", "expected", "received", "stored", "unchanged", "missing", "deleted",
        "quarantined", "slices", "seconds",
    }  # fmt: skip
    found: dict[str, Any] = report
    return found


async def wait_for_slices(data: Path, running: Started, wanted: int) -> int:
    """Until so many slices are checkpointed."""
    while (done := read_once(data, slices)) < wanted:
        assert running.process.poll() is None, running.said
        await asyncio.sleep(0.02)
    return done


def slices(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(SLICE)).scalar_one())


def runs(connection: Connection) -> int:
    return int(connection.execute(select(func.count(func.distinct(SLICE.c.run)))).scalar_one())


def read_once(data: Path, ask: Any) -> Any:
    engine = create_engine(embedded_url(data))
    with engine.connect() as connection, closing(connection):
        found = ask(connection)
    engine.dispose()
    return found
