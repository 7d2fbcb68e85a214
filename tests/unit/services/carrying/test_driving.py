from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hub.errors import Conflict, NotFound, Refusal
from hub.kernel.volumes import Volume
from hub.services.carrying import driving, trips
from hub.storage import transport

Q1, Q2 = Volume("QHT", "Q1"), Volume("QHT", "Q2")
MORNING, SOUTH = "C1A-20261124", "C2A-20261124"


async def sealed(world: Any, *volumes: Volume) -> str:
    for volume in volumes:
        await world.sent(volume, "JNT")
    tote: str = await world.tote("QHT", "JLT", *volumes)
    return tote


async def test_a_days_trips_are_made_once(world_anywhere: Any) -> None:
    world = world_anywhere
    made = await world.decide(trips.ensure)
    assert made > 10
    assert await world.decide(trips.ensure) == 0
    stored = await world.read(
        lambda connection: transport.trips_between(connection, date(2026, 11, 24), date(2026, 11, 25))
    )
    assert len(stored) == made
    world.pass_time(days=1)
    assert 0 < await world.decide(trips.ensure) < made


async def test_a_trip_nobody_made_is_shown_and_made_when_it_is_loaded(world: Any) -> None:
    planned = (await world.do("trips.today", world.driver))["trips"]
    tote = await sealed(world, Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    await world.decide(trips.ensure)
    after = (await world.do("trips.today", world.driver))["trips"]
    assert [trip["trip"] for trip in after] == [trip["trip"] for trip in planned]
    assert {trip["trip"]: trip["state"] for trip in after}[MORNING] == "running"
    calling = (await world.do("trips.today", world.driver, node="QHT"))["trips"]
    assert {trip["route"] for trip in calling} == {"C1A", "C1B"}


async def test_nothing_runs_on_a_public_holiday(world: Any) -> None:
    assert (await world.do("trips.today", world.driver, day="2026-10-01"))["trips"] == []


async def test_a_trip_that_does_not_go_there_is_refused_with_those_that_do(world: Any) -> None:
    tote = await sealed(world, Q1)
    with pytest.raises(Conflict) as caught:
        await world.do("trips.load", world.driver, trip=SOUTH, tote=tote)
    assert caught.value.values["routes"] == "C1A, C1B"
    assert (await world.do("totes.show", world.driver, tote=tote))["state"] == "sealed"


@pytest.mark.parametrize("trip", ["NONE-20261124", "C1A-20261001", "C1A-2026", "C1A"])
async def test_there_is_no_such_trip(world: Any, trip: str) -> None:
    tote = await sealed(world, Q1)
    with pytest.raises(NotFound):
        await world.do("trips.load", world.driver, trip=trip, tote=tote)
    with pytest.raises(NotFound):
        await world.do("trips.show", world.driver, trip=trip)


async def test_a_tote_comes_off_only_where_it_should_go(world: Any) -> None:
    tote = await sealed(world, Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    await world.do("trips.arrive", world.driver, trip=MORNING, stop=4)
    with pytest.raises(Conflict, match="this is Xuanwu"):
        await world.do("trips.unload", world.driver, trip=MORNING, tote=tote)
    assert await world.place(Q1) == ("vehicle", MORNING)
    with pytest.raises(Conflict, match="not on trip"):
        await world.do("trips.unload", world.driver, trip=SOUTH, tote=tote)


async def test_scans_repeated_say_so_and_change_nothing(world: Any) -> None:
    tote = await sealed(world, Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    again = await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    assert again["verdict"] == "already_loaded"
    await world.do("trips.unload", world.driver, trip=MORNING, tote=tote, node="JLT")
    again = await world.do("trips.unload", world.driver, trip=MORNING, tote=tote, node="JLT")
    assert again["verdict"] == "already_unloaded"
    history = await world.do("volumes.history", world.staff("JLT"), owner="QHT", barcode="Q1")
    assert [event["event"] for event in history["events"]] == ["packed", "loaded", "unloaded"]


async def test_a_full_vehicle_takes_no_more(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(world.network().timetable.route("C1A"), totes=1)
    monkeypatch.setattr(driving, "_route", lambda carrying, trip: small)
    first, second = await sealed(world, Q1), await sealed(world, Q2)
    await world.do("trips.load", world.driver, trip=MORNING, tote=first)
    with pytest.raises(Conflict, match="full"):
        await world.do("trips.load", world.driver, trip=MORNING, tote=second)


async def test_a_round_ends_at_its_last_stop_when_nothing_is_aboard(world: Any) -> None:
    await world.do("trips.arrive", world.driver, trip=MORNING, stop=0)
    assert (await world.do("trips.show", world.driver, trip=MORNING))["state"] == "running"
    await world.do("trips.arrive", world.driver, trip=MORNING, stop=7)
    assert (await world.do("trips.show", world.driver, trip=MORNING))["state"] == "done"
    with pytest.raises(NotFound):
        await world.do("trips.arrive", world.driver, trip=MORNING, stop=8)


@pytest.mark.parametrize(("operation", "state"), [("trips.finish", "done"), ("trips.cancel", "cancelled")])
async def test_what_is_left_aboard_has_a_case(world: Any, operation: str, state: str) -> None:
    tote = await sealed(world, Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    reason = {"reason": "breakdown"} if operation == "trips.cancel" else {}
    answer = await world.do(operation, world.coordinator, trip=MORNING, **reason)
    assert (answer["state"], answer["left_aboard"]) == (state, [tote])
    assert [(case.kind, case.subject) for case in await world.cases()] == [("tote_left_aboard", tote)]
    await world.do("trips.unload", world.driver, trip=MORNING, tote=tote, node="JLT")
    with pytest.raises(Conflict):
        await world.do("trips.load", world.driver, trip=MORNING, tote=tote)


async def test_a_scan_made_offline_keeps_its_own_time(world: Any) -> None:
    tote = await sealed(world, Q1)
    scanned = world.now + timedelta(minutes=20)
    world.pass_time(hours=3)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote, happened_at=scanned)
    history = await world.do("volumes.history", world.staff("QHT"), owner="QHT", barcode="Q1")
    loaded = history["events"][-1]
    assert (loaded["happened_at"], loaded["recorded_at"]) == (scanned.isoformat(), world.now.isoformat())
    with pytest.raises(Refusal):
        await world.do("trips.finish", world.driver, trip=MORNING, happened_at=world.now + timedelta(days=1))


async def test_a_trip_that_nobody_scanned_is_late(world: Any) -> None:
    shown = await world.do("trips.show", world.driver, trip=MORNING)
    assert not shown["late"]
    world.pass_time(minutes=16)
    assert (await world.do("trips.show", world.driver, trip=MORNING))["late"]
    board = await world.do("transport.board", world.coordinator)
    assert MORNING in board["late_trips"]
