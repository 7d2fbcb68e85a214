"""A volume carried across the city: picked at Qinhuai, sorted at Jinling, held at Jiangning."""

from __future__ import annotations

from typing import Any

from hub.kernel.volumes import Volume
from hub.services.carrying.figures import figures

Q1 = Volume("QHT", "Q1")
MORNING, AFTERNOON = "C1A-20261124", "C2B-20261124"


async def picked(world: Any, pickup: str) -> str:
    reader = await world.reader("li", pickup)
    request: str = (await world.do("requests.place", reader, edition="E1", pickup=pickup))["request"]
    staff = world.staff("QHT")
    work = await world.do("desk.today", staff)
    supply = work["to_answer"][0]
    await world.do("supplies.answer", staff, supply=supply["supply"], answer="will_supply")
    await world.do("supplies.pick", staff, supply=supply["supply"], barcode=supply["barcode"])
    return request


async def test_a_requested_volume_travels_through_the_sorting_hub(world_anywhere: Any) -> None:
    world = world_anywhere
    request = await picked(world, "JNT")
    qht, hub, jnt = world.staff("QHT"), world.staff("JLT"), world.staff("JNT")
    waiting = (await world.do("totes.list", qht))["to_pack"]
    volume = Volume(waiting[0]["owner"], waiting[0]["barcode"])
    assert waiting[0]["destination"] == "JNT"

    world.pass_time(minutes=10)
    tote = (await world.do("totes.open", qht, destination="JLT"))["tote"]
    packed = await world.do("totes.pack", qht, tote=tote, barcode=volume.barcode)
    assert (packed["verdict"], packed["destination"]) == ("packed", "JNT")
    assert await world.place(volume) == ("tote", tote)
    await world.do("totes.seal", qht, tote=tote, seal="0001")

    world.pass_time(minutes=60)
    stop = await world.do("trips.arrive", world.driver, trip=MORNING, stop=2)
    assert (stop["node"], stop["load"]) == ("QHT", [tote])
    await world.do("trips.load", world.driver, trip=MORNING, tote=tote)
    assert await world.place(volume) == ("vehicle", MORNING)
    world.pass_time(minutes=120)
    stop = await world.do("trips.arrive", world.driver, trip=MORNING, stop=7)
    assert stop["unload"] == [tote]
    await world.do("trips.unload", world.driver, trip=MORNING, tote=tote)
    assert (await world.do("trips.show", world.driver, trip=MORNING))["state"] == "done"

    onward = (await world.do("totes.open", hub, destination="JNT"))["tote"]
    opened = await world.do("totes.receive", hub, tote=tote)
    assert [entry["barcode"] for entry in opened["expected"]] == [volume.barcode]
    sorted_ = await world.do("totes.unpack", hub, tote=tote, barcode=volume.barcode)
    assert (sorted_["verdict"], sorted_["next_stop"], sorted_["open_tote"]) == ("forward", "JNT", onward)
    assert (await world.do("totes.reconcile", hub, tote=tote))["agrees"]
    world.pass_time(minutes=5)
    await world.do("totes.pack", hub, tote=onward, barcode=volume.barcode)
    await world.do("totes.seal", hub, tote=onward)
    world.pass_time(minutes=30)
    await world.do("trips.load", world.driver, trip=AFTERNOON, tote=onward)
    world.pass_time(minutes=90)
    await world.do("trips.arrive", world.driver, trip=AFTERNOON, stop=3)
    await world.do("trips.unload", world.driver, trip=AFTERNOON, tote=onward)

    await world.do("totes.receive", jnt, tote=onward)
    arrived = await world.do("totes.unpack", jnt, tote=onward, barcode=volume.barcode)
    assert (arrived["verdict"], arrived["request"]) == ("hold", request)
    assert (await world.do("totes.reconcile", jnt, tote=onward))["agrees"]
    assert await world.place(volume) == ("node", "JNT")
    assert await world.cases() == []

    history = await world.do("volumes.history", jnt, owner=volume.owner, barcode=volume.barcode)
    ride = ["packed", "loaded", "unloaded", "unpacked"]
    assert [event["event"] for event in history["events"]] == ["picked", *ride, *ride, "held"]
    found = await world.read(lambda connection: figures(connection, world.network()))
    assert (found.trips, found.totes, found.volumes_moved, found.in_transit) == (2, 2, 2, 0)
    assert found.kilometres > 60


async def test_the_way_home_of_a_volume_nobody_asked_for(world: Any) -> None:
    await world.sent(Q1, "QHT")
    tote = await world.tote("JLT", "QHT", Q1)
    await world.ridden(MORNING, tote, "QHT")
    await world.do("totes.receive", world.staff("QHT"), tote=tote)
    answer = await world.do("totes.unpack", world.staff("QHT"), tote=tote, barcode="Q1")
    assert (answer["verdict"], answer["next_stop"]) == ("home", None)
    assert await world.place(Q1) == ("shelf", "QHT")
