"""The demonstration after its day: a visitor asks for a book, lets days pass, and brings it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.errors import Conflict
from hub.services.doctor.examination import examine
from hub.simulation.calling import InProcessCaller, Wish
from hub.simulation.demo.casting import BookKind, Bookshelf
from hub.simulation.demo.standing import StandingCity
from tests.demo_run import Base, in_process, nanjing

READER, CARD, PICKUP = "reader05", "DEMO0005", "XWT"
ELSEWHERE = "JNT"


async def state_of(caller: InProcessCaller, request: str) -> str:
    return str((await caller.call(Wish(READER, "requests.show", {"request": request})))["state"])


async def days_until(city: StandingCity, caller: InProcessCaller, request: str, state: str) -> int:
    for day in range(8):
        if await state_of(caller, request) == state:
            return day
        await city.until_morning()
    return 8


async def far_book(caller: InProcessCaller, base: Base) -> dict[str, Any]:
    """An edition that does not stand at the pick-up node, so that it must travel."""
    for book in Bookshelf(base.prepared.network, nanjing().nodes).books(BookKind.HELD_BY_MANY):
        if PICKUP in book.nodes or PICKUP in book.owners:
            continue
        found = await caller.call(Wish(READER, "editions.search", {"q": book.isbn or book.title}))
        asked = {"edition": found["hits"][0]["edition"], "pickup": PICKUP}
        if (await caller.call(Wish(READER, "requests.quote", asked)))["possible"]:
            return asked
    raise LookupError("every book stands at the pick-up node")


async def test_a_visitor_sees_a_book_through(demo_base: Base, tmp_path: Path) -> None:
    async with in_process(demo_base.copy(tmp_path / "data")) as (hub, caller):
        city = StandingCity(caller, hub)
        city.open()
        await city.until_morning()
        placed = await caller.call(Wish(READER, "requests.place", await far_book(caller, demo_base), "wish"))
        request = placed["request"]

        assert 0 < await days_until(city, caller, request, "ready") < 8
        loan = await caller.call(
            Wish(f"staff-{PICKUP.lower()}", "holds.issue", {"request": request, "card": CARD}, "issue")
        )
        returned = {"owner": loan["owner"], "barcode": loan["barcode"]}
        await caller.call(Wish(f"staff-{ELSEWHERE.lower()}", "returns.scan", returned, "return"))

        assert 0 < await days_until(city, caller, request, "completed") < 8
        assert (await examine(hub)).violations == ()


async def test_days_do_not_pass_while_the_scripted_day_is_played(demo_base: Base, tmp_path: Path) -> None:
    async with in_process(demo_base.copy(tmp_path / "data")) as (hub, caller):
        with pytest.raises(Conflict) as refusal:
            await StandingCity(caller, hub).until_morning()
        assert refusal.value.message == "demo.day_not_over"
