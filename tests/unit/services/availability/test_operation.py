"""The operation over a stored edition: a member on a socket, one that hangs, and one that cannot be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from connectors.marc.writing import to_iso2709
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.testing import hang, z3950_peer
from hub.errors import NotFound, Refusal
from hub.services.api import operations
from hub.services.availability.memory import Kept, LiveMemory
from hub.services.context import ANONYMOUS, Principal, Role
from hub.services.performing import perform
from hub.storage import jobs
from hub.storage.store import Store
from hub.storage.tables.catalogue import HarvestRun, Item, Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core
from hub.storage.tables.transport import Custody
from tests.hubs import TUESDAY, hub_over
from tests.short_records import record

LAST_NIGHT = TUESDAY - timedelta(hours=8)
ENGLISH = Principal("", Role.ANONYMOUS, language="en")
SHOW = operations()["editions.availability"]


class Deadline:
    """A sleeper whose time passes when somebody says so."""

    def __init__(self) -> None:
        self.passed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        del seconds
        await self.passed.wait()


class Watched(LiveMemory):
    """Lets the deadline pass once somebody has answered."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def keep(self, source: str, record: int, answer: Kept) -> None:
        super().keep(source, record, answer)
        self._deadline.passed.set()


def made(number: str, *barcodes: tuple[str, str]) -> bytes:
    items = " | ".join(f"$aJLT$bJLT$hI247$p{barcode}$n{status}" for barcode, status in barcodes)
    return to_iso2709(record("marc21", {"001": number, "245": "$aRed", "852": items}))


def put(
    connection: Connection, source: str, member: str, protocol: str, address: str, *barcodes: str
) -> None:
    options = {"availability": "marc"} if protocol == "z3950" else {}
    connection.execute(insert(core(Source)).values(
        name=source, member=member, protocol=protocol, address=address, options=options, profile={},
        created_at=LAST_NIGHT,
    ))  # fmt: skip
    run = connection.execute(insert(core(HarvestRun)).values(
        source=source, started_at=LAST_NIGHT - timedelta(hours=1), finished_at=LAST_NIGHT, state="complete",
        full=True, received=1, stored=1, unchanged=0, missing=0, deleted=0, quarantined=0, clashes=0,
        problem="",
    )).inserted_primary_key  # fmt: skip
    assert run is not None
    raw = made(f"{source}-1", *((barcode, "0") for barcode in barcodes))
    row = connection.execute(insert(core(SourceRecord)).values(
        source=source, identifier=f"{source}-1", state="live", format="marc21", encoding="utf-8",
        digest=source, raw=raw, seen_run=run[0], changed_at=LAST_NIGHT - timedelta(days=90),
    )).inserted_primary_key  # fmt: skip
    assert row is not None
    connection.execute(insert(core(ClusterMember)).values(record=row[0], cluster="E1"))
    for barcode in barcodes:
        connection.execute(insert(core(Item)).values(
            record=row[0], owner=member, barcode=barcode, node=member, call_number="I247", call_key="",
            shelf="", volume="", item_class="book", status="available", withdrawn=False,
        ))  # fmt: skip


def edition(connection: Connection, addresses: Mapping[str, str]) -> None:
    connection.execute(insert(core(Cluster)).values(
        id="E1", display={"title": "Red"}, work="", set_of="", created_at=LAST_NIGHT, changed_at=LAST_NIGHT,
    ))  # fmt: skip
    put(connection, "jlt", "JLT", "z3950", addresses["jlt"], "J0001", "J0002", "J0003")
    put(connection, "xwt", "XWT", "z3950", addresses["xwt"], "X0001")
    put(connection, "qht", "QHT", "file", "drops", "Q0001")
    connection.execute(insert(core(Custody)).values(
        owner="JLT", barcode="J0003", place_kind="tote", place="T1", node="JLT", since=TUESDAY,
    ))  # fmt: skip


NOW = [("J0001", "0"), ("J0002", "Checked out"), ("J0003", "0")]


async def asked(
    store: Store,
    principal: Principal = ANONYMOUS,
    now: Sequence[tuple[str, str]] = NOW,
    before: Callable[[Connection], None] = lambda connection: None,
    **query: Any,
) -> dict[str, Any]:
    deadline = Deadline()
    memory = Watched(deadline)
    served = ServedRecord("jlt-1", made("jlt-1", *now), None, datetime(2026, 1, 1, tzinfo=UTC))
    async with (
        z3950_peer(ServedCatalogue("jlt", [served])) as answering,
        z3950_peer(ServedCatalogue("xwt", []), hang) as hanging,
    ):
        addresses = {"jlt": answering, "xwt": hanging}
        await store.write(lambda connection: edition(connection, addresses))
        await store.write(before)
        hub = replace(hub_over(store), sleeper=deadline, live=memory)
        try:
            return (await perform(hub, SHOW, principal, {"edition": "E1", **query}, "k")).body
        finally:
            await memory.close()


async def test_what_came_before_the_deadline_is_told_and_the_rest_is_labelled(store: Store) -> None:
    found = await asked(store)
    assert {one["source"]: (one["state"], one["label"]) for one in found["sources"]} == {
        "jlt": ("live", "实时"),
        "xwt": ("late", "未及时回应，显示8 小时前的记录"),
        "qht": ("stored", "不支持实时查询，显示8 小时前的记录"),
    }
    assert {one["barcode"]: (one["status"], one["basis"], one["label"]) for one in found["items"]} == {
        "J0001": ("available", "live", "实时"),
        "J0002": ("on_loan", "live", "实时"),
        "J0003": ("under_way", "hub", "本系统记录"),
        "X0001": ("available", "stored", "8 小时前的记录"),
        "Q0001": ("available", "stored", "8 小时前的记录"),
    }
    assert (found["available"], found["complete"]) == (3, False)
    assert [(one["node"], one["summary"]) for one in found["libraries"]] == [
        ("JLT", "在架 1 / 共 3 册"), ("QHT", "在架 1 / 共 1 册"), ("XWT", "在架 1 / 共 1 册"),
    ]  # fmt: skip


async def test_an_answer_that_says_nothing_of_states_is_not_called_live(sqlite_store: Store) -> None:
    found = await asked(sqlite_store, ENGLISH, now=[(barcode, "sine statu") for barcode, _ in NOW])
    assert found["sources"][0]["state"] == "no_state"
    assert "without saying what is in; shown as recorded 8 h ago" in found["sources"][0]["label"]
    assert [one["basis"] for one in found["items"] if one["owner"] == "JLT"] == ["stored", "stored", "hub"]


def harvesting(connection: Connection) -> None:
    # One that its process keeps alive, and one whose process has been silent for longer than its lease.
    jobs.begin(connection, "harvest/xwt", TUESDAY, "elsewhere/1", TUESDAY, timedelta(minutes=1))
    long_ago = TUESDAY - timedelta(hours=1)
    jobs.begin(connection, "harvest/jlt", long_ago, "elsewhere/2", long_ago, timedelta(minutes=1))


async def test_a_member_that_is_being_harvested_is_left_to_its_harvest(sqlite_store: Store) -> None:
    found = await asked(sqlite_store, ENGLISH, before=harvesting)
    assert {one["source"]: one["label"] for one in found["sources"]} == {
        "jlt": "live",
        "xwt": "being harvested and not asked meanwhile; shown as recorded 8 h ago",
        "qht": "cannot be asked; shown as recorded 8 h ago",
    }
    assert not found["complete"]


async def test_an_operator_may_let_a_member_be_asked_beside_its_harvest(sqlite_store: Store) -> None:
    def bears_both(connection: Connection) -> None:
        harvesting(connection)
        options = {"availability": "marc", "availability_beside_harvest": "yes"}
        connection.execute(update(core(Source)).where(core(Source).c.name == "xwt").values(options=options))

    found = await asked(sqlite_store, before=bears_both)
    assert {one["source"]: one["state"] for one in found["sources"]}["xwt"] == "late"


async def test_nobody_is_asked_for_what_is_stored(sqlite_store: Store) -> None:
    found = await asked(sqlite_store, ENGLISH, live="false")
    assert [one["state"] for one in found["sources"]] == ["not_asked", "stored", "not_asked"]
    assert found["complete"] is False
    assert {one["basis"] for one in found["items"]} == {"stored", "hub"}
    assert found["sources"][0]["age_seconds"] == 8 * 3600
    assert "recorded 8 h ago" in found["sources"][0]["label"]


async def test_a_look_changes_nothing(sqlite_store: Store) -> None:
    def all_rows(connection: Connection) -> list[Any]:
        tables = (Item, SourceRecord, Source, Custody)
        return [connection.execute(core(table).select()).all() for table in tables]

    await asked(sqlite_store)
    before = await sqlite_store.read(all_rows)
    hub = hub_over(sqlite_store)
    await perform(hub, SHOW, ANONYMOUS, {"edition": "E1", "live": False}, "k")
    assert await sqlite_store.read(all_rows) == before
    assert "Checked out" not in str(before)


@pytest.mark.parametrize(
    ("query", "error"), [({"edition": "none"}, NotFound), ({"edition": "E1", "deadline": 60}, Refusal)]
)
async def test_what_cannot_be_asked_is_refused(
    sqlite_store: Store, query: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await perform(hub_over(sqlite_store), SHOW, ANONYMOUS, query, "k")


async def test_nobody_is_asked_at_an_address_that_is_not_permitted(sqlite_store: Store) -> None:
    addresses = {"jlt": "tcp://127.0.0.1:1/jlt", "xwt": "tcp://127.0.0.1:1/xwt"}
    await sqlite_store.write(lambda connection: edition(connection, addresses))
    hub = replace(hub_over(sqlite_store), sleeper=Deadline(), targets=frozenset({"192.0.2.0/24"}))
    found = (await perform(hub, SHOW, ENGLISH, {"edition": "E1"}, "k")).body
    states = {one["source"]: (one["state"], one["problem"]) for one in found["sources"]}
    assert states["jlt"] == states["xwt"] == ("failed", "not_permitted")


class Vault:
    """A place of secrets that tells what was looked up."""

    def __init__(self) -> None:
        self.looked_up: list[str] = []

    def look_up(self, reference: str) -> str:
        self.looked_up.append(reference)
        return "open sesame"

    def conceal(self, text: str) -> str:
        return text


async def test_a_password_is_looked_up_when_a_member_is_asked(sqlite_store: Store) -> None:
    addresses = {"jlt": "tcp://127.0.0.1:1/jlt", "xwt": "tcp://127.0.0.1:1/xwt"}
    source, vault = core(Source), Vault()

    def protect(connection: Connection) -> None:
        edition(connection, addresses)
        options = {"user": "hub", "password": "secret:jlt"}
        connection.execute(update(source).where(source.c.name == "jlt").values(options=options))

    await sqlite_store.write(protect)
    hub = replace(hub_over(sqlite_store), sleeper=Deadline(), secrets=vault)
    await perform(hub, SHOW, ANONYMOUS, {"edition": "E1", "live": False}, "k")
    assert vault.looked_up == []
    body = (await perform(hub, SHOW, ANONYMOUS, {"edition": "E1"}, "k")).body
    assert vault.looked_up == ["secret:jlt"]
    assert "sesame" not in str(body)
