"""The stories of a request, from the wish to the volume back on its shelf."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import Conflict, Forbidden, HubError, NotFound
from hub.kernel.volumes import Volume
from hub.services.context import Principal
from hub.storage.tables.columns import core
from hub.storage.tables.lending import AssessmentFact, Reservation
from hub.storage.tables.operations import Effect

QHT = Volume("QHT", "Q1")


async def asked(world: Any, *, pickup: str = "XWT", edition: str = "E1") -> tuple[Principal, str]:
    reader = await world.reader("li")
    answer = await world.do("requests.place", reader, edition=edition, pickup=pickup)
    return reader, answer["request"]


async def picked(world: Any, request: str) -> Volume:
    supply = await world.current(request)
    staff = world.staff(supply.lender)
    await world.do("supplies.answer", staff, supply=supply.id, answer="will_supply")
    await world.do("supplies.pick", staff, supply=supply.id, barcode=supply.barcode)
    return Volume(supply.owner, supply.barcode)


async def test_the_happy_path_ends_on_the_owners_shelf(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader, request = await asked(world)
    assert (await world.request(request)).state == "asked"
    volume = await picked(world, request)
    assert (await world.request(request)).state == "picking"
    await world.travels(volume, "QHT")
    assert (await world.request(request)).state == "in_transit"
    assert (await world.unpacked(volume, "JLT")).kind == "forward"
    await world.travels(volume, "JLT")
    verdict = await world.unpacked(volume, "XWT")
    assert (verdict.kind, verdict.request) == ("hold", request)
    assert (await world.request(request)).state == "ready"
    world.pass_time(hours=2)
    loan = await world.do("holds.issue", world.staff("XWT"), request=request, card="card-li", barcode="Q1")
    assert (await world.request(request)).outcome == "filled"
    assert await world.place(volume) == ("reader", loan["loan"])
    world.pass_time(days=10)
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="Q1")
    assert (slip["discharged"], slip["destination"], slip["purpose"]) == (True, "QHT", "home")
    assert (await world.request(request)).state == "returning"
    await world.travels(volume, "GLT")
    assert (await world.unpacked(volume, "QHT")).kind == "home"
    assert (await world.request(request)).state == "completed"
    assert await world.place(volume) == ("shelf", "QHT")
    assert await world.count(Reservation) == 0
    assert await world.cases() == []
    assert await world.count(AssessmentFact) == 3  # filled, loan, return
    shown = await world.do("requests.show", reader, request=request)
    assert [step["key"].removeprefix("lending.step_") for step in shown["steps"]] == [
        "placed", "lender_chosen", "lender_accepted", "shipped", "arrived", "issued", "returned", "settled",
    ]  # fmt: skip
    assert "rota" not in shown


async def test_a_quote_says_when_and_from_where(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("YZT", "Y1", "YZT"))
    reader = await world.reader("li")
    quote = await world.do("requests.quote", reader, edition="E1", pickup="XWT")
    assert quote["possible"]
    assert quote["lender"] == "QHT"
    assert quote["ready_by"] > world.now.isoformat()
    assert [entry["lender"] for entry in quote["rota"]] == ["QHT", "YZT"]
    assert all(reason["text"] for entry in quote["rota"] for reason in entry["reasons"])


async def test_not_on_the_shelf_goes_to_the_next_lender_and_opens_a_case(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    _, request = await asked(world)
    first = await world.current(request)
    await world.do("supplies.answer", world.staff(first.lender), supply=first.id, answer="not_on_shelf")
    second = await world.current(request)
    assert {first.lender, second.lender} == {"QHT", "GLT"}
    assert [case.kind for case in await world.cases()] == ["not_on_shelf"]
    assert await world.place(Volume(first.owner, first.barcode)) == ("unknown", "")
    quote = await world.do("requests.quote", await world.reader("wang"), edition="E1", pickup="XWT")
    assert sorted(entry["obstacles"] for entry in quote["rota"]) == [["missing"], ["reserved"]]


async def test_a_silent_lender_is_passed_over_and_its_late_answer_changes_nothing(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    _, request = await asked(world)
    first = await world.current(request)
    assert await world.sweep() == 0
    world.now = first.deadline_at + timedelta(minutes=1)
    assert await world.sweep() == 1
    second = await world.current(request)
    assert second.lender != first.lender
    late = await world.do("supplies.answer", world.staff(first.lender), supply=first.id, answer="will_supply")
    assert late["too_late"]
    assert (await world.current(request)).id == second.id
    assert (await world.supply(first.id)).state == "expired"


async def test_when_every_lender_is_silent_the_request_ends_unfilled(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    _, request = await asked(world)
    for _ in range(2):
        world.now = (await world.current(request)).deadline_at + timedelta(minutes=1)
        await world.sweep()
    ended = await world.request(request)
    assert (ended.outcome, ended.deadline_at) == ("unfilled", None)
    assert await world.count(Reservation) == 0


async def test_cancelled_in_time_leaves_the_volume_on_its_shelf(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader, request = await asked(world)
    await picked(world, request)
    answer = await world.do("requests.cancel", reader, request=request)
    assert not answer["too_late"]
    assert (await world.request(request)).outcome == "cancelled"
    assert [supply.state for supply in await world.supplies(request)] == ["completed"]
    assert await world.place(QHT) == ("shelf", "QHT")
    assert (await world.do("requests.cancel", reader, request=request))["outcome"] == "cancelled"


async def test_cancelled_too_late_the_volume_comes_and_goes_home(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader, request = await asked(world)
    volume = await picked(world, request)
    await world.travels(volume, "QHT")
    assert (await world.do("requests.cancel", reader, request=request))["too_late"]
    assert (await world.request(request)).outcome == "cancelled"
    verdict = await world.unpacked(volume, "XWT")
    assert (verdict.kind, verdict.destination, verdict.request) == ("forward", "QHT", None)
    await world.travels(volume, "XWT")
    assert (await world.unpacked(volume, "QHT")).kind == "home"
    assert await world.count(Reservation) == 0


async def test_a_wrong_delivery_is_forwarded_and_opens_a_case(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader, request = await asked(world)
    volume = await picked(world, request)
    await world.travels(volume, "QHT")
    verdict = await world.unpacked(volume, "GLT")
    assert (verdict.kind, verdict.destination) == ("forward", "XWT")
    assert [case.kind for case in await world.cases()] == ["wrong_destination"]
    shown = await world.do("requests.show", reader, request=request)
    assert shown["steps"][-1]["key"] == "lending.step_misrouted"
    await world.travels(volume, "GLT")
    assert (await world.unpacked(volume, "XWT")).kind == "hold"


async def test_a_wrong_volume_at_the_hold_shelf_goes_home_and_another_lender_is_asked(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    _, request = await asked(world)
    volume = await picked(world, request)
    await world.travels(volume, volume.owner)
    await world.unpacked(volume, "XWT")
    supply = await world.current(request)
    await world.do("supplies.report", world.staff("XWT"), supply=supply.id, problem="wrong_volume")
    assert (await world.request(request)).state == "asked"
    assert (await world.current(request)).owner != volume.owner


async def test_a_volume_that_never_arrives_is_searched_for_and_found_goes_home(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("YZT", "Y1", "YZT"))
    _, request = await asked(world)
    volume = await picked(world, request)
    await world.travels(volume, "QHT")
    late = await world.current(request)
    world.now = late.deadline_at + timedelta(minutes=1)
    await world.sweep()
    assert (await world.current(request)).owner == "YZT"
    assert (await world.supply(late.id)).state == "missing"
    verdict = await world.unpacked(volume, "XWT")
    assert (verdict.kind, verdict.destination) == ("forward", "QHT")
    await world.travels(volume, "XWT")
    await world.unpacked(volume, "QHT")
    assert (await world.supply(late.id)).state == "completed"
    assert (await world.request(request)).state == "asked"


async def test_a_no_show_ends_the_request_and_three_suspend_the_reader(world: Any) -> None:
    reader = await world.reader("li")
    for number in range(3):
        await world.edition(f"E{number}", ("XWT", f"X{number}", "XWT"))
        placed = await world.do("requests.place", reader, edition=f"E{number}", pickup="XWT")
        await picked(world, placed["request"])
        assert (await world.request(placed["request"])).state == "ready"
        world.now = (await world.current(placed["request"])).deadline_at + timedelta(minutes=1)
        await world.sweep()
        ended = await world.request(placed["request"])
        assert (ended.outcome, ended.reason) == ("cancelled", "not_collected")
        assert await world.place(Volume("XWT", f"X{number}")) == ("shelf", "XWT")
    await world.edition("E9", ("XWT", "X9", "XWT"))
    with pytest.raises(Conflict) as refused:
        await world.do("requests.place", reader, edition="E9", pickup="XWT")
    assert refused.value.message == "lending.suspended_for_no_shows"


async def test_no_copy_is_refused_with_a_purchase_suggestion(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), item_class="rare")
    reader = await world.reader("li")
    with pytest.raises(Conflict) as refused:
        await world.do("requests.place", reader, edition="E1", pickup="XWT")
    assert refused.value.message == "lending.no_copy"
    assert refused.value.values["suggest"] == {
        "operation": "suggestions.make", "title": "Title E1", "author": "Somebody", "isbn": "9787020002207",
    }  # fmt: skip
    quote = await world.do("requests.quote", reader, edition="E1", pickup="XWT")
    assert (quote["possible"], quote["can_wait"]) == (False, False)
    assert quote["suggest"]["title"] == "Title E1"


async def test_who_waits_gets_the_volume_that_comes_back(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    await world.reader("zhao", home="QHT")
    await world.do("loans.walk_up", world.staff("QHT"), barcode="Q1", card="card-zhao")
    reader = await world.reader("li")
    with pytest.raises(Conflict) as refused:
        await world.do("requests.place", reader, edition="E1", pickup="XWT")
    assert refused.value.values["can_wait"]
    placed = await world.do("requests.place", reader, edition="E1", pickup="XWT", wait=True)
    assert placed["state"] == "waiting"
    world.pass_time(days=3)
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="Q1")
    assert (slip["destination"], slip["purpose"], slip["request"]) == ("XWT", "hold", placed["request"])
    assert (await world.request(placed["request"])).state == "picking"
    await world.travels(QHT, "GLT")
    assert (await world.unpacked(QHT, "XWT")).kind == "hold"


async def test_a_duplicate_names_the_request_that_exists(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    reader, request = await asked(world)
    with pytest.raises(Conflict) as refused:
        await world.do("requests.place", reader, edition="E1", pickup="GLT")
    assert refused.value.message == "lending.duplicate_request"
    assert refused.value.values["request"] == request


async def test_an_unannounced_second_volume_opens_a_case_and_goes_home(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"))
    _, request = await asked(world)
    first = await world.current(request)
    world.now = first.deadline_at + timedelta(minutes=1)
    await world.sweep()
    volume = Volume(first.owner, first.barcode)
    await world.travels(volume, first.lender)
    verdict = await world.unpacked(volume, "XWT")
    assert (verdict.kind, verdict.destination) == ("unexpected", first.owner)
    assert "unexpected_volume" in [case.kind for case in await world.cases()]
    assert (await world.request(request)).state == "asked"


async def test_another_copy_of_the_same_owner_may_stand_in(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), ("QHT", "Q2", "QHT"))
    await world.edition("E2", ("QHT", "Q3", "QHT"))
    _, request = await asked(world)
    supply = await world.current(request)
    with pytest.raises(Conflict) as refused:
        await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode="Q3")
    assert refused.value.message == "lending.wrong_volume"
    other = {"Q1": "Q2", "Q2": "Q1"}[supply.barcode]
    answer = await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode=other)
    assert (answer["barcode"], answer["destination"]) == (other, "XWT")
    assert (await world.current(request)).barcode == other


@pytest.mark.parametrize(
    ("operation", "data", "error", "message"),
    [
        ("requests.place", {"edition": "no", "pickup": "XWT"}, NotFound, "lending.no_such_edition"),
        ("requests.place", {"edition": "E1", "pickup": "nowhere"}, NotFound, "common.not_found"),
        (
            "requests.place",
            {"edition": "E1", "pickup": "XWT", "volume": "9"},
            Conflict,
            "lending.no_such_volume",
        ),
        ("requests.cancel", {"request": "R-none"}, NotFound, "lending.no_such_request"),
        ("requests.show", {"request": "R-none"}, NotFound, "lending.no_such_request"),
        ("loans.renew", {"loan": "L-none"}, NotFound, "lending.no_such_loan"),
    ],
)
async def test_what_is_wrong_is_named(
    world: Any, operation: str, data: dict[str, str], error: type[HubError], message: str
) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader = await world.reader("li")
    with pytest.raises(error) as refused:
        await world.do(operation, reader, **data)
    assert refused.value.message == message
    assert refused.value.field is not None
    assert refused.value.say("zh")
    assert refused.value.say("en")


async def test_staff_elsewhere_may_not_act_and_another_reader_sees_nothing(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    _, request = await asked(world)
    supply = await world.current(request)
    with pytest.raises(Forbidden):
        await world.do("supplies.answer", world.staff("GLT"), supply=supply.id, answer="will_supply")
    with pytest.raises(NotFound):
        await world.do("requests.show", await world.reader("wang"), request=request)
    assert (await world.request(request)).state == "asked"


async def test_a_lender_never_learns_who_the_reader_is(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    _, request = await asked(world)
    desk = await world.do("desk.today", world.staff("QHT"))
    assert len(desk["to_answer"]) == 1
    assert "li" not in [str(value) for value in desk["to_answer"][0].values()]
    assert "RD-" not in repr(desk)
    assert request not in repr(desk)


async def test_the_reader_is_told_at_each_turn(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    _, request = await asked(world)
    volume = await picked(world, request)
    await world.travels(volume, "QHT")
    await world.unpacked(volume, "XWT")
    effects = core(Effect)
    told = await world.read(
        lambda connection: [
            row.payload["template"]
            for row in connection.execute(select(effects).where(effects.c.kind == "notify_reader"))
        ]
    )
    assert told == ["lending.notice_being_prepared", "lending.notice_shipped", "lending.notice_ready"]


async def test_a_day_of_work_at_a_desk(world: Any) -> None:
    await world.edition("E1", ("XWT", "X1", "XWT"))
    await world.edition("E2", ("QHT", "Q2", "QHT"))
    reader = await world.reader("li")
    here = await world.do("requests.place", reader, edition="E1", pickup="XWT")
    there = await world.do("requests.place", reader, edition="E2", pickup="XWT")
    desk = world.staff("XWT")
    assert [entry["barcode"] for entry in (await world.do("desk.today", desk))["to_answer"]] == ["X1"]
    supply = await world.current(here["request"])
    await world.do("supplies.answer", desk, supply=supply.id, answer="will_supply")
    assert [entry["barcode"] for entry in (await world.do("desk.today", desk))["to_pick"]] == ["X1"]
    await world.do("supplies.pick", desk, supply=supply.id, barcode="X1")
    volume = await picked(world, there["request"])
    packed = (await world.do("desk.today", world.staff("QHT")))["to_pack"]
    assert [(entry["barcode"], entry["destination"]) for entry in packed] == [("Q2", "XWT")]
    await world.travels(volume, "QHT")
    today = await world.do("desk.today", desk)
    assert [entry["barcode"] for entry in today["hold_shelf"]] == ["X1"]
    assert [entry["barcode"] for entry in today["expected"]] == ["Q2"]


async def test_an_owner_without_an_agreement_is_passed_over_in_silence(world: Any) -> None:
    await world.edition("E-1", ("CZT", "C1", "CZT"), ("JLT", "B1", "JLT"))
    reader = await world.reader("ma", home="MAT")
    quoted = await world.do("requests.quote", reader, edition="E-1", pickup="MAT")
    assert quoted["lender"] == "JLT"
    placed = await world.do("requests.place", reader, edition="E-1", pickup="MAT")
    assert [supply.lender for supply in await world.supplies(placed["request"])] == ["JLT"]
