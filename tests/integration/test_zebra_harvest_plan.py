"""A large Zebra, its cap of 9,999 and worse: complete with every record, or said to be incomplete."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from connectors.harvesting.patience import Timing
from connectors.ports import HarvestOrder
from connectors.testing import Fault, capped
from connectors.z3950.harvester import open_z3950
from hub.benchmarks.records import write_file
from tests.harvests import Outcome, gather, run_harvest
from tests.lying_relay import counting, relay
from tests.zebra_target import Zebra, running_zebra

pytestmark = pytest.mark.debian("zebrasrv", "zebraidx")

CAP = 9_999
MODIFIED, ENTERED, YEAR = 1012, 1011, 31


@pytest.fixture(
    scope="module",
    params=[pytest.param(12_000, id="12k"), pytest.param(50_000, id="50k", marks=pytest.mark.soak)],
)
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def zebra(tmp_path_factory: pytest.TempPathFactory, size: int) -> Iterator[Zebra]:
    folder = tmp_path_factory.mktemp("zebra")
    write_file(folder / "records.mrc", size)
    with running_zebra(folder / "register", folder / "records.mrc") as target:
        yield target


def through_relay(zebra: Zebra, *faults: Fault, **options: object) -> Outcome:
    async def run() -> Outcome:
        async with relay("127.0.0.1", zebra.port, *faults) as address:
            return await gather(open_z3950(address, options), HarvestOrder())

    return asyncio.run(run())


def assert_whole(outcome: Outcome, size: int) -> None:
    assert outcome.problem is None, outcome.values
    assert outcome.totals == {"before": size, "after": size}
    assert len(outcome.records) == len(outcome.identifiers) == size
    assert outcome.inexact == []


def test_every_record_comes_though_results_are_cut_at_9999(zebra: Zebra, size: int) -> None:
    assert_whole(run_harvest(open_z3950(zebra.address, {}), HarvestOrder()), size)


def test_every_record_comes_once_though_the_target_is_killed_five_times(zebra: Zebra, size: int) -> None:
    kills = 0

    async def restart(seconds: float) -> None:
        del seconds
        zebra.start()

    def kill_at_each_sixth(received: int) -> None:
        nonlocal kills
        if kills < 5 and received > size * (kills + 1) // 6:
            kills += 1
            zebra.stop()

    options = {"max_set": 5_000, "chunk": 50}
    outcome = run_harvest(
        open_z3950(zebra.address, options, Timing(restart)), HarvestOrder(), watch=kill_at_each_sixth
    )
    assert kills == 5
    assert_whole(outcome, size)


@pytest.mark.parametrize("says_so", [True, False], ids=["says so", "silent"])
def test_a_total_that_is_cut_too_is_derived_from_two_keys(zebra: Zebra, size: int, says_so: bool) -> None:
    def cut(attributes: frozenset[int], hits: int) -> tuple[int, bool]:
        del attributes
        return min(hits, CAP), hits <= CAP or not says_so

    outcome = through_relay(zebra, counting(cut), capped(CAP), keys="date-modified,year")
    assert_whole(outcome, size)


@pytest.mark.parametrize("keys", ["date-modified", "date-modified,year"])
def test_partition_keys_that_lie_are_found_out(zebra: Zebra, keys: str) -> None:
    def lose_a_tenth(attributes: frozenset[int], hits: int) -> tuple[int, bool]:
        return (hits - hits // 10 if attributes & {MODIFIED, YEAR} else hits), True

    outcome = through_relay(zebra, counting(lose_a_tenth), capped(CAP), keys=keys)
    assert outcome.problem is not None


def test_a_key_that_lies_is_passed_over_for_one_that_does_not(zebra: Zebra, size: int) -> None:
    def lose_a_tenth(attributes: frozenset[int], hits: int) -> tuple[int, bool]:
        return (hits - hits // 10 if MODIFIED in attributes else hits), True

    outcome = through_relay(zebra, counting(lose_a_tenth), capped(CAP), keys="date-modified,year")
    assert_whole(outcome, size)
