from __future__ import annotations

import asyncio
from typing import cast

import pytest

from hub.services.context import Hub
from hub.simulation.demo import comparing
from hub.simulation.demo.catalogues import DemoNetwork

NO_HUB = cast(Hub, None)


def figures(network: DemoNetwork, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    async def export(hub: Hub) -> list[str]:
        return lines

    monkeypatch.setattr(comparing, "export", export)
    return asyncio.run(comparing.truth_figures(NO_HUB, network))


def named(network: DemoNetwork) -> list[str]:
    """As a hub would export a perfect partition: repeated and missing identifiers by digest."""
    lines = []
    for catalogue in network.catalogues:
        seen: set[str] = set()
        for record in catalogue.records:
            name = record.identifier or f"digest:{record.digest[:32]}"
            name = f"{name}#{record.digest[:16]}" if name in seen else name
            seen.add(name)
            lines.append(f"{catalogue.habits.member}:{name}\t{record.edition.key}")
    return lines


def test_a_perfect_hub_is_perfect(network: DemoNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    found = figures(network, named(network), monkeypatch)
    assert found["records"] == len(network.truth)
    assert (found["unseen"], found["f1"]) == (0, 1.0)


def test_records_that_were_not_harvested_are_counted(
    network: DemoNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = figures(network, named(network)[100:], monkeypatch)
    assert found["unseen"] == 100
    assert found["recall"] < 1


def test_records_of_others_do_not_matter(network: DemoNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    found = figures(network, [*named(network), "ELSE:1\tx", "ELSE:2\tx"], monkeypatch)
    assert found["precision"] == 1.0
