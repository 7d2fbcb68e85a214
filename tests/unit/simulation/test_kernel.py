"""The agenda: in order of time, then of planning; the clock moves only when time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.simulation.kernel import Agenda, Happening, run
from tests.unit.simulation.recording import Recording

START = datetime(2026, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def noting(told: list[str], name: str) -> Happening:
    async def happen(now: datetime) -> None:
        told.append(f"{name}@{now - START}")

    return happen


async def test_things_happen_in_order_of_time_and_then_of_planning() -> None:
    agenda, told = Agenda(START), []
    for name, hours in (("late", 2), ("first", 1), ("second", 1)):
        agenda.at(START + hours * HOUR, noting(told, name))
    assert await run(agenda, Recording(), START + 3 * HOUR) == 3
    assert told == ["first@1:00:00", "second@1:00:00", "late@2:00:00"]


async def test_what_should_have_been_earlier_happens_now() -> None:
    agenda, told = Agenda(START), []
    agenda.at(START - HOUR, noting(told, "overdue"))
    await run(agenda, Recording(), START + HOUR)
    assert told == ["overdue@0:00:00"]


async def test_the_clock_moves_once_for_each_instant_and_to_the_end() -> None:
    agenda, told, caller = Agenda(START), [], Recording()
    for name, hours in (("a", 1), ("b", 1), ("c", 2)):
        agenda.at(START + hours * HOUR, noting(told, name))
    await run(agenda, caller, START + 5 * HOUR)
    assert caller.moves == [START + hours * HOUR for hours in (1, 2, 5)]


async def test_what_is_planned_for_later_waits() -> None:
    agenda, told = Agenda(START), []
    agenda.at(START + 2 * HOUR, noting(told, "tomorrow"))
    assert await run(agenda, Recording(), START + 2 * HOUR) == 0
    assert told == []
    assert await run(agenda, Recording(), START + 3 * HOUR) == 1


async def test_a_happening_may_plan_another_at_the_same_instant() -> None:
    agenda, told = Agenda(START), []

    async def first(now: datetime) -> None:
        agenda.at(now, noting(told, "then"))

    agenda.at(START + HOUR, first)
    agenda.at(START + HOUR, noting(told, "planned before"))
    await run(agenda, Recording(), START + 2 * HOUR)
    assert told == ["planned before@1:00:00", "then@1:00:00"]


async def test_somebody_may_look_after_each_happening() -> None:
    agenda, told, looks = Agenda(START), [], []

    async def look() -> None:
        looks.append(len(told))

    for hours in (1, 2):
        agenda.at(START + hours * HOUR, noting(told, "x"))
    await run(agenda, Recording(), START + 3 * HOUR, look)
    assert looks == [1, 2]
