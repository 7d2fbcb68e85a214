"""Simulated days in a storm: people err, messages are lost, repeated and late, and every promise is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.bootstrap.simulated import simulate
from hub.services.progress import unwatched
from hub.simulation.scenario import SimulationOrder


def simulated(order: SimulationOrder) -> dict[str, Any]:
    return asyncio.run(simulate(order, unwatched))


@pytest.fixture(scope="module")
def five_days() -> dict[str, Any]:
    return simulated(SimulationOrder(days=5, seed=1, requests_per_day=12, faults=True))


def test_no_promise_is_broken_in_a_storm(five_days: dict[str, Any]) -> None:
    assert five_days["violations"] == []
    assert all(number > 20 for number in five_days["faults"].values())


def test_readers_get_their_books_all_the_same(five_days: dict[str, Any]) -> None:
    assert five_days["requests"] == 60
    assert five_days["filled"] >= 20
    assert 0 < five_days["median_days"] <= five_days["p90_days"]
    assert five_days["km"] > 0


def test_nobody_is_met_by_silence_for_long(five_days: dict[str, Any]) -> None:
    assert {name for name in five_days["surprises"] if name.endswith("silence")} == set()


def test_the_same_seed_simulates_the_same() -> None:
    order = SimulationOrder(days=1, seed=4, requests_per_day=8, faults=True)
    assert simulated(order) == simulated(order)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 14))
def test_a_month_of_storm(seed: int) -> None:
    month = simulated(SimulationOrder(days=30, seed=seed, requests_per_day=30, faults=True))
    assert month["violations"] == []
    assert month["filled"] > 500
