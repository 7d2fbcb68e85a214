"""Many at once through the whole use case: exactly as many win as there are copies or places."""

from __future__ import annotations

import asyncio
from typing import Any

from hub.errors import Conflict
from hub.services.context import Principal
from hub.storage.tables.lending import Loan, Reservation

AT_ONCE = 50


async def attempt(world: Any, operation: str, principal: Principal, **data: Any) -> str:
    try:
        await world.do(operation, principal, **data)
    except Conflict as refused:
        return refused.message
    return "won"


async def test_fifty_readers_want_the_only_copy(world_anywhere: Any) -> None:
    world = world_anywhere
    await world.edition("E1", ("QHT", "Q1", "QHT"))
    readers = [await world.reader(f"r{number}") for number in range(AT_ONCE)]
    ends = await asyncio.gather(
        *(attempt(world, "requests.place", reader, edition="E1", pickup="XWT") for reader in readers)
    )
    assert sorted(set(ends)) == ["lending.no_copy", "won"]
    assert ends.count("won") == 1
    assert await world.count(Reservation) == 1


async def test_one_reader_asks_fifty_times(world_anywhere: Any) -> None:
    world = world_anywhere
    await world.edition("E1", *[("QHT", f"Q{number}", "QHT") for number in range(AT_ONCE)])
    reader = await world.reader("li")
    ends = await asyncio.gather(
        *(attempt(world, "requests.place", reader, edition="E1", pickup="XWT") for _ in range(AT_ONCE))
    )
    assert ends.count("won") == 1
    assert ends.count("lending.duplicate_request") == AT_ONCE - 1


async def test_a_limit_of_five_lets_five_pass(world_anywhere: Any) -> None:
    world = world_anywhere
    await world.edition("E1", *[("YZT", f"Y{number}", "YZT") for number in range(20)])
    await world.reader("li")
    ends = await asyncio.gather(
        *(
            attempt(world, "loans.walk_up", world.staff("YZT"), barcode=f"Y{number}", card="card-li")
            for number in range(20)
        )
    )
    assert ends.count("won") == 5
    assert await world.count(Loan) == 5
