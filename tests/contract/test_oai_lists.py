"""Lists over OAI-PMH: long ones, forgotten ones, and such as state a wrong length or none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors import testing
from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.ports import Finished, HarvestOrder
from connectors.registry import open_harvester
from tests.catalogues import FIRST_DAY, catalogue
from tests.harvests import Outcome, gather
from tests.members import NOW, TOKEN_KEY

BOOKS = catalogue(200)
REPOSITORY = Repository(BOOKS, "http://127.0.0.1/", TOKEN_KEY, page=30)
Respond = Callable[[dict[str, str]], bytes]


def honest(parameters: dict[str, str]) -> bytes:
    return oai_pmh.answer(REPOSITORY, parameters.items(), NOW)


def stating(size: bytes) -> Respond:
    """A repository that writes this in the place of every list's length."""
    return lambda parameters: re.sub(rb' completeListSize="\d+"', size, honest(parameters))


def harvested(respond: Respond, order: HarvestOrder | None = None, **options: object) -> Outcome:
    async def no_wait(seconds: float) -> None:
        del seconds

    async def run() -> Outcome:
        async with testing.http_peer(respond) as address:
            harvester = open_harvester("oai-pmh", address, {"attempts": 8, **options}, no_wait)
            return await gather(harvester, order or HarvestOrder())

    return asyncio.run(run())


def assert_whole(outcome: Outcome) -> None:
    assert outcome.problem is None, outcome.values
    assert outcome.totals == {"before": 200, "after": 200}
    assert len(outcome.records) == len(outcome.identifiers) == 200


def test_a_long_list_is_asked_for_in_windows_of_dates() -> None:
    outcome = harvested(honest, max_set=60)
    assert_whole(outcome)
    assert len(outcome.slices) > 3
    assert max(outcome.slices.values()) <= 60


def test_windows_that_are_done_are_not_asked_for_again() -> None:
    whole = harvested(honest, max_set=60)
    done = frozenset(list(whole.slices)[:2])
    rest = harvested(honest, HarvestOrder(done_slices=done), max_set=60)
    assert rest.problem is None
    assert set(rest.slices) == set(whole.slices) - done


@pytest.mark.parametrize("max_set", [1000, 60])
@pytest.mark.parametrize("stated", [b"", b' completeListSize="35"'], ids=["no length", "an estimate"])
def test_without_a_true_length_the_list_of_headers_decides(stated: bytes, max_set: int) -> None:
    assert_whole(harvested(stating(stated), max_set=max_set))


def test_headers_that_name_more_than_came_are_believed() -> None:
    def loses_some(parameters: dict[str, str]) -> bytes:
        answer = stating(b"")(parameters)
        if parameters["verb"] == "ListRecords":
            answer = re.sub(
                rb"<record>(?:(?!</record>).)*b000007.*?</metadata></record>", b"", answer, flags=re.S
            )
        return answer

    outcome = harvested(loses_some)
    assert outcome.problem == "list_shorter"
    assert outcome.values == {"stated": 200, "received": 199}


def test_a_length_that_is_too_great_is_not_explained_away() -> None:
    outcome = harvested(stating(b' completeListSize="201"'))
    assert outcome.problem == "list_shorter"


def test_a_repository_that_forgets_long_lists_is_asked_for_shorter_ones() -> None:
    pages = 0

    def forgets(parameters: dict[str, str]) -> bytes:
        nonlocal pages
        if parameters["verb"] == "ListRecords":
            pages = pages + 1 if "resumptionToken" in parameters else 1
            if pages == 3:
                return honest({"verb": "ListRecords", "resumptionToken": "forgotten"})
        return honest(parameters)

    outcome = harvested(forgets)
    assert_whole(outcome)
    assert list(outcome.slices) == ["all"], "pieces are the run's own affair"


def test_the_repositorys_own_clock_tells_from_when_to_ask_next() -> None:
    async def last() -> Finished:
        async with testing.http_peer(honest) as address:
            harvester = open_harvester("oai-pmh", address, {})
            events = [event async for event in harvester.fetch(HarvestOrder())]
            assert isinstance(events[-1], Finished)
            return events[-1]

    assert asyncio.run(last()).begun == NOW == datetime(2026, 1, 1, tzinfo=UTC)


def test_changes_since_a_moment_come_in_windows_too() -> None:
    since = FIRST_DAY + timedelta(days=2)
    outcome = harvested(honest, HarvestOrder(full=False, since=since), max_set=40)
    assert outcome.problem is None
    assert len(outcome.records) == 150
    assert len(outcome.slices) > 2
