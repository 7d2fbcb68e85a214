from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from connectors.availability.opening import open_availability
from connectors.availability.values import LiveItem, LocalIdentifiers
from connectors.ports import Fetched, Finished, HarvestOrder
from connectors.registry import open_harvester
from hub.simulation.demo.catalogues import DemoNetwork, MemberCatalogue
from hub.simulation.demo.members import Behaviour, SourceSetup, demo_members

ONE_OF_EACH = ("yzt", "zjt", "mat", "wht")


def some(network: DemoNetwork, *sources: str) -> list[MemberCatalogue]:
    return [each for each in network.catalogues if each.habits.source in sources]


async def harvest(setup: SourceSetup) -> tuple[set[str], str | None]:
    harvester = open_harvester(setup.protocol, setup.address, setup.options)
    identifiers: set[str] = set()
    problem: str | None = "never finished"
    async for event in harvester.fetch(HarvestOrder()):
        if isinstance(event, Fetched):
            identifiers.update(record.identifier or record.raw.hex() for record in event.records)
        elif isinstance(event, Finished):
            problem = event.problem
    return identifiers, problem


@pytest.mark.parametrize("source", ONE_OF_EACH)
def test_a_member_can_be_harvested_whole(network: DemoNetwork, tmp_path: Path, source: str) -> None:
    catalogue = some(network, source)[0]

    async def run() -> tuple[set[str], str | None]:
        async with demo_members([catalogue], tmp_path) as (setup,):
            assert (setup.name, setup.member) == (source, source.upper())
            return await harvest(setup)

    identifiers, problem = asyncio.run(run())
    assert problem is None
    assert len(identifiers) == len(catalogue.records)


@pytest.mark.parametrize("source", ["yzt", "zjt", "wht"])
def test_a_member_that_is_down_is_reported_and_harms_nobody(
    network: DemoNetwork, tmp_path: Path, source: str
) -> None:
    catalogues = some(network, source, "jtt")

    async def run() -> dict[str, tuple[set[str], str | None]]:
        async with demo_members(catalogues, tmp_path, Behaviour(down=frozenset({source}))) as setups:
            quick = [
                SourceSetup(
                    each.name, each.member, each.protocol, each.address, {**each.options, **fast(each)}
                )
                for each in setups
            ]
            return {each.name: await harvest(each) for each in quick}

    results = asyncio.run(run())
    assert results[source][1] is not None
    assert results["jtt"][1] is None


def fast(setup: SourceSetup) -> dict[str, str]:
    return {} if setup.protocol == "file" else {"attempts": "1", "timeout": "2"}


def test_a_slow_member_waits_before_each_answer(network: DemoNetwork, tmp_path: Path) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def run() -> tuple[set[str], str | None]:
        behaviour = Behaviour(slow={"mat": 30.0}, sleep=sleep)
        async with demo_members(some(network, "mat"), tmp_path, behaviour) as (setup,):
            return await harvest(setup)

    assert asyncio.run(run())[1] is None
    assert len(waited) >= 3
    assert set(waited) == {30.0}


def test_fixed_ports_are_used(network: DemoNetwork, tmp_path: Path) -> None:
    async def run() -> tuple[str, str]:
        async with demo_members(some(network, "yzt"), tmp_path) as (first,):
            port = int(first.address.split(":")[2].split("/")[0])
        async with demo_members(some(network, "yzt"), tmp_path, Behaviour(ports={"yzt": port})) as (again,):
            return first.address, again.address

    first, again = asyncio.run(run())
    assert first == again


def test_location_codes_of_their_own_are_given_to_the_hub(network: DemoNetwork, tmp_path: Path) -> None:
    async def run() -> SourceSetup:
        async with demo_members(some(network, "jyt"), tmp_path) as (setup,):
            return setup

    assert asyncio.run(run()).options["locations"] == {"1": "JYT", "2": "JY01", "3": "JY02"}


@pytest.mark.parametrize("source", ["jlt", "xwt", "qxt"])
def test_a_member_that_can_be_asked_tells_how_every_copy_stands(
    network: DemoNetwork, tmp_path: Path, source: str
) -> None:
    (catalogue,) = some(network, source)
    record = next(one for one in catalogue.records if len(one.copies) > 1)

    async def ask() -> tuple[LiveItem, ...]:
        async with demo_members([catalogue], tmp_path) as (setup,):
            source = open_availability(setup.protocol, setup.address, setup.options)
            try:
                return await source.ask(LocalIdentifiers(record.identifier))
            finally:
                await source.close()

    found = asyncio.run(ask())
    assert {item.barcode: item.location for item in found} == {
        copy.barcode: copy.location for copy in record.copies
    }
    assert {item.status for item in found} <= {"available", "on_loan", "reference_only"}
