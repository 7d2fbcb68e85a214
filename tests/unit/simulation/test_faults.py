"""The faulty network: what it does to messages, and what callers still get."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.simulation.calling import Refused, Silence, Wish
from hub.simulation.faults import CALM, DELAYED_BY, STORMY, TRIES, FaultRates, FaultyNetwork
from tests.unit.simulation.recording import Recording, refusal

WISH = Wish("staff-jlt", "totes.open", {"destination": "NSE"}, "key")


def network(inner: Recording, rates: FaultRates, seed: int = 1) -> FaultyNetwork:
    return FaultyNetwork(inner, rates, random.Random(seed))


async def test_a_calm_network_passes_everything_on_once() -> None:
    inner = Recording({"totes.open": {"tote": "T-1"}})
    assert await network(inner, CALM).call(WISH) == {"tote": "T-1"}
    assert inner.wishes == [WISH]


@pytest.mark.parametrize(
    ("rates", "performed"), [(FaultRates(lose_wish=1), 0), (FaultRates(lose_answer=1), TRIES)]
)
async def test_a_dead_line_ends_in_silence_under_one_key(rates: FaultRates, performed: int) -> None:
    inner = Recording()
    with pytest.raises(Silence):
        await network(inner, rates).call(WISH)
    assert [wish.key for wish in inner.wishes] == ["key"] * performed


async def test_a_repeated_wish_arrives_twice_and_is_answered_once() -> None:
    inner = Recording({"totes.open": {"tote": "T-1"}})
    faulty = network(inner, FaultRates(repeat=1))
    assert await faulty.call(WISH) == {"tote": "T-1"}
    assert inner.wishes == [WISH, WISH]
    assert faulty.counts.repeated == 1


async def test_a_delayed_wish_arrives_again_after_later_ones() -> None:
    inner = Recording()
    faulty = FaultyNetwork(inner, FaultRates(delay=0.5), _Scripted([0.1, *[0.9] * 100]))
    await faulty.call(WISH)
    for number in range(DELAYED_BY + 1):
        await faulty.call(Wish("staff-jlt", "desk.today", {}, str(number)))
    assert [wish.key for wish in inner.wishes].count("key") == 2
    assert inner.wishes[1].key == "0"


async def test_what_a_late_copy_is_answered_nobody_hears() -> None:
    said: Counter[str] = Counter()

    def once(wish: Wish) -> dict[str, Any]:
        said[wish.key] += 1
        if said[wish.key] > 1:
            raise refusal("lending.already_ended")
        return {}

    inner = Recording({"totes.open": once})
    faulty = FaultyNetwork(inner, FaultRates(delay=0.5), _Scripted([0.1, *[0.9] * 100]))
    await faulty.call(WISH)
    for _ in range(DELAYED_BY + 1):
        await faulty.call(Wish("staff-jlt", "desk.today"))
    assert said["key"] == 2


async def test_a_refusal_is_an_answer() -> None:
    inner = Recording({"totes.open": refusal("carrying.no_direct_route")})
    with pytest.raises(Refused):
        await network(inner, CALM).call(WISH)
    assert len(inner.wishes) == 1


async def test_the_same_seed_brings_the_same_storm() -> None:
    counts = []
    for _ in range(2):
        inner = Recording()
        faulty = network(inner, STORMY, seed=5)
        for number in range(500):
            await faulty.call(Wish("a", "desk.today", {}, str(number)))
        counts.append((faulty.counts.to_dict(), [wish.key for wish in inner.wishes]))
    assert counts[0] == counts[1]
    assert all(number > 5 for number in counts[0][0].values())


async def test_the_clock_is_no_message() -> None:
    inner, instant = Recording(), datetime(2026, 5, 12, tzinfo=UTC)
    await network(inner, FaultRates(lose_wish=1)).move_clock(instant)
    assert inner.moves == [instant]


class _Scripted(random.Random):
    """Draws what it is told to."""

    def __init__(self, draws: list[float]) -> None:
        super().__init__()
        self._draws = iter(draws)

    def random(self) -> float:
        return next(self._draws)
