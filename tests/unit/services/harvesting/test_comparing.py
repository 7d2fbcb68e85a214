"""A comparison foretells what a full harvest then does, over every protocol, and stores nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.serving import ServedCatalogue
from connectors.testing import lying_count, refusing, z3950_peer
from hub.errors import Broken
from hub.services.context import Hub
from hub.services.harvesting import sources
from hub.services.harvesting.comparing import compare
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.quarantine import said_reason
from hub.services.harvesting.sources import NewSource
from hub.storage import harvests
from hub.storage.store import Store
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.hubs import hub_over
from tests.members import MEMBERS

SIZE = 60
AS_BEFORE = [served_record(number, FIRST_DAY) for number in range(20, SIZE)]
EDITED = [served_record(number, FIRST_DAY, "Another title") for number in range(5, 20)]
BOUGHT = [served_record(number, FIRST_DAY) for number in range(SIZE, SIZE + 3)]


async def add(hub: Hub, protocol: str, address: str) -> None:
    await sources.add(hub, NewSource("one", "JLT", protocol, address, {}))


def counts(answer: dict[str, Any]) -> dict[str, int]:
    return {one["kind"]: one["records"] for one in answer["differences"]}


@pytest.mark.parametrize("protocol", MEMBERS)
async def test_every_protocol_is_compared_as_it_is_harvested(
    sqlite_store: Store, tmp_path: Path, protocol: str
) -> None:
    hub = hub_over(sqlite_store)
    changed = ServedCatalogue("Books", [*EDITED, *AS_BEFORE, *BOUGHT])
    async with MEMBERS[protocol](catalogue(SIZE, per_day=SIZE), tmp_path / "before") as address:
        await add(hub, protocol, address)
        await harvest(hub, full=True)
        same = await compare(hub, "one", "en")
        assert counts(same) == {"new": 0, "changed": 0, "unchanged": SIZE, "deleted": 0, "missing": 0}
    async with MEMBERS[protocol](changed, tmp_path / "after") as address:
        await sources.change(hub, sources.SourceChange("one", address=address))
        before = await hub.store.read(lambda c: harvests.live_records(c, 0, 1000))
        told = await compare(hub, "one", "en")
        assert await hub.store.read(lambda c: harvests.live_records(c, 0, 1000)) == before
        assert told["complete"], told["problem"]
        assert counts(told) == {"new": 3, "changed": 15, "unchanged": 40, "deleted": 0, "missing": 5}
        (report,) = await harvest(hub, full=True)
    assert report.tally.stored == 3 + 15
    assert report.tally.unchanged == 40
    assert report.absence.missing == 5
    named = {one["kind"]: one["examples"] for one in told["differences"]}
    assert [one["record"][-7:] for one in named["missing"]] == [f"b{number:06d}" for number in range(5)]
    assert {one["title"] for one in named["new"]} == {
        f"Book number{number} of the shelf" for number in range(SIZE, SIZE + 3)
    }
    assert len(named["changed"]) == 15
    assert all(one["title"] for kind in named.values() for one in kind)


async def test_of_an_incomplete_one_nothing_is_said_to_be_missing(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with z3950_peer(catalogue(SIZE), refusing("b000007")) as address:
        await add(hub, "z3950", address)
        told = await compare(hub, "one", "en")
    assert (told["complete"], told["quarantined"]) == (False, 1)
    assert "refused" in told["problem"]
    assert told["quarantine"] == {
        "reasons": {said_reason("refused_by_target", "en"): 1},
        "examples": [{"record": "", "reason": said_reason("refused_by_target", "en")}],
    }
    assert counts(told) == {"new": SIZE - 1, "changed": 0, "unchanged": 0, "deleted": 0}


async def test_a_target_that_brings_nothing_cannot_be_compared(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with z3950_peer(catalogue(SIZE), lying_count(5)) as address:
        await add(hub, "z3950", address)
        with pytest.raises(Broken):
            await compare(hub, "one", "en")
