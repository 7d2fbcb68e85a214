"""Simulated days in a storm: people err, messages are lost, repeated and late, and every promise is kept."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap.simulated import build, simulate, simulate_on
from hub.services.progress import unwatched
from hub.simulation.scenario import SimulationOrder
from tests.command_line import tongjie

Simulated = Callable[[SimulationOrder], dict[str, Any]]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Simulates on copies of one hub."""
    folder = tmp_path_factory.mktemp("simulation")
    demo = asyncio.run(build(folder / "built", SimulationOrder(days=1, seed=1, records=60), unwatched))

    def run(order: SimulationOrder) -> dict[str, Any]:
        copy = Path(shutil.copytree(folder / "built", tmp_path_factory.mktemp("run") / "data"))
        return asyncio.run(simulate_on(copy, demo, order, unwatched))

    return run


@pytest.fixture(scope="module")
def five_days(simulated: Simulated) -> dict[str, Any]:
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


def test_the_same_seed_simulates_the_same(simulated: Simulated) -> None:
    order = SimulationOrder(days=2, seed=4, requests_per_day=8, faults=True)
    first = simulated(order)
    assert first == simulated(order)
    assert first["loans"] + first["walk_ups"] > 0


@pytest.mark.parametrize(
    "words", [("--days", 0, "--seed", 1), ("--days", "many", "--seed", 1), ("--days", 1)], ids=str
)
def test_a_wrong_order_is_wrong_usage(words: tuple[object, ...], tmp_path: Path) -> None:
    said = tongjie(tmp_path / "data", "simulate", *words)
    assert (said.code, said.out) == (2, "")
    assert "usage: tongjie simulate" in said.err


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 14))
def test_a_month_of_storm(seed: int) -> None:
    order = SimulationOrder(days=30, seed=seed, requests_per_day=30, faults=True)
    month = asyncio.run(simulate(order, unwatched))
    assert month["violations"] == []
    assert month["filled"] > 500
