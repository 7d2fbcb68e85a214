"""A real Zebra, harvested over SRU."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.ports import HarvestOrder
from connectors.sru.harvester import open_sru
from tests.harvests import run_harvest
from tests.zebra_target import UVA_2000, Zebra, running_zebra

pytestmark = pytest.mark.debian("zebrasrv", "zebraidx")


@pytest.fixture(scope="module")
def zebra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zebra]:
    with running_zebra(tmp_path_factory.mktemp("zebra") / "register", UVA_2000) as target:
        yield target


@pytest.mark.parametrize(
    "options",
    [
        {"version": "1.1", "chunk": 200},
        {"version": "1.2", "packing": "string", "chunk": 200},
        {"version": "2.0", "max_set": 600, "keys": "local-number"},
    ],
    ids=lambda options: str(options["version"]),
)
def test_every_record_comes(zebra: Zebra, options: dict[str, object]) -> None:
    outcome = run_harvest(open_sru(zebra.sru_address, options), HarvestOrder())
    assert outcome.problem is None
    assert outcome.totals == {"before": 2000, "after": 2000}
    assert len(outcome.records) == len(outcome.identifiers) == 2000


def test_a_schema_that_is_not_offered_is_said(zebra: Zebra) -> None:
    outcome = run_harvest(open_sru(zebra.sru_address, {"schema": "mods"}), HarvestOrder())
    assert outcome.problem in {"records_refused", "diagnostic"}
    assert "66" in str(outcome.values)
