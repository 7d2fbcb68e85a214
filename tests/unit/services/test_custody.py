from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from hub.errors import Refusal
from hub.kernel.volumes import Volume
from hub.services import custody, networks
from hub.services.context import Transaction
from hub.storage import cases
from hub.storage import custody as rows
from hub.storage.store import Store
from ill.transport.custody import CustodyEventKind, Place, PlaceKind

T = TypeVar("T")
NETWORK = networks.parse(networks.shipped(), 1)
NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)
VOLUME = Volume("QHT", "3010001")


async def decide(store: Store, act: Callable[[Transaction], T], now: datetime = NINE) -> T:
    return await store.write(lambda connection: act(Transaction(connection, now, NETWORK, "key")))


def scan(
    kind: CustodyEventKind, place_kind: PlaceKind, place: str, key: str, *, minutes: int = 0, node: str = ""
) -> Callable[[Transaction], Place]:
    return lambda tx: custody.record(
        tx, VOLUME, kind, place_kind, place,
        happened_at=NINE + timedelta(minutes=minutes), actor="staff", key=key, node=node,
    )  # fmt: skip


PICKED = scan(CustodyEventKind.PICKED, PlaceKind.NODE, "QHT", "k1")
PACKED = scan(CustodyEventKind.PACKED, PlaceKind.TOTE, "T-1", "k2", minutes=5, node="QHT")
LOADED = scan(CustodyEventKind.LOADED, PlaceKind.VEHICLE, "C1A-20261124", "k3", minutes=10)
UNLOADED = scan(CustodyEventKind.UNLOADED, PlaceKind.TOTE, "T-1", "k4", minutes=20)


async def test_every_scan_moves_custody(store: Store) -> None:
    assert await store.read(lambda connection: custody.where(connection, VOLUME)) is None
    for act, kind, place in (
        (PICKED, "node", "QHT"),
        (PACKED, "tote", "T-1"),
        (LOADED, "vehicle", "C1A-20261124"),
    ):
        await decide(store, act)
        found = await store.read(lambda connection: custody.where(connection, VOLUME))
        assert found is not None
        assert (found.kind, found.place) == (kind, place)
    assert found is not None
    assert found.node == "QHT"


async def test_the_same_scan_again_changes_nothing(store: Store) -> None:
    await decide(store, PICKED)
    await decide(store, PACKED)
    await decide(store, PICKED, NINE + timedelta(hours=1))
    events = await store.read(lambda connection: rows.events(connection, VOLUME))
    assert [event.kind for event in events] == ["picked", "packed"]


async def test_an_impossible_history_opens_one_case(store: Store) -> None:
    await decide(store, PICKED)
    await decide(store, LOADED)
    found = await store.read(cases.open_cases)
    assert [(case.kind, case.subject) for case in found] == [("impossible_history", "QHT/3010001")]
    assert found[0].details["reason"] == "wrong_place"
    assert found[0].deadline_at > NINE


async def test_a_late_scan_that_explains_it_closes_the_case(store: Store) -> None:
    for act in (PICKED, PACKED, UNLOADED):
        await decide(store, act)
    assert len(await store.read(cases.open_cases)) == 1
    await decide(store, LOADED, NINE + timedelta(hours=2))
    assert await store.read(cases.open_cases) == []
    found = await store.read(lambda connection: custody.where(connection, VOLUME))
    assert found is not None
    assert (found.kind, found.place) == ("tote", "T-1")


async def test_a_late_scan_can_make_the_history_impossible(store: Store) -> None:
    for act in (PICKED, PACKED, LOADED):
        await decide(store, act)
    lent = scan(CustodyEventKind.LENT, PlaceKind.READER, "L-1", "late", minutes=7)
    await decide(store, lent, NINE + timedelta(hours=2))
    found = await store.read(cases.open_cases)
    assert [case.details["event"] for case in found] == ["lent"]


async def test_a_scan_from_the_future_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(Refusal) as caught:
        await decide(sqlite_store, lambda tx: custody.moment(tx, NINE + timedelta(seconds=1)))
    assert caught.value.field == "happened_at"
    assert await decide(sqlite_store, lambda tx: custody.moment(tx, None)) == NINE


async def test_a_slip_is_replaced_and_taken_away(store: Store) -> None:
    def slip(connection: Connection) -> str | None:
        found = rows.slip(connection, VOLUME)
        return found.destination if found else None

    await decide(store, lambda tx: custody.send_to(tx, VOLUME, "JNT", "request", "S-1"))
    await decide(store, lambda tx: custody.send_to(tx, VOLUME, "QHT", "home"))
    assert await store.read(slip) == "QHT"
    await decide(store, lambda tx: custody.clear_slip(tx, VOLUME))
    assert await store.read(slip) is None
