"""A member changes its system, and with it every record's number: nobody who reads or lends notices."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.errors import NotFound, Refusal
from hub.services.clustering import cluster
from hub.services.clustering.exporting import export
from hub.services.context import Hub, Transaction
from hub.services.doctor.examination import examine
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.renumbering import Renumbering, checked_map, read_map, renumber
from hub.services.harvesting.sources import SourceChange
from hub.services.indexing import feed
from hub.simulation.clock import SettableClock
from hub.storage import decisions, harvests
from hub.storage.tables.catalogue import Item
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Request, Reservation, Supply
from tests import lived_in

ITEM = core(Item)
UNTOUCHED = tuple(core(table) for table in (Request, Supply, Reservation))
PAIRS = {f"JLT{number:04d}": f"N{number:03d}-x" for number in range(5)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a hub that was lived in, to be copied."""
    folder = tmp_path_factory.mktemp("lived")
    asyncio.run(lived_in.live(folder / "data", folder / "files"))
    return folder / "data"


@pytest.fixture
def data(lived: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return shutil.copytree(lived, tmp_path / "data", ignore=shutil.ignore_patterns("hub.lock", "hub.sock"))


def under_new_numbers(raw: bytes) -> bytes:
    """The catalogue as the new system writes it: other numbers of the same length."""
    return re.sub(rb"JLT00(\d\d)(?=\x1e)", lambda found: b"N0" + found[1] + b"-x", raw)


def untouched(connection: Connection) -> list[Any]:
    return [sorted(map(tuple, connection.execute(select(table)))) for table in UNTOUCHED]


def items(connection: Connection) -> dict[str, tuple[int, bool]]:
    rows = connection.execute(select(ITEM).where(ITEM.c.owner == "JLT"))
    return {row.barcode: (row.record, row.withdrawn) for row in rows}


async def load(hub: Hub, pairs: Mapping[str, str], *, dry_run: bool = False) -> dict[str, Any]:
    return await hub.store.write(
        lambda connection: renumber(
            Transaction(connection, hub.clock.now(), hub.network(), "map"), Renumbering("jlt", pairs, dry_run)
        )
    )


async def editions(hub: Hub) -> dict[str, str]:
    return dict(line.split("\t") for line in await export(hub))


def decide(connection: Connection) -> None:
    records = [("jlt", "JLT0001"), ("ingest-XWT", "XWT0001")]
    found = [harvests.record_by_identifier(connection, *record) for record in records]
    harvests.mark_pending(connection, [record.id for record in found if record is not None])
    decisions.add(connection, "different", "jlt:JLT0001", "ingest-XWT:XWT0001", "A-1", lived_in.START, "two")


@pytest.mark.parametrize("late", [False, True], ids=["before the first harvest", "after it"])
async def test_everything_stays_with_its_record(data: Path, tmp_path: Path, *, late: bool) -> None:
    new_system = tmp_path / "new"
    new_system.mkdir()
    raw = under_new_numbers(lived_in.marc("JLT", lived_in.SHELVES["JLT"][:3]))
    (new_system / "all.mrc").write_bytes(raw)
    async with lived_in.opened(data, SettableClock(lived_in.START)) as hub:
        await hub.store.write(decide)
        await cluster(hub)
        before, lent, shelves = await editions(hub), *await hub.store.read(lambda c: (untouched(c), items(c)))

        await sources.change(hub, SourceChange("jlt", address=str(new_system)))
        if late:
            await harvest(hub, ["jlt"])
            await cluster(hub)
        rehearsed = await load(hub, PAIRS, dry_run=True)
        loaded = await load(hub, PAIRS)
        assert loaded | {"decisions": 0, "dry_run": True} == rehearsed
        assert (loaded["renumbered"], loaded["joined"]) == ((1, 3) if late else (4, 0))
        assert (loaded["unmatched_first"], loaded["decisions"]) == (["JLT0004"], 1)
        again = await load(hub, PAIRS)
        assert (again["renumbered"], again["joined"], bool(again["loaded_before"])) == (0, 0, True)

        for _ in range(2):
            (report,) = await harvest(hub, ["jlt"])
            assert (report.verdict.state, report.absence.deleted) == ("complete", 0)
        await cluster(hub)
        await feed(hub)
        expected = {
            f"JLT:{PAIRS[key[4:]]}" if key.startswith("JLT:") else key: edition
            for key, edition in before.items()
        }
        assert await editions(hub) == expected
        assert await hub.store.read(untouched) == lent
        assert await hub.store.read(items) == shelves
        (standing,) = await hub.store.read(decisions.in_force)
        assert (standing.first, standing.second) == ("ingest-XWT:XWT0001", f"jlt:{PAIRS['JLT0001']}")
        assert (await examine(hub)).violations == ()


async def test_numbers_may_pass_from_record_to_record(data: Path) -> None:
    async with lived_in.opened(data, SettableClock(lived_in.START)) as hub:
        before = await editions(hub)
        turned = {"JLT0000": "JLT0001", "JLT0001": "JLT0002", "JLT0002": "JLT0000"}
        answer = await load(hub, turned)
        assert (answer["renumbered"], answer["joined"], answer["unmatched"]) == (3, 0, 0)
        await cluster(hub)
        after = await editions(hub)
        assert {turned[key[4:]]: before[key] for key in before if key.startswith("JLT:")} == {
            key[4:]: edition for key, edition in after.items() if key.startswith("JLT:")
        }
        with pytest.raises(NotFound):
            await hub.store.write(
                lambda c: renumber(
                    Transaction(c, hub.clock.now(), hub.network(), "map"), Renumbering("none", turned, False)
                )
            )


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("a,b\nc,d\n", {"a": "b", "c": "d"}),
        ("\ufeff旧编号,新编号\r\n 001 ,x/1\r\n\r\n", {"001": "x/1"}),
        ("old\tnew\na\tb,c\n", {"a": "b,c"}),
        ('"a,1","b"\n', {"a,1": "b"}),
    ],
)
def test_maps_are_read_as_spreadsheets_write_them(
    tmp_path: Path, content: str, found: dict[str, str]
) -> None:
    file = tmp_path / "map.csv"
    file.write_text(content, "utf-8")
    assert read_map(file) == found


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a", "b"], ["c"]], "Line 2"),
        ([["a", "b", "c"]], "Line 1"),
        ([["a", ""]], "Line 1"),
        ([["a", "x" * 201]], "Line 1"),
        ([["a", "b"], ["a", "c"]], "a (line 2)"),
        ([["a", "b"], ["c", "b"]], "twice: b"),
        ([], "empty"),
    ],
)
def test_a_map_that_cannot_be_is_refused_by_line(rows: list[list[str]], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_map(rows)
    assert words in refused.value.say("en")
    assert refused.value.say("zh")
