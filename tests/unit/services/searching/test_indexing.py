from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.index.embedded.generation import Generation
from hub.index.port import Search
from hub.index.query.box import parsed
from hub.index.query.planning import planned
from hub.services import indexing
from hub.services.context import Hub
from hub.storage import outbox


def found(hub: Hub, typed: str) -> list[str]:
    return [hit.key for hit in hub.search.search(Search(planned(parsed(typed)))).hits]


async def waiting(hub: Hub) -> int:
    return len(await hub.store.read(lambda connection: outbox.after(connection, "index", 0, 1000)))


async def test_feeding_brings_every_edition_and_forgets_the_outbox(hub: Hub, union: Any) -> None:
    assert await indexing.feed(hub) == 45
    assert (hub.search.count(), await waiting(hub)) == (45, 0)
    assert found(hub, "honglou")[0] == "honglou"
    assert await indexing.feed(hub) == 0
    assert (await indexing.check(hub)).sound


async def test_changes_merges_and_retirements_reach_the_index(hub: Hub, union: Any) -> None:
    await indexing.feed(hub)
    await union.change("jia", {"title": "春", "authors": ["巴金"]})
    await union.merge("honglou-traditional", "honglou")
    await union.retire("sanguo")
    assert await indexing.feed(hub) == 4
    assert found(hub, "春") == ["jia"]
    assert "honglou-traditional" not in found(hub, "红楼梦")
    assert found(hub, "三国演义") == []
    assert hub.search.count() == 43
    assert await waiting(hub) == 0


async def test_a_crash_before_the_outbox_was_forgotten_repeats_without_effect(
    hub: Hub, union: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await indexing.feed(hub)
    await union.change("jia", {"title": "春", "authors": ["巴金"]})

    def crash(*_: object) -> int:
        raise ConnectionError("the machine stopped")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "forget", crash)
        with pytest.raises(ConnectionError):
            await indexing.feed(hub)
    before = hub.search.keys(), found(hub, "春"), hub.search.position()
    assert await waiting(hub) == 1
    await indexing.feed(hub)
    assert (hub.search.keys(), found(hub, "春"), hub.search.position()) == before
    await union.change("huozhe", {"title": "活着 : 新版", "authors": ["余华"]})
    assert await indexing.feed(hub) == 1


async def test_a_rebuilt_index_is_the_one_that_was_fed(hub: Hub, union: Any) -> None:
    await indexing.feed(hub)
    await union.retire("sanguo")
    await indexing.feed(hub)
    before = hub.search.keys(), [found(hub, typed) for typed in ("红楼梦", "njdx", "水", "")]
    assert await indexing.rebuild(hub) == 44
    assert (hub.search.keys(), [found(hub, typed) for typed in ("红楼梦", "njdx", "水", "")]) == before


async def test_changes_during_a_rebuild_are_not_lost(
    hub: Hub, union: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await indexing.feed(hub)
    add, pages = Generation.add, []

    def add_while_the_world_goes_on(generation: Generation, documents: Any) -> int:
        pages.append(documents)
        if len(pages) == 1:
            # Read for this page already; fed to the live index, which the new one will replace.
            asyncio.run(union.change("ahq", {"title": "呐喊", "authors": ["鲁迅"]}))
            assert asyncio.run(indexing.feed(hub)) == 1
        return add(generation, documents)

    monkeypatch.setattr(indexing, "BATCH", 10)
    monkeypatch.setattr(Generation, "add", add_while_the_world_goes_on)
    assert await indexing.rebuild(hub) == 45
    assert len(pages) > 4
    await indexing.feed(hub)
    assert (found(hub, "呐喊"), found(hub, "阿q正传")) == (["ahq"], [])
    assert (await waiting(hub), (await indexing.check(hub)).sound) == (0, True)


async def test_the_check_names_what_is_missing_and_what_is_stale(hub: Hub, union: Any) -> None:
    await indexing.feed(hub)
    position = hub.search.position()
    hub.search.apply([], ["jia"], position + 1, since=position)
    await hub.store.write(lambda connection: outbox.forget(connection, "index", position + 10))
    await union.retire("shi")
    await hub.store.write(lambda connection: outbox.forget(connection, "index", position + 10))
    seen = await indexing.check(hub)
    assert (seen.missing, seen.stale, seen.sound) == (("jia",), ("shi",), False)
    assert (seen.stored, seen.indexed, seen.waiting) == (44, 44, 0)
    await indexing.rebuild(hub)
    assert (await indexing.check(hub)).sound
