"""Sources managed over the API: whatever the command line can do, without secrets and without files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.errors import Conflict, Forbidden, NotFound, Refusal
from hub.services.api import operations
from hub.services.context import Hub, Principal, Role
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.services.harvesting.showing import shown_address
from hub.services.performing import perform
from hub.storage import harvests
from hub.storage.store import Store
from tests.catalogues import catalogue, iso2709
from tests.hubs import hub_over
from tests.lived_in import marc
from tests.members import MEMBERS

COORDINATOR = Principal("c", Role.COORDINATOR, language="en")
STAFF = Principal("s", Role.STAFF, "JLT", language="en")
OPERATIONS = (
    "sources.list", "sources.show", "sources.add", "sources.change", "sources.probe", "sources.preview",
    "sources.map_locations", "quarantine.retry",
)  # fmt: skip


async def ask(hub: Hub, name: str, **data: Any) -> dict[str, Any]:
    return (await perform(hub, operations()[name], COORDINATOR, data, "")).body


@asynccontextmanager
async def member(tmp_path: Path, protocol: str = "sru") -> AsyncIterator[str]:
    async with MEMBERS[protocol](catalogue(30, per_day=30), tmp_path / "member") as address:
        yield address


@pytest.mark.parametrize("name", OPERATIONS)
async def test_only_coordinators_manage_sources(sqlite_store: Store, name: str) -> None:
    with pytest.raises(Forbidden):
        await perform(hub_over(sqlite_store), operations()[name], STAFF, {}, "")


async def test_a_source_is_added_probed_previewed_changed_and_shown(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = hub_over(sqlite_store)
    async with member(tmp_path) as address:
        new = {"source": "one", "member": "JLT", "protocol": "sru", "address": address}
        added = await ask(hub, "sources.add", **new, options={"chunk": 10})
        assert (added["member_name"], added["records"]["live"]) == ("Jinling Library", 0)
        assert await ask(hub, "sources.add", **new, options={"chunk": 10}) == added, "sent twice"
        with pytest.raises(Conflict):
            await ask(hub, "sources.add", **new, options={"chunk": 11})
        assert (await ask(hub, "sources.probe", source="one"))["findings"] != []
        assert (await ask(hub, "sources.preview", source="one"))["records"] == 20
        assert (await ask(hub, "sources.show", source="one"))["records"]["live"] == 0, "nothing was stored"
        await harvest(hub, full=True)
        shown = await ask(hub, "sources.show", source="one")
        assert (shown["records"]["live"], shown["identity"]["clashes"]) == (30, 0)
        assert shown["identity"]["rule"]
    changed = await ask(hub, "sources.change", source="one", address="http://127.0.0.1:1/", without=["chunk"])
    assert (changed["options"], changed["full_next"]) == ({}, True)
    listed = await ask(hub, "sources.list")
    assert [(one["source"], one["address"]) for one in listed["sources"]] == [("one", "http://127.0.0.1:1/")]


async def test_what_is_no_source_is_refused(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    for name in ("sources.show", "sources.probe", "sources.preview", "quarantine.retry"):
        with pytest.raises(NotFound):
            await ask(hub, name, source="nowhere")
    with pytest.raises(Refusal):
        await ask(hub, "sources.add", source="a/b", member="JLT", protocol="sru", address="http://h/")


async def test_no_account_of_the_web_names_files_that_the_operator_did_not(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = hub_over(sqlite_store, targets=frozenset({"127.0.0.1", str(tmp_path / "deliveries")}))
    sru = {"source": "a", "member": "JLT", "protocol": "sru", "address": "http://127.0.0.1/"}
    with pytest.raises(Forbidden):
        await ask(hub, "sources.add", **sru, options={"password": "file:/etc/passwd"})
    with pytest.raises(Refusal):
        await ask(hub, "sources.add", **sru, options={"password": "open-sesame"})
    added = await ask(hub, "sources.add", **sru, options={"password": "secret:aleph"})
    assert added["options"] == {"password": "secret:aleph"}
    with pytest.raises(Forbidden):
        await ask(hub, "sources.change", source="a", options={"password": "file:/etc/passwd"})
    with pytest.raises(Forbidden):
        await ask(hub, "sources.change", source="a", protocol="file", address=str(tmp_path))
    files = {"source": "b", "member": "JLT", "protocol": "file"}
    for folder in (tmp_path, tmp_path / "deliveries/../secrets", f"file://{tmp_path}", "/"):
        with pytest.raises(Forbidden):
            await ask(hub, "sources.add", **files, address=str(folder))
    assert await ask(hub, "sources.add", **files, address=str(tmp_path / "deliveries" / "jlt"))


def test_an_address_is_shown_without_the_password_that_stood_in_it() -> None:
    assert (
        shown_address("http://hub:sesame@opac.example:210/sru?x=1") == "http://***@opac.example:210/sru?x=1"
    )
    assert shown_address("tcp://127.0.0.1:210/Books") == "tcp://127.0.0.1:210/Books"


async def test_codes_that_are_mapped_bring_the_items_of_records_that_are_kept(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = hub_over(sqlite_store)
    file = tmp_path / "jlt.mrc"
    file.write_bytes(marc("JLT", range(3)))
    await ingest(hub, FileOrder(file, "JLT"))
    source = "ingest-JLT"
    (first, *_) = await hub.store.read(lambda c: harvests.live_records(c, 0, 10))
    (item,) = await hub.store.read(lambda c: harvests.items_of(c, first.id))
    assert item.node == "JLT"
    mapped = await ask(hub, "sources.map_locations", source=source, locations={"JLT": "XWT"})
    assert (mapped["records"], mapped["changed"], mapped["unmapped"]) == (3, 3, {})
    (moved,) = await hub.store.read(lambda c: harvests.items_of(c, first.id))
    assert (moved.node, moved.owner, moved.barcode) == ("XWT", "JLT", item.barcode)
    again = await ask(hub, "sources.map_locations", source=source, locations={"JLT": "XWT"})
    assert (again["added"], again["changed"], again["withdrawn"]) == (0, 0, 0)
    await ask(hub, "sources.map_locations", source=source, locations={"JLT": ""})
    assert (await ask(hub, "sources.show", source=source))["options"] == {"locations": {}}
    (back,) = await hub.store.read(lambda c: harvests.items_of(c, first.id))
    assert back == item
    with pytest.raises(NotFound):
        await ask(hub, "sources.map_locations", source=source, locations={"JLT": "NOWHERE"})


async def test_items_at_a_code_that_nobody_claimed_come_when_it_is_mapped(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = hub_over(sqlite_store)
    file = tmp_path / "jlt.mrc"
    file.write_bytes(marc("XWT", range(3)))
    read = await ingest(hub, FileOrder(file, "JLT"))
    assert read["unmapped"] == {"XWT": 3}
    before = await ask(hub, "sources.show", source="ingest-JLT")
    assert (before["records"]["items"], before["unmapped"]) == (0, [{"code": "XWT", "items": 3}])
    mapped = await ask(hub, "sources.map_locations", source="ingest-JLT", locations={"XWT": "QHT"})
    assert (mapped["added"], mapped["unmapped"]) == (3, {})
    after = await ask(hub, "sources.show", source="ingest-JLT")
    assert (after["records"]["items"], after["unmapped"]) == (3, [])
    again = await ingest(hub, FileOrder(file, "JLT"))
    assert (again["unchanged"], again["unmapped"]) == (3, {}), "the next file is read by the same table"


async def test_records_without_an_identifier_and_those_that_share_one_are_counted(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = hub_over(sqlite_store)
    bare, other = (iso2709([("245", f"10\x1fa{title}")]) for title in ("One", "Another"))
    same = [iso2709([("001", "b1"), ("245", f"10\x1fa{title}")]) for title in ("One", "Another")]
    file = tmp_path / "jlt.mrc"
    file.write_bytes(b"".join([bare, other, bare, *same]))
    for stored, unchanged in ((5, 0), (0, 5)):
        read = await ingest(hub, FileOrder(file, "JLT"))
        assert (read["stored"], read["unchanged"], read["clashes"]) == (stored, unchanged, 1)
    identity = (await ask(hub, "sources.show", source="ingest-JLT"))["identity"]
    assert (identity["by_digest"], identity["clashes"]) == (3, 1)
    assert identity["clashes_first"][0].startswith("b1#")
