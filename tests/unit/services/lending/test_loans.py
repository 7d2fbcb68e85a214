"""Walk-up borrowing, return anywhere, and what becomes of loans that nobody ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import Conflict, NotFound
from hub.kernel.volumes import Volume
from hub.services.lending import volumes
from hub.storage.tables.accounts import AccessLog
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan


async def borrowed(
    world: Any, *, node: str = "GLT", home: str = "XWT", barcode: str = "Q1"
) -> dict[str, Any]:
    await world.reader("li")
    loan: dict[str, Any] = await world.do("loans.walk_up", world.staff(node), barcode=barcode, card="card-li")
    return loan


async def test_a_walk_up_loan_needs_no_request_and_names_its_rules(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    loan = await borrowed(world)
    assert loan["due_at"] == "2026-12-24T15:59:59+00:00"  # the end of the thirtieth day in Nanjing
    assert {rule["name"] for rule in loan["rules"]} == {"walk_up", "loan_days"}
    assert all(rule["rule"] and rule["version"] and rule["source"] for rule in loan["rules"])
    assert await world.place(Volume("QHT", "Q1")) == ("reader", loan["loan"])
    assert await world.count(AccessLog) == 1


async def test_a_return_elsewhere_discharges_at_once_and_the_volume_travels_home(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    loan = await borrowed(world)
    world.pass_time(days=3)
    slip = await world.do("returns.scan", world.staff("JNT"), barcode="Q1")
    assert (slip["discharged"], slip["loan"], slip["late"]) == (True, loan["loan"], False)
    assert (slip["destination"], slip["reason"]) == ("QHT", "outside_group")
    volume = Volume("QHT", "Q1")
    await world.travels(volume, "JNT")
    assert (await world.unpacked(volume, "JLT")).kind == "forward"
    await world.travels(volume, "JLT")
    assert (await world.unpacked(volume, "QHT")).kind == "home"
    assert await world.place(volume) == ("shelf", "QHT")


async def test_a_volume_floats_inside_its_own_system(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    await borrowed(world)
    world.pass_time(days=3)
    slip = await world.do("returns.scan", world.staff("QH01"), barcode="Q1")
    assert (slip["destination"], slip["purpose"]) == ("QH01", "float")
    reader = await world.reader("wang")
    quote = await world.do("requests.quote", reader, edition="E1", pickup="QH01")
    assert quote["lender"] == "QH01"


async def test_a_return_of_a_requested_volume_that_floats_settles_its_request(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader = await world.reader("li", home="QH01")
    placed = await world.do("requests.place", reader, edition="E1", pickup="QHT")
    supply = await world.current(placed["request"])
    await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode="Q1")
    world.pass_time(hours=1)
    await world.do("holds.issue", world.staff("QHT"), request=placed["request"])
    world.pass_time(days=1)
    slip = await world.do("returns.scan", world.staff("QH02"), barcode="Q1")
    assert slip["destination"] == "QH02"
    assert (await world.request(placed["request"])).state == "completed"


async def test_a_requested_volume_is_handed_on_to_who_waits(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    first = await world.reader("li", home="QHT")
    placed = await world.do("requests.place", first, edition="E1", pickup="QHT")
    supply = await world.current(placed["request"])
    await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode="Q1")
    world.pass_time(hours=1)
    await world.do("holds.issue", world.staff("QHT"), request=placed["request"])
    second = await world.reader("wang", home="GLT")
    waiting = await world.do("requests.place", second, edition="E1", pickup="GLT", wait=True)
    world.pass_time(days=1)
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="Q1")
    assert (slip["destination"], slip["request"]) == ("GLT", waiting["request"])
    assert (await world.supply(supply.id)).state == "completed"
    assert (await world.request(placed["request"])).state == "completed"
    assert (await world.request(waiting["request"])).state == "ready"
    assert await world.place(Volume("QHT", "Q1")) == ("node", "GLT")


async def test_a_barcode_of_two_owners_is_asked_about(world: Any) -> None:
    await world.edition("E1", ("QHT", "100", "QHT"), ("GLT", "100", "GLT"))
    await world.reader("li")
    with pytest.raises(Conflict) as refused:
        await world.do("loans.walk_up", world.staff("GLT"), barcode="100", card="card-li")
    assert refused.value.message == "lending.ambiguous_barcode"
    assert [choice["owner"] for choice in refused.value.values["choices"]] == ["GLT", "QHT"]
    await world.do("loans.walk_up", world.staff("GLT"), barcode="100", card="card-li", owner="QHT")
    with pytest.raises(Conflict):
        await world.do("returns.scan", world.staff("GLT"), barcode="100")
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="100", owner="QHT")
    assert slip["discharged"]


async def test_a_volume_without_a_loan_is_recorded_and_sent_home_with_a_case(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="Q1")
    assert (slip["discharged"], slip["destination"]) == (False, "QHT")
    kinds = {case.kind for case in await world.cases()}
    assert "returned_without_loan" in kinds
    assert await world.place(Volume("QHT", "Q1")) == ("node", "GLT")


async def test_a_return_at_home_shelves_it(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    await borrowed(world, node="QHT")
    world.pass_time(days=1)
    slip = await world.do("returns.scan", world.staff("QHT"), barcode="Q1")
    assert slip["destination"] == "QHT"
    assert await world.place(Volume("QHT", "Q1")) == ("shelf", "QHT")
    again = await world.do("returns.scan", world.staff("QHT"), barcode="Q1")
    assert not again["discharged"]
    assert await world.cases() == []


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"item_class": "rare"}, "lending.not_lendable"),
        ({"status": "reference"}, "lending.volume_reference"),
    ],
)
async def test_what_the_owner_does_not_lend_is_refused(
    world: Any, item: dict[str, str], message: str
) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"), **item)
    await world.reader("li")
    with pytest.raises(Conflict) as refused:
        await world.do("loans.walk_up", world.staff("GLT"), barcode="Q1", card="card-li")
    assert refused.value.message == message
    assert await world.count(Loan) == 0


async def test_a_reserved_volume_is_not_lent_over_the_desk(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader = await world.reader("wang")
    await world.do("requests.place", reader, edition="E1", pickup="XWT")
    await world.reader("li")
    with pytest.raises(Conflict) as refused:
        await world.do("loans.walk_up", world.staff("QHT"), barcode="Q1", card="card-li")
    assert refused.value.message == "lending.volume_reserved"


async def test_unknown_cards_and_barcodes_are_named(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    for data, message in (
        ({"barcode": "Q1", "card": "nobody"}, "lending.unknown_card"),
        ({"barcode": "none", "card": "nobody"}, "lending.unknown_barcode"),
    ):
        with pytest.raises(NotFound) as refused:
            await world.do("loans.walk_up", world.staff("QHT"), **data)
        assert refused.value.message == message


async def test_limits_are_counted_per_owner_too(world: Any) -> None:
    copies = [("YZT", f"Y{number}", "YZT") for number in range(6)]
    await world.edition("E1", *copies)
    await world.reader("li")
    for number in range(5):
        await world.do("loans.walk_up", world.staff("YZT"), barcode=f"Y{number}", card="card-li")
    with pytest.raises(Conflict) as refused:
        await world.do("loans.walk_up", world.staff("YZT"), barcode="Y5", card="card-li")
    assert refused.value.message == "lending.too_many_of_owner"
    assert refused.value.values["limit"] == 5


async def test_an_overdue_loan_is_reminded_then_lost_and_found_it_is_discharged(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    loan = await borrowed(world)

    async def state() -> str:
        table = core(Loan)
        return str(
            await world.read(
                lambda connection: connection.execute(
                    select(table.c.state).where(table.c.id == loan["loan"])
                ).scalar_one()
            )
        )

    world.pass_time(days=31)
    await world.sweep()
    assert await state() == "overdue"
    reader = await world.reader("wang")
    world.pass_time(days=61)
    await world.sweep()
    assert await state() == "lost"
    assert [case.kind for case in await world.cases()] == ["long_overdue"]
    with pytest.raises(Conflict):
        await world.do("requests.place", reader, edition="E1", pickup="XWT")
    slip = await world.do("returns.scan", world.staff("QHT"), barcode="Q1")
    assert slip["discharged"]
    assert slip["late"]
    assert await state() == "returned"


async def test_renewing_once_and_not_when_somebody_waits(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    loan = await borrowed(world)
    reader = world.staff("GLT")
    renewed = await world.do("loans.renew", reader, loan=loan["loan"])
    assert renewed["due_at"] == "2027-01-23T15:59:59+00:00"
    with pytest.raises(Conflict) as refused:
        await world.do("loans.renew", reader, loan=loan["loan"])
    assert refused.value.message == "lending.renewed_enough"


async def test_a_loan_somebody_waits_for_is_not_renewed(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    loan = await borrowed(world)
    waiting = await world.reader("wang")
    await world.do("requests.place", waiting, edition="E1", pickup="XWT", wait=True)
    with pytest.raises(Conflict) as refused:
        await world.do("loans.renew", world.staff("GLT"), loan=loan["loan"])
    assert refused.value.message == "lending.somebody_waits"


async def test_a_requested_volume_that_its_reader_loses_ends_the_request(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader = await world.reader("li", home="QHT")
    placed = await world.do("requests.place", reader, edition="E1", pickup="QHT")
    supply = await world.current(placed["request"])
    await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode="Q1")
    world.pass_time(hours=1)
    loan = await world.do("holds.issue", world.staff("QHT"), request=placed["request"])
    await world.do("loans.report_lost", world.staff("QHT"), loan=loan["loan"])
    assert (await world.request(placed["request"])).state == "completed"
    world.pass_time(days=2)
    found = await world.do("returns.scan", world.staff("GLT"), barcode="Q1")
    assert (found["discharged"], found["destination"]) == (True, "QHT")


async def test_the_wrong_card_or_a_request_not_ready_is_not_issued(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    reader = await world.reader("li", home="QHT")
    await world.reader("wang")
    placed = await world.do("requests.place", reader, edition="E1", pickup="QHT")
    with pytest.raises(Conflict) as refused:
        await world.do("holds.issue", world.staff("QHT"), request=placed["request"])
    assert refused.value.message == "lending.not_ready"
    supply = await world.current(placed["request"])
    await world.do("supplies.pick", world.staff("QHT"), supply=supply.id, barcode="Q1")
    with pytest.raises(Conflict) as refused:
        await world.do("holds.issue", world.staff("QHT"), request=placed["request"], card="card-wang")
    assert refused.value.message == "lending.other_readers_card"


async def test_a_volume_of_no_catalogue_is_sent_to_its_owner(world: Any) -> None:
    verdict = await world.decide(lambda tx: volumes.arrived(tx, Volume("QHT", "ghost"), "GLT"))
    assert (verdict.kind, verdict.destination) == ("unexpected", "QHT")


async def test_an_offline_scan_counts_at_its_own_time_but_never_in_the_future(world: Any) -> None:
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    await borrowed(world)
    world.pass_time(days=31)
    offline = world.now - timedelta(days=2)
    slip = await world.do("returns.scan", world.staff("GLT"), barcode="Q1", happened_at=offline)
    assert not slip["late"]
    with pytest.raises(Conflict) as refused:
        await world.do(
            "returns.scan", world.staff("GLT"), barcode="Q1", happened_at=world.now + timedelta(hours=1)
        )
    assert refused.value.message == "lending.in_the_future"
