"""Rounds and their medians, with sides that only say that they ran."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.benchmarks.benchmark import (
    Absent,
    Benchmark,
    BenchmarkOrder,
    Figure,
    Measure,
    Outcome,
    Prepared,
    Side,
)
from hub.benchmarks.measuring import measured


def side(name: str, values: Iterable[float], ran: list[str], work: str = "all of it") -> Side:
    """A side that takes its values from a list, one a round."""
    left = iter(values)

    async def run() -> Outcome:
        ran.append(name)
        return Outcome({"speed": next(left)}, work)

    return Side(name, run)


async def answer_of(figure: Figure, sides: tuple[Side, ...], rounds: int, *absent: Absent) -> dict[str, Any]:
    @asynccontextmanager
    async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
        yield Prepared((Measure("run", (figure,), sides),), absent, {"size_bytes.ours": 12.3456})

    order = BenchmarkOrder(1, rounds, Path(), lambda: 0.0)
    return await measured(Benchmark("test", "bench.about", 1, prepared), order, "en")


async def test_the_order_turns_from_round_to_round() -> None:
    ran: list[str] = []
    sides = (side("ours", [1, 1, 1], ran), side("peer", [1, 1, 1], ran))
    await answer_of(Figure("speed"), sides, 3)
    assert ran == ["ours", "peer", "peer", "ours", "ours", "peer"]


@pytest.mark.parametrize(("more_is_better", "ratio"), [(True, 0.5), (False, 2.0)])
async def test_a_ratio_above_one_is_in_our_favour(more_is_better: bool, ratio: float) -> None:
    sides = (side("ours", [10], []), side("peer", [20], []))
    answer = await answer_of(Figure("speed", more_is_better), sides, 1)
    assert answer["ratios"] == {"speed.ours/peer": ratio}


async def test_medians_are_of_the_rounds_and_ratios_within_a_round() -> None:
    # The machine was ten times slower in the second round: for both.
    sides = (side("ours", [40, 4, 60], []), side("peer", [20, 2, 15], []))
    answer = await answer_of(Figure("speed"), sides, 3)
    assert answer["figures"] == {"size_bytes.ours": 12.35, "speed.ours": 40, "speed.peer": 15}
    assert answer["ratios"] == {"speed.ours/peer": 2}
    assert answer["ratio_ranges"] == {"speed.ours/peer": [2, 4]}


async def test_different_work_is_said() -> None:
    sides = (side("ours", [1], [], "9 records"), side("peer", [1], [], "8 records"))
    assert (await answer_of(Figure("speed"), sides, 1))["same_work"] is False


async def test_a_side_without_peer_has_figures_and_no_ratio() -> None:
    answer = await answer_of(Figure("speed"), (side("ours", [7], []),), 1, Absent("peer", "bench.no_fts5"))
    assert answer["figures"]["speed.ours"] == 7
    assert answer["ratios"] == {}
    assert answer["absent"] == {"peer": "the SQLite here was built without FTS5"}
