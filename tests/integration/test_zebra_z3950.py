"""A real Zebra, harvested over Z39.50."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from connectors.errors import Diagnostic
from connectors.harvesting.identifiers import control_number
from connectors.harvesting.patience import Timing
from connectors.ports import HarvestOrder
from connectors.profile import TargetProfile
from connectors.registry import open_harvester
from connectors.z3950.apdu import RetrievedRecord, SortKey
from connectors.z3950.client import Client, open_client
from connectors.z3950.harvester import open_z3950
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import Attribute, term
from connectors.z3950.settings import settings
from tests.harvests import Outcome, run_harvest
from tests.zebra_target import UVA_2000, Zebra, running_zebra

T = TypeVar("T")

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
    assert not profile.incremental, "19 of 2,000 records say when they were changed"
    found = {name: finding.value for name, finding in profile.findings.items()}
    assert (found["auth"], found["element_sets"], found["identity"]) == ("none", "F,B", "identifier")
    assert (found["charset_negotiation"], found["pipeline"]) == ("utf-8", 2)
    assert "query_encoding" not in found, "it takes the letters of these records, in MARC-8, for UTF-8"
    assert (found["sort"], found["named_sets"]) == ("yes", "yes")
    assert found["scan"] == "local-number,title,author,isbn"
    assert str(found["attribute.4"]).startswith("plain,phrase,word")


def test_a_harvest_by_the_profile_is_as_complete(zebra: Zebra) -> None:
    profile: TargetProfile = asyncio.run(open_z3950(zebra.address, {}).probe())
    edited = profile.edited("chunk", 60)
    harvester = open_harvester("z3950", zebra.address, {"max_set": 900}, profile=edited)
    outcome = run_harvest(harvester, HarvestOrder())
    assert outcome.problem is None
    assert len(outcome.records) == len(outcome.identifiers) == 2000


async def in_conversation(zebra: Zebra, work: Callable[[Client], Awaitable[T]], **options: object) -> T:
    """What a piece of work with an open association answers."""
    client = await open_client(settings(zebra.address, {"timeout": 10, **options}))
    try:
        return await work(client)
    finally:
        await client.close()


async def identifiers(client: Client, count: int) -> list[str | None]:
    slots = await client.present(1, count)
    return [control_number(slot.content) for slot in slots if isinstance(slot, RetrievedRecord)]


async def test_result_sets_are_sorted_joined_and_deleted(zebra: Zebra) -> None:
    async def work(client: Client) -> None:
        found = await client.search(parse("@attr 1=4 history"), "one")
        assert 3 < found.hits < 1000, "it sorts the first thousand only"
        assert await client.sort([SortKey("", (Attribute(1, 12),))], "one", into="default")
        ascending = await identifiers(client, found.hits)
        assert ascending == sorted(ascending, key=str)
        assert await client.sort([SortKey("", (Attribute(1, 12),), relation=1)], "one", into="default")
        assert await identifiers(client, found.hits) == ascending[::-1]
        assert (
            await client.search(parse("@and @set one @attr 1=_ALLRECORDS @attr 2=103 x"))
        ).hits == found.hits
        assert await client.delete("one")
        with pytest.raises(Diagnostic):
            await client.present(1, 1, "one")

    await in_conversation(zebra, work)


async def test_terms_are_scanned(zebra: Zebra) -> None:
    async def work(client: Client) -> list[bytes]:
        return [entry.term for entry in (await client.scan(term("u", (1, 12)), 50)).entries]

    terms = await in_conversation(zebra, work)
    assert len(terms) == 50
    assert terms == sorted(terms)


async def test_cql_is_compiled_for_it(zebra: Zebra) -> None:
    async def work(client: Client) -> tuple[int, int]:
        compiled = await client.search_cql("dc.title = history and dc.date > 1900")
        spoken = await client.search(parse("@and @attr 1=4 history @attr 1=31 @attr 2=5 1900"))
        return compiled.hits, spoken.hits

    compiled, spoken = await in_conversation(zebra, work)
    assert compiled == spoken > 0


async def test_it_agrees_on_a_character_set(zebra: Zebra) -> None:
    async def work(client: Client) -> str | None:
        return client.character_set

    assert await in_conversation(zebra, work, character_set="utf-8") == "utf-8"


async def test_refusals_come_in_its_words(zebra: Zebra) -> None:
    async def work(client: Client) -> tuple[int, int]:
        with pytest.raises(Diagnostic) as of_search:
            await client.search(parse("@attr 1=9999 x"))
        with pytest.raises(Diagnostic) as of_present:
            await client.present(1, 1, "never")
        return of_search.value.number, of_present.value.number

    assert await in_conversation(zebra, work) == (114, 30)


async def test_a_stream_of_records_may_be_left_early(zebra: Zebra) -> None:
    async def work(client: Client) -> tuple[int, int]:
        await client.search(parse("@attr 1=_ALLRECORDS @attr 2=103 x"))
        async for slots in client.fetch(1, 2000, chunk=50, in_flight=4):
            assert len(slots) == 50
            break
        found = await client.search(parse("@attr 1=4 history"))
        return found.hits, len(await client.present(1, 3))

    hits, came = await in_conversation(zebra, work)
    assert 3 < hits < 2000
    assert came == 3
