from __future__ import annotations

from typing import Any

import pytest

from hub.errors import Conflict, Forbidden, HubError, NotFound
from hub.kernel.volumes import Volume
from hub.services.carrying import packing
from hub.services.carrying.scanning import clean

Q1, Q2, J1 = Volume("QHT", "Q1"), Volume("QHT", "Q2"), Volume("JNT", "J1")


async def refused(world: Any, operation: str, principal: Any, **data: Any) -> HubError:
    with pytest.raises(HubError) as caught:
        await world.do(operation, principal, **data)
    for language in ("zh", "en"):
        assert caught.value.say(language)
    return caught.value


async def test_a_volume_that_goes_another_way_is_stopped_and_the_right_way_is_named(world: Any) -> None:
    await world.sent(Q1, "GLT")
    tote = await world.tote("QHT", "XWT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("QHT"), tote=tote, barcode="Q1")
    assert error.message == "carrying.wrong_tote"
    assert "Gulou" in error.say("en")
    assert await world.place(Q1) is None


@pytest.mark.parametrize("tote_destination", ["GLT", "JLT"])
async def test_the_destination_itself_and_the_sorting_hub_are_both_right(
    world: Any, tote_destination: str
) -> None:
    await world.sent(Q1, "GLT")
    tote = await world.tote("QHT", tote_destination, Q1)
    assert await world.place(Q1) == ("tote", tote)


async def test_what_has_no_slip_stays(world: Any) -> None:
    tote = await world.tote("QHT", "JLT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("QHT"), tote=tote, barcode="Q1")
    assert error.message == "carrying.stays_here"


async def test_what_has_arrived_is_not_packed(world: Any) -> None:
    await world.sent(Q1, "QHT")
    tote = await world.tote("QHT", "JLT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("QHT"), tote=tote, barcode="Q1")
    assert error.message == "carrying.has_arrived"


async def test_a_second_scan_says_so_and_changes_nothing(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1, sealed=False)
    answer = await world.do("totes.pack", world.staff("QHT"), tote=tote, barcode=" q1 ")
    assert (answer["verdict"], answer["volumes"]) == ("already_packed", 1)


async def test_a_volume_is_in_one_tote_only(world: Any) -> None:
    await world.sent(Q1, "JNT")
    first = await world.tote("QHT", "JLT", Q1, sealed=False)
    second = await world.tote("QHT", "JLT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("QHT"), tote=second, barcode="Q1")
    assert error.values["tote"] == first


async def test_taking_out_undoes_packing(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1, sealed=False)
    world.pass_time(minutes=1)
    await world.do("totes.take_out", world.staff("QHT"), tote=tote, barcode="Q1")
    assert await world.place(Q1) == ("node", "QHT")
    world.pass_time(minutes=1)
    again = await world.do("totes.pack", world.staff("QHT"), tote=tote, barcode="Q1")
    assert again["volumes"] == 1
    assert await world.cases() == []


async def test_a_full_tote_takes_no_more(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "TOTE_VOLUMES", 1)
    await world.sent(Q1, "JNT")
    await world.sent(Q2, "JNT")
    tote = await world.tote("QHT", "JLT", Q1, sealed=False)
    error = await refused(world, "totes.pack", world.staff("QHT"), tote=tote, barcode="Q2")
    assert error.message == "carrying.tote_full"


async def test_a_sealed_tote_is_closed_until_it_is_unsealed(world: Any) -> None:
    await world.sent(Q1, "JNT")
    await world.sent(Q2, "JNT")
    tote = await world.tote("QHT", "JLT", Q1)
    staff = world.staff("QHT")
    error = await refused(world, "totes.pack", staff, tote=tote, barcode="Q2")
    assert error.message == "carrying.tote_state"
    await world.do("totes.unseal", staff, tote=tote)
    assert (await world.do("totes.pack", staff, tote=tote, barcode="Q2"))["volumes"] == 2


async def test_an_empty_tote_is_discarded_not_sealed(world: Any) -> None:
    tote = await world.tote("QHT", "JLT", sealed=False)
    error = await refused(world, "totes.seal", world.staff("QHT"), tote=tote)
    assert error.message == "carrying.tote_empty"
    await world.do("totes.discard", world.staff("QHT"), tote=tote)
    assert (await world.do("totes.show", world.staff("QHT"), tote=tote))["state"] == "reconciled"


async def test_a_tote_with_volumes_is_not_discarded(world: Any) -> None:
    await world.sent(Q1, "JNT")
    tote = await world.tote("QHT", "JLT", Q1, sealed=False)
    error = await refused(world, "totes.discard", world.staff("QHT"), tote=tote)
    assert error.message == "carrying.tote_not_empty"


async def test_a_tote_opens_only_for_where_something_goes_directly(world: Any) -> None:
    error = await refused(world, "totes.open", world.staff("QHT"), destination="JNT")
    assert error.message == "carrying.no_direct_route"
    assert "Jinling Library" in error.say("en")
    assert isinstance(await refused(world, "totes.open", world.staff("QHT"), destination="NOWHERE"), NotFound)


async def test_staff_work_at_their_node_and_below_it(world: Any) -> None:
    below = await world.do("totes.open", world.staff("QHT"), destination="JLT", node="QH01")
    assert (await world.do("totes.show", world.staff("QHT"), tote=below["tote"]))["origin"] == "QH01"
    error = await refused(world, "totes.open", world.staff("QHT"), destination="JLT", node="JNT")
    assert isinstance(error, Forbidden)
    error = await refused(world, "totes.open", world.coordinator, destination="JLT")
    assert error.message == "carrying.no_node"
    assert (await world.do("totes.open", world.coordinator, destination="JLT", node="JNT"))["tote"]


async def test_a_barcode_of_two_libraries_is_asked_about_unless_one_stands_here(world: Any) -> None:
    await world.copies("E3", ("QHT", "X1", "QHT"), ("JNT", "X1", "JNT"), ("GLT", "X1", "GLT"))
    await world.sent(Volume("QHT", "X1"), "JNT")
    tote = await world.tote("QHT", "JLT", sealed=False)
    assert (await world.do("totes.pack", world.staff("QHT"), tote=tote, barcode="X1"))["owner"] == "QHT"
    other = await world.tote("XWT", "JLT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("XWT"), tote=other, barcode="X1")
    assert (error.message, error.field) == ("carrying.ambiguous_barcode", "owner")
    error = await refused(world, "totes.pack", world.staff("XWT"), tote=other, barcode="X1", owner="GLT")
    assert error.message == "carrying.stays_here"


async def test_unknown_codes_are_said_to_be_unknown(world: Any) -> None:
    tote = await world.tote("QHT", "JLT", sealed=False)
    for data in ({"tote": tote, "barcode": "NONE"}, {"tote": "T-NONE", "barcode": "Q1"}):
        assert isinstance(await refused(world, "totes.pack", world.staff("QHT"), **data), NotFound)


async def test_a_tote_elsewhere_is_not_packed_here(world: Any) -> None:
    await world.sent(J1, "QHT")
    tote = await world.tote("QHT", "JLT", sealed=False)
    error = await refused(world, "totes.pack", world.staff("JNT"), tote=tote, barcode="J1")
    assert isinstance(error, Conflict)
    assert error.message == "carrying.tote_elsewhere"


@pytest.mark.parametrize(
    ("scanned", "barcode"),
    [
        (" q1\r\n", "Q1"),
        ("３０１２", "3012"),
        ("ab—1", "AB-1"),
        ("ab－1", "AB-1"),
        ("A\x00B\x1d1", "AB1"),
    ],
)
def test_what_scanners_and_input_methods_do_to_a_barcode_is_undone(scanned: str, barcode: str) -> None:
    assert clean(scanned) == barcode
