from __future__ import annotations

import copy
import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.errors import NotFound
from hub.services import networks
from hub.services.validation import InvalidInput
from hub.storage.store import Store

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "network"
WRONG = json.loads((FIXTURES / "wrong_fields.json").read_text("utf-8"))
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The document with one field changed; the path is written as error messages write it."""
    found = copy.deepcopy(document)
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    target: Any = found
    for step in steps[:-1]:
        target = target[step]
    target[steps[-1]] = value
    return found


def problems(document: dict[str, Any]) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        networks.parse(document)
    return caught.value


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case['change'][0]}={case['change'][1]}")
def test_a_wrong_field_is_named_with_its_remedy_in_both_languages(case: dict[str, Any]) -> None:
    error = problems(changed(networks.shipped(), *case["change"]))
    for language in ("zh", "en"):
        fields = {problem["field"]: problem["problem"] for problem in error.problems(language)}
        assert case["field"] in fields
        assert len(fields[case["field"]]) >= 8


def test_all_mistakes_are_reported_not_only_the_first() -> None:
    document = changed(networks.shipped(), "nodes[3].latitude", 132)
    document = changed(document, "zone", "Mars/Olympus")
    document = changed(document, "timetable.routes[2].stops[1].node", "ZZZ")
    fields = [problem["field"] for problem in problems(document).problems("en")]
    assert fields == ["zone", "nodes[3].latitude", "timetable.routes[2].stops[1].node"]


def test_a_document_that_is_no_object_is_refused() -> None:
    assert "document" in {problem["field"] for problem in problems([]).problems("en")}  # type: ignore[arg-type]


def test_the_shipped_network_agrees_with_the_facts(shared_data: Path) -> None:
    network = networks.parse(networks.shipped())
    rows = (shared_data / "network" / "nanjing_nodes.csv").read_text("utf-8-sig").splitlines()
    facts = {row["code"]: row for row in csv.DictReader(rows)}
    assert set(facts) == set(network.nodes.nodes)
    for code, fact in facts.items():
        node = network.nodes[code]
        assert (node.name_zh, node.name_en, node.parent or "") == (
            fact["name_zh"],
            fact["name_en"],
            fact["parent"],
        )
        assert (node.latitude, node.longitude) == (float(fact["lat"]), float(fact["lon"]))
        assert node.invented == ("演示" in fact["name_zh"])


def test_branches_belong_to_the_system_of_their_district() -> None:
    nodes = networks.parse(networks.shipped()).nodes
    assert {node.code for node in nodes if node.system == "QHT"} == {"QHT", "QH01", "QH02"}
    assert nodes["K01"].system == "JLT"
    assert nodes["JTT"].system == "JTT"


def test_every_node_can_be_reached_from_every_other() -> None:
    network = networks.parse(networks.shipped())
    unreachable = [
        (origin.code, destination.code)
        for origin in network.nodes
        for destination in network.nodes
        if network.arrivals.journey(origin.code, destination.code, TUESDAY) is None
    ]
    assert unreachable == []


def test_agreements_are_found_for_two_nodes() -> None:
    network = networks.parse(networks.shipped())
    between = {
        ("QH01", "JN02"): "city",
        ("QH01", "ZJT"): "metro",
        ("JTT", "WHT"): "metro",
        ("CZT", "QHT"): "partner",
    }
    assert {
        pair: agreement.code if (agreement := network.agreement_between(*pair)) else None for pair in between
    } == between
    assert network.agreement_between("CZT", "ZJT") is None


async def test_a_document_is_kept_once_and_the_newest_is_in_force(store: Store) -> None:
    document = networks.shipped()
    with pytest.raises(NotFound):
        await store.read(networks.in_force)
    first = await store.write(lambda connection: networks.keep(connection, document, TUESDAY))
    again = await store.write(lambda connection: networks.keep(connection, document, TUESDAY))
    assert first.version == again.version
    other = changed(document, "timetable.sorting_minutes", 90)
    newer = await store.write(lambda connection: networks.keep(connection, other, TUESDAY))
    assert newer.version > first.version
    stored = await store.read(networks.in_force)
    assert (stored.version, stored.timetable.sorting_minutes) == (newer.version, 90)


async def test_a_wrong_document_leaves_the_old_one_in_force(sqlite_store: Store) -> None:
    await sqlite_store.write(lambda connection: networks.keep(connection, networks.shipped(), TUESDAY))
    wrong = changed(networks.shipped(), "zone", "")
    with pytest.raises(InvalidInput):
        await sqlite_store.write(lambda connection: networks.keep(connection, wrong, TUESDAY))
    assert (await sqlite_store.read(networks.in_force)).version == 1
