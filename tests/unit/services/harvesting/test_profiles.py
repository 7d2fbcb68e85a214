"""The profile of a target: probed, shown, corrected; an operator's word outlives the next probe."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.testing import z3950_peer
from hub.errors import NotFound, Refusal
from hub.services.api import operations
from hub.services.context import Hub, Principal, Role
from hub.services.harvesting import profiles, sources
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.sources import NewSource, SourceChange
from hub.services.performing import perform
from hub.storage import harvests
from hub.storage.store import Store
from tests.catalogues import catalogue
from tests.hubs import hub_over

COORDINATOR = Principal("c", Role.COORDINATOR, language="en")


async def edit(hub: Hub, key: str, **wanted: Any) -> dict[str, Any]:
    operation = operations()["sources.edit_profile"]
    return (await perform(hub, operation, COORDINATOR, {"source": "a", **wanted}, key)).body


def findings(view: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    return {found["finding"]: (found["value"], found["how"]) for found in view["findings"]}


async def test_a_correction_wins_over_the_probe_and_stands_after_the_next(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with z3950_peer(catalogue(60)) as address:
        await sources.add(hub, NewSource("a", "JLT", "z3950", address, {}))
        assert (await profiles.show(hub, COORDINATOR, profiles.SourceInput(source="a")))["findings"] == []
        probed = findings(await profiles.probe(hub, "a"))
        assert probed["keys"][1] == "asked"
        edited = findings(await edit(hub, "1", set={"chunk": 7, "keys": "local-number"}))
        assert (edited["chunk"], edited["keys"]) == ((7, "configured"), ("local-number", "configured"))
        again = findings(await profiles.probe(hub, "a"))
        assert again["chunk"] == (7, "configured")
        taken_back = findings(await edit(hub, "2", unset=["keys"]))
        assert taken_back["keys"] == probed["keys"]
        (report,) = await harvest(hub)
    assert report.verdict.state == "complete"


async def test_what_cannot_be_is_refused_and_changes_nothing(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    await sources.add(hub, NewSource("a", "JLT", "z3950", "tcp://127.0.0.1:1/Books", {}))
    for wanted in ({"set": {"nonsense": 1}}, {"set": {"chunk": -1}}, {"unset": ["chunk"]}):
        with pytest.raises(Refusal):
            await edit(hub, str(wanted), **wanted)
    with pytest.raises(NotFound):
        await edit(hub, "other", source="b")
    found = await sqlite_store.read(lambda c: harvests.find_source(c, "a"))
    assert found is not None
    assert found.profile == {}


async def test_another_target_is_harvested_whole_and_keeps_every_record(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    async with z3950_peer(catalogue(60)) as before, z3950_peer(catalogue(60)) as after:
        await sources.add(hub, NewSource("a", "JLT", "z3950", before, {"rhythm": "incremental"}))
        await profiles.probe(hub, "a")
        await edit(hub, "1", set={"chunk": 7})
        await harvest(hub)
        changed = await sources.change(hub, SourceChange("a", address=after, options={"timeout": 9.0}))
        assert changed.options == {"rhythm": "incremental", "timeout": 9.0}
        shown = profiles.profile_view(changed)
        assert findings(shown) == {"chunk": (7, "configured")}, "what was probed was another target's"
        (whole,) = await harvest(hub)
        (part,) = await harvest(hub)
    assert (whole.verdict.expected, whole.tally.unchanged, whole.tally.stored) == (60, 60, 0)
    runs = await sqlite_store.read(lambda c: harvests.runs(c, "a"))
    assert [run.full for run in runs] == [False, True, True]
    assert part.verdict.state == "complete"


async def test_a_change_that_cannot_be_leaves_the_source_as_it_was(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    await sources.add(hub, NewSource("a", "JLT", "z3950", "tcp://127.0.0.1:1/Books", {"chunk": 5}))
    for wanted in (
        SourceChange("a", address="nowhere"),
        SourceChange("a", options={"chunk": 0}),
        SourceChange("a", protocol="sru"),
        SourceChange("a", options={"chunkk": 5}),
    ):
        with pytest.raises(Refusal):
            await sources.change(hub, wanted)
    with pytest.raises(NotFound):
        await sources.change(hub, SourceChange("b"))
    found = await sources.find(hub, "a")
    assert (found.protocol, found.address, found.options) == (
        "z3950",
        "tcp://127.0.0.1:1/Books",
        {"chunk": 5},
    )
