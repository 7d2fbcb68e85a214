from __future__ import annotations

from typing import Any

import pytest

from hub.errors import NotFound
from hub.kernel.volumes import Volume

Q1, Q2 = Volume("QHT", "Q1"), Volume("QHT", "Q2")
MORNING = "C1A-20261124"


async def test_the_board_lists_what_is_under_way_for_too_long(world: Any) -> None:
    await world.sent(Q1, "JNT")
    await world.sent(Q2, "GLT")
    carried = await world.tote("QHT", "JLT", Q1)
    await world.tote("QHT", "JLT", Q2, sealed=False)
    await world.do("trips.load", world.driver, trip=MORNING, tote=carried)
    board = await world.do("transport.board", world.coordinator)
    assert (board["totes"], board["volumes_in_transit"]) == ({"open": 1, "loaded": 1}, 2)
    assert (board["volumes_late"], board["totes_out_long"]) == ([], [])
    world.pass_time(days=3, hours=1)
    board = await world.do("transport.board", world.coordinator)
    assert [entry["tote"] for entry in board["totes_out_long"]] == [carried]
    late = {entry["barcode"]: entry for entry in board["volumes_late"]}
    assert (late["Q1"]["place_kind"], late["Q1"]["last_node"], late["Q1"]["destination"]) == (
        "vehicle",
        "QHT",
        "JNT",
    )
    # The trip of three days ago is still not over.
    assert MORNING in {trip["trip"] for trip in board["trips"]}
    assert board["figures"]["trips"] == 1


async def test_the_desk_sees_what_to_load_and_what_comes(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1)
    assert [entry["tote"] for entry in (await world.do("totes.list", world.staff("QHT")))["to_load"]] == [
        tote
    ]
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    coming = await world.do("totes.list", world.staff("JLT"))
    assert [entry["tote"] for entry in coming["coming"]] == [tote]


async def test_rounds_are_planned_over_the_nodes_with_something_to_carry(world: Any) -> None:
    assert await world.do("transport.plan", world.coordinator) == {"rounds": [], "kilometres": 0}
    await world.sent(Q1, "JNT")
    await world.tote("QHT", "JLT", Q1)
    await world.tote("JLT", "GLT", sealed=False)
    plan = await world.do("transport.plan", world.coordinator)
    assert sorted(stop for found in plan["rounds"] for stop in found["stops"]) == ["GLT", "QHT"]
    assert 10 < plan["kilometres"] < 60


async def test_a_volume_never_handled_stands_on_its_owners_shelf(world: Any) -> None:
    shown = await world.do("volumes.history", world.staff("QHT"), owner="QHT", barcode="q1")
    assert (shown["handled"], shown["place_kind"], shown["place"], shown["events"]) == (
        False,
        "shelf",
        "QHT",
        [],
    )
    with pytest.raises(NotFound):
        await world.do("volumes.history", world.staff("QHT"), owner="QHT", barcode="NONE")


async def test_a_history_never_names_a_reader_or_a_loan(world: Any) -> None:
    await world.reader("wang", "QHT")
    loan = await world.do("loans.walk_up", world.staff("QHT"), barcode="Q1", card="card-wang")
    shown = await world.do("volumes.history", world.staff("QHT"), owner="QHT", barcode="Q1")
    assert (shown["place_kind"], shown["place"]) == ("reader", "")
    assert loan["loan"] not in str(shown)
    assert "wang" not in str(shown)
