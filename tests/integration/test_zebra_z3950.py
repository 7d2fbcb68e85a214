"""A real Zebra, harvested over Z39.50."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.harvesting.patience import Timing
from connectors.ports import HarvestOrder
from connectors.profile import TargetProfile
from connectors.z3950.harvester import open_z3950
from tests.harvests import Outcome, run_harvest
from tests.zebra_target import UVA_2000, Zebra, running_zebra

pytestmark = pytest.mark.debian("zebrasrv", "zebraidx")


@pytest.fixture(scope="module")
def zebra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zebra]:
    with running_zebra(tmp_path_factory.mktemp("zebra") / "register", UVA_2000) as target:
        yield target


def harvested(zebra: Zebra, **options: object) -> Outcome:
    return run_harvest(open_z3950(zebra.address, options), HarvestOrder())


def test_every_record_comes(zebra: Zebra) -> None:
    outcome = harvested(zebra)
    assert outcome.problem is None
    assert outcome.totals == {"before": 2000, "after": 2000}
    assert len(outcome.records) == len(outcome.identifiers) == 2000


@pytest.mark.parametrize("key", ["local-number", "year", "date-entered", ""])
def test_every_record_comes_in_slices(zebra: Zebra, key: str) -> None:
    outcome = harvested(zebra, max_set=600, keys=key)
    assert outcome.problem is None
    assert len(outcome.records) == len(outcome.identifiers) == 2000
    assert len(outcome.slices) > 1 or key == "date-entered"


def test_slices_that_are_done_are_not_fetched_again(zebra: Zebra) -> None:
    harvester = open_z3950(zebra.address, {"max_set": 600, "keys": "local-number"})
    whole = run_harvest(harvester, HarvestOrder())
    done = frozenset(list(whole.slices)[::2])
    rest = run_harvest(harvester, HarvestOrder(done_slices=done))
    assert rest.problem is None
    assert set(rest.slices) == set(whole.slices) - done
    assert len(rest.records) == 2000 - sum(whole.slices[name] for name in done)


def test_two_presents_in_flight_bring_the_same_records(zebra: Zebra) -> None:
    one_by_one, in_flight = harvested(zebra, chunk=70), harvested(zebra, chunk=70, pipeline=2)
    assert in_flight.problem is None
    assert in_flight.records == one_by_one.records


def test_the_records_that_leave_are_fewer_records(zebra: Zebra, tmp_path: Path) -> None:
    first = UVA_2000.read_bytes().split(b"\x1d")[:5]
    gone = tmp_path / "gone.mrc"
    gone.write_bytes(b"\x1d".join(first) + b"\x1d")
    zebra.delete(gone)
    try:
        assert len(harvested(zebra).identifiers) == 1995
    finally:
        zebra.update(gone)
    assert len(harvested(zebra).identifiers) == 2000


def test_a_killed_target_that_returns_loses_nothing(zebra: Zebra) -> None:
    kills = 0

    async def restart(_seconds: float) -> None:
        zebra.start()

    def after_some_records(received: int) -> None:
        nonlocal kills
        if kills < 5 and received > 300 * (kills + 1):
            kills += 1
            zebra.stop()

    options = {"max_set": 400, "keys": "local-number", "chunk": 20}
    harvester = open_z3950(zebra.address, options, Timing(restart))
    outcome = run_harvest(harvester, HarvestOrder(), watch=after_some_records)
    assert kills == 5
    assert outcome.problem is None
    assert len(outcome.records) == len(outcome.identifiers) == 2000


def test_the_probe_finds_what_the_target_can_do(zebra: Zebra) -> None:
    profile: TargetProfile = asyncio.run(open_z3950(zebra.address, {}).probe())
    assert (profile.total, profile.total_exact) == (2000, True)
    assert profile.syntaxes == ("usmarc", "xml")
    assert set(profile.keys) == {"date-modified", "date-entered", "local-number", "year"}
    assert profile.text("scan") == "local-number"
