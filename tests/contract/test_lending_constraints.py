"""What two at once may not both do, held by the database on both kinds of it (P1, P2)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from hub.storage import lending, loans
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.loans import LoanRow
from hub.storage.store import Store
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Request, Reservation

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
AT_ONCE = 50


def request(number: int, **values: str) -> RequestRow:
    shown = {"reader": f"RD-{number}", "cluster": "E1", "state": "choosing"} | values
    return RequestRow(id=f"R-{number}", home="XWT", pickup="XWT", entered_at=NOW, created_at=NOW, **shown)


def supply(number: int, *, of: int | None = None, barcode: str = "1", accepted: bool = False) -> SupplyRow:
    return SupplyRow(
        id=f"S-{number}", request=f"R-{number if of is None else of}", lender="QHT", owner="QHT",
        barcode=barcode, state="asked", entered_at=NOW, accepted=accepted,
    )  # fmt: skip


def loan(number: int, barcode: str = "1") -> LoanRow:
    return LoanRow(
        id=f"L-{number}", owner="QHT", barcode=barcode, reader=f"RD-{number}", home="XWT", node="QHT",
        lent_at=NOW, due_at=NOW,
    )  # fmt: skip


def set_aside(connection: Connection) -> dict[str, str]:
    """The supply that each volume is reserved for, by barcode."""
    return {row.barcode: row.supply for row in connection.execute(select(core(Reservation)))}


async def keep(store: Store, *numbers: int) -> None:
    for number in numbers:
        await store.write(lambda connection, number=number: lending.add_request(connection, request(number)))  # type: ignore[misc]


async def test_of_many_who_reserve_one_volume_at_once_one_wins(store: Store) -> None:
    await keep(store, *range(AT_ONCE))
    won = await asyncio.gather(
        *(
            store.write(lambda connection, n=number: lending.add_supply(connection, supply(n), NOW))  # type: ignore[misc]
            for number in range(AT_ONCE)
        )
    )
    assert won.count(True) == 1
    winner = f"S-{won.index(True)}"
    assert await store.read(lambda c: set_aside(c).get("1")) == winner
    left = await store.read(
        lambda c: [row for n in range(AT_ONCE) for row in lending.supplies_of(c, f"R-{n}")]
    )
    assert [row.id for row in left] == [winner]


async def test_of_many_equal_requests_at_once_one_is_kept(store: Store) -> None:
    kept = await asyncio.gather(
        *(
            store.write(lambda connection, n=number: lending.add_request(connection, request(n, reader="RD")))  # type: ignore[misc]
            for number in range(AT_ONCE)
        )
    )
    assert kept.count(True) == 1


async def test_a_closed_request_may_be_repeated(store: Store) -> None:
    await store.write(lambda c: lending.add_request(c, request(1, reader="RD")))
    await store.write(lambda c: lending.change_request(c, "R-1", outcome="cancelled", state="cancelled"))
    assert await store.write(lambda c: lending.add_request(c, request(2, reader="RD")))
    other = request(3, reader="RD", cluster="E2")
    assert await store.write(lambda c: lending.add_request(c, other))


async def test_of_many_loans_of_one_volume_at_once_one_is_kept(store: Store) -> None:
    kept = await asyncio.gather(
        *(
            store.write(lambda connection, n=number: loans.add(connection, loan(n)))  # type: ignore[misc]
            for number in range(AT_ONCE)
        )
    )
    assert kept.count(True) == 1
    first = f"L-{kept.index(True)}"
    await store.write(lambda c: loans.change(c, first, returned_at=NOW, state="returned"))
    assert await store.write(lambda c: loans.add(c, loan(AT_ONCE)))


async def test_a_second_accepted_supply_is_refused(store: Store) -> None:
    await keep(store, 1)
    await store.write(lambda c: lending.add_supply(c, supply(1, accepted=True), NOW))
    await store.write(lambda c: lending.add_supply(c, supply(2, of=1, barcode="2"), NOW))
    with pytest.raises(IntegrityError):
        await store.write(lambda c: lending.change_supply(c, "S-2", accepted=True))


async def test_a_lost_race_leaves_the_transaction_usable(store: Store) -> None:
    await keep(store, 1, 2)
    await store.write(lambda c: lending.add_supply(c, supply(1), NOW))

    def second_choice(connection: object) -> tuple[bool, bool]:
        lost = lending.add_supply(connection, supply(2), NOW)  # type: ignore[arg-type]
        won = lending.add_supply(connection, supply(2, barcode="2"), NOW)  # type: ignore[arg-type]
        return lost, won

    assert await store.write(second_choice) == (False, True)


async def test_a_stand_in_takes_over_the_reservation_unless_it_is_taken(store: Store) -> None:
    await keep(store, 1, 2)
    await store.write(lambda c: lending.add_supply(c, supply(1), NOW))
    await store.write(lambda c: lending.add_supply(c, supply(2, barcode="2"), NOW))
    assert not await store.write(lambda c: lending.substitute(c, "S-1", "2"))
    assert await store.write(lambda c: lending.substitute(c, "S-1", "3"))
    assert await store.read(lambda c: set_aside(c).get("1")) is None
    assert await store.read(lambda c: set_aside(c).get("3")) == "S-1"


async def test_a_reservation_needs_its_supply(store: Store) -> None:
    """The foreign key: nothing can be set aside for nobody."""
    missing = supply(1)
    assert not await store.write(lambda c: lending.add_supply(c, missing, NOW)), "its request is unknown"
    await store.write(lambda c: c.execute(insert(core(Request)).values(**vars_of(request(1)))) and None)
    assert await store.write(lambda c: lending.add_supply(c, missing, NOW))


def vars_of(row: RequestRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}
