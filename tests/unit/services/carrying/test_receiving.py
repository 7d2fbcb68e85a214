from __future__ import annotations

from typing import Any

import pytest

from hub.errors import Conflict
from hub.kernel.volumes import Volume

Q1, Q2, J1 = Volume("QHT", "Q1"), Volume("QHT", "Q2"), Volume("JNT", "J1")
MORNING, SOUTH = "C1A-20261124", "C2A-20261124"


async def two_at_the_hub(world: Any) -> str:
    """A tote with two volumes, unloaded at the sorting hub."""
    await world.sent(Q1, "JNT")
    await world.sent(Q2, "JNT")
    tote: str = await world.tote("QHT", "JLT", Q1, Q2)
    await world.ridden(MORNING, tote, "JLT")
    return tote


async def test_what_is_missing_is_short_and_looked_for(world_anywhere: Any) -> None:
    world = world_anywhere
    tote = await two_at_the_hub(world)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    await world.do("totes.unpack", hub, tote=tote, barcode="Q1")
    answer = await world.do("totes.reconcile", hub, tote=tote)
    assert (answer["agrees"], answer["short"], answer["over"]) == (
        False,
        [{"owner": "QHT", "barcode": "Q2"}],
        [],
    )
    assert await world.place(Q2) == ("unknown", "")
    assert [(case.kind, case.subject) for case in await world.cases()] == [("short_in_tote", "QHT/Q2")]
    shown = await world.do("totes.show", hub, tote=tote)
    assert {entry["barcode"]: entry["discrepancy"] for entry in shown["contents"]} == {
        "Q1": "",
        "Q2": "short",
    }
    assert shown["state"] == "reconciled"


async def test_what_is_not_on_the_list_is_taken_in_and_has_a_case(world: Any) -> None:
    tote = await two_at_the_hub(world)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    await world.sent(J1, "JNT")
    answer = await world.do("totes.unpack", hub, tote=tote, barcode="J1")
    assert (answer["over"], answer["verdict"], answer["next_stop"]) == (True, "forward", "JNT")
    assert await world.place(J1) == ("node", "JLT")
    assert ("over_in_tote", "JNT/J1") in {(case.kind, case.subject) for case in await world.cases()}


async def test_a_volume_missed_in_one_tote_may_come_out_of_another(world: Any) -> None:
    first = await two_at_the_hub(world)
    await world.sent(J1, "QHT")
    second = await world.tote("JNT", "JLT", J1)
    await world.ridden(SOUTH, second, "JLT")
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=second)
    await world.do("totes.receive", hub, tote=first)
    assert (await world.do("totes.unpack", hub, tote=second, barcode="Q2"))["over"]
    world.pass_time(minutes=1)
    await world.do("totes.unpack", hub, tote=first, barcode="Q1")
    answer = await world.do("totes.reconcile", hub, tote=first)
    assert answer["short"] == [{"owner": "QHT", "barcode": "Q2"}]
    assert await world.place(Q2) == ("node", "JLT")


async def test_an_unknown_barcode_is_recorded_not_refused(world: Any) -> None:
    tote = await two_at_the_hub(world)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    answer = await world.do("totes.unpack", hub, tote=tote, barcode="?9")
    assert answer["verdict"] == "unknown"
    assert [(case.kind, case.subject) for case in await world.cases()] == [("unknown_barcode", "?9")]


async def test_a_second_scan_says_so(world: Any) -> None:
    tote = await two_at_the_hub(world)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    await world.do("totes.unpack", hub, tote=tote, barcode="Q1")
    again = await world.do("totes.unpack", hub, tote=tote, barcode="Q1")
    assert (again["verdict"], again["destination"]) == ("already", "JNT")
    assert (await world.do("totes.receive", hub, tote=tote))["verdict"] == "already_open"


async def test_a_tote_at_the_wrong_node_is_sent_on_unopened(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    world.pass_time(minutes=20)
    xwt = world.staff("XWT")
    answer = await world.do("totes.receive", xwt, tote=tote)
    assert (answer["verdict"], answer["next_stop"]) == ("wrong_destination", "JLT")
    assert [case.kind for case in await world.cases()] == ["tote_misdelivered"]
    assert await world.place(Q1) == ("tote", tote)
    shown = await world.do("totes.show", xwt, tote=tote)
    assert (shown["state"], shown["origin"], shown["destination"]) == ("sealed", "XWT", "JLT")
    with pytest.raises(Conflict, match="goes to Jinling"):
        await world.do("totes.unpack", xwt, tote=tote, barcode="Q1")
    world.pass_time(minutes=5)
    await world.ridden("C1B-20261124", tote, "JLT")
    await world.do("totes.receive", world.staff("JLT"), tote=tote)
    assert (await world.do("totes.unpack", world.staff("JLT"), tote=tote, barcode="Q1"))[
        "verdict"
    ] == "forward"
    assert {case.kind for case in await world.cases()} == {"tote_misdelivered"}


async def test_scans_left_out_on_the_way_are_made_up_for(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    world.pass_time(minutes=90)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    await world.do("totes.unpack", hub, tote=tote, barcode="Q1")
    history = await world.do("volumes.history", hub, owner="QHT", barcode="Q1")
    assert [event["event"] for event in history["events"]] == ["packed", "loaded", "unloaded", "unpacked"]
    assert await world.cases() == []


async def test_a_tote_nobody_loaded_can_still_be_received(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1)
    hub = world.staff("JLT")
    await world.do("totes.receive", hub, tote=tote)
    await world.do("totes.unpack", hub, tote=tote, barcode="Q1")
    assert await world.place(Q1) == ("node", "JLT")
    assert await world.cases() == []


async def test_a_lost_tote_has_a_case_per_volume_and_may_turn_up(world: Any) -> None:
    await world.sent(Q1, "JNT")
    await world.sent(Q2, "JNT")
    tote = await world.tote("QHT", "JLT", Q1, Q2)
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    world.pass_time(days=4)
    await world.do("totes.lose", world.coordinator, tote=tote)
    assert sorted(case.subject for case in await world.cases()) == ["QHT/Q1", "QHT/Q2"]
    assert await world.place(Q1) == ("unknown", "")
    world.pass_time(days=1)
    answer = await world.do("totes.receive", world.staff("GLT"), tote=tote)
    assert answer["next_stop"] == "JLT"
    assert await world.place(Q1) == ("tote", tote)
    assert (await world.do("totes.show", world.coordinator, tote=tote))["state"] == "sealed"


async def test_an_open_tote_is_not_received(world: Any) -> None:
    tote = await world.tote("QHT", "JLT", sealed=False)
    with pytest.raises(Conflict):
        await world.do("totes.receive", world.staff("JLT"), tote=tote)
    with pytest.raises(Conflict):
        await world.do("totes.reconcile", world.staff("JLT"), tote=tote)
