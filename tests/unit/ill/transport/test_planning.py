from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill.transport.planning import savings_rounds

POINTS = st.dictionaries(
    st.sampled_from("ABCDEFGHIJ"), st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=10
)


def distances(points: dict[str, tuple[int, int]]):  # type: ignore[no-untyped-def]
    placed = {**points, "HUB": (0, 0)}
    return lambda a, b: math.dist(placed[a], placed[b])


@settings(max_examples=60)
@given(POINTS, st.integers(1, 5), st.floats(50, 500))
def test_every_stop_is_visited_once_within_the_limits(
    points: dict[str, tuple[int, int]], capacity: int, longest: float
) -> None:
    kilometres = distances(points)
    rounds = savings_rounds("HUB", dict.fromkeys(points, 1), kilometres, capacity=capacity, longest=longest)
    assert sorted(stop for found in rounds for stop in found.stops) == sorted(points)
    for found in rounds:
        assert found.load == len(found.stops) <= capacity
        assert found.kilometres <= longest + 1e-3 or len(found.stops) == 1
    alone = sum(2 * kilometres("HUB", stop) for stop in points)
    assert sum(found.kilometres for found in rounds) <= alone + 0.01 * (len(points) + 1)


def test_joining_is_close_to_the_best_round() -> None:
    points = {"A": (10, 0), "B": (10, 5), "C": (-8, 3), "D": (0, 12), "E": (4, 9), "F": (-6, -6)}
    kilometres = distances(points)
    best = min(
        sum(kilometres(a, b) for a, b in zip(("HUB", *order), (*order, "HUB"), strict=True))
        for order in permutations(points)
    )
    found = savings_rounds("HUB", dict.fromkeys(points, 1), kilometres, capacity=10)
    assert len(found) == 1
    assert found[0].kilometres <= 1.15 * best


def test_a_stop_with_more_than_a_van_load_is_refused() -> None:
    with pytest.raises(ValueError, match="A"):
        savings_rounds("HUB", {"A": 5, "B": 1}, distances({"A": (1, 1), "B": (2, 2)}), capacity=4)
