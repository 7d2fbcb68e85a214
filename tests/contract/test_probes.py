"""What a probe finds out about targets that want to be asked in their own way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import testing
from connectors.errors import Misconfigured
from connectors.ports import HarvestOrder
from connectors.profile import Finding, How, TargetProfile, merged, with_profile
from connectors.registry import open_harvester
from connectors.serving import ServedCatalogue
from connectors.testing import Exchange, Fault
from connectors.z3950.apdu import Credentials, InitRequest, InitResponse, SearchRequest, SearchResponse
from connectors.z3950.rpn import RpnQuery, Term
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.harvests import Outcome, gather
from tests.members import MEMBERS

BOOKS = catalogue(200)


def probed(served: ServedCatalogue, *faults: Fault, **options: object) -> TargetProfile:
    async def run() -> TargetProfile:
        async with testing.z3950_peer(served, *faults) as address:
            return await open_harvester("z3950", address, {"timeout": 1, **options}).probe()

    return asyncio.run(run())


def test_the_encoding_of_questions_is_found_with_a_title_of_the_targets_own() -> None:
    title = "红楼梦研究"
    served = ServedCatalogue("Books", [served_record(1, FIRST_DAY, title)])

    def knows_gbk_only(exchange: Exchange) -> Exchange:
        request, answer = exchange.request, exchange.answer
        if not isinstance(request, SearchRequest) or not isinstance(answer, SearchResponse):
            return exchange
        assert isinstance(request.query, RpnQuery)
        terms = [token.value for token in request.query.tokens if isinstance(token, Term)]
        if all(value.isascii() for value in terms):
            return exchange
        hits = int(terms == [title.encode("gb18030")])
        return replace(exchange, answer=SearchResponse(hits, search_status=True))

    found = probed(served, knows_gbk_only).findings["query_encoding"]
    assert found == Finding("gb18030", evidence=f"{title}: gb18030 1")


@pytest.mark.parametrize("configured", ["idpass", "open"])
def test_the_form_of_signing_in_that_works_is_found(configured: str) -> None:
    def wants_an_open_string(exchange: Exchange) -> Exchange:
        if not isinstance(exchange.request, InitRequest):
            return exchange
        good = exchange.request.credentials == Credentials(open="reader/secret")
        return exchange if good else replace(exchange, answer=InitResponse(result=False))

    profile = probed(BOOKS, wants_an_open_string, user="reader", password="secret", auth=configured)
    assert profile.text("auth") == "open"
    assert profile.total == 200
    assert "secret" not in str(profile.to_dict())


def test_the_largest_result_that_is_delivered_is_found() -> None:
    assert probed(BOOKS, testing.capped(100)).text("max_set") == "100"


@pytest.mark.parametrize("fault", [testing.every(7, testing.drop), testing.every(5, testing.take_leave)])
def test_a_target_that_ends_sessions_is_asked_on(fault: Fault) -> None:
    profile = probed(BOOKS, fault)
    assert profile.total == 200


EXPECTED = {
    "sru": {
        "version": "1.2",
        "schema": "marcxml",
        "packing": "xml",
        "chunk": 100,
        "keys": "date-modified,local-number,year",
        "incremental": "date-modified",
        "identity": "identifier",
        "attribute.dc.title": "plain",
    },
    "oai-pmh": {
        "prefix": "marcxml",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "deletions": "persistent",
        "earliest": "2024-01-01T08:00:00Z",
        "chunk": 30,
    },
}


@pytest.mark.parametrize("protocol", EXPECTED)
def test_a_server_over_http_is_asked_what_it_can_do(protocol: str, tmp_path: Path) -> None:
    async def run() -> TargetProfile:
        async with MEMBERS[protocol](BOOKS, tmp_path) as address:
            return await open_harvester(protocol, address, {}).probe()

    profile = asyncio.run(run())
    assert (profile.total, profile.total_exact) == (200, True)
    found = {name: profile.findings[name].value for name in EXPECTED[protocol]}
    assert found == EXPECTED[protocol]


@pytest.mark.parametrize("protocol", ["z3950", "sru", "oai-pmh"])
def test_a_harvest_goes_by_what_was_probed(protocol: str, tmp_path: Path) -> None:
    async def run() -> Outcome:
        async with MEMBERS[protocol](BOOKS, tmp_path) as address:
            profile = await open_harvester(protocol, address, {}).probe()
            return await gather(open_harvester(protocol, address, {}, profile=profile), HarvestOrder())

    outcome = asyncio.run(run())
    assert outcome.problem is None
    assert len(outcome.records) == 200


def test_an_operators_word_stands_before_the_probes_and_outlives_it() -> None:
    first = TargetProfile("z3950", "X", 9, True, {"chunk": Finding(50), "scan": Finding("title")})
    edited = first.edited("chunk", 20)
    again = merged(replace(first, findings={"chunk": Finding(100), "syntax": Finding("usmarc")}), edited)
    assert again.finding("chunk") == Finding(20, How.CONFIGURED, "instead of 100")
    assert again.unedited("chunk").finding("chunk") == Finding(100)
    assert TargetProfile.from_dict(again.to_dict()) == again
    known = {"chunk", "syntax", "user"}
    assert with_profile({"syntax": "xml"}, again, known) == {"chunk": 20, "syntax": "xml"}
    assert with_profile({"syntax": "xml"}, None, known) == {"syntax": "xml"}
    with pytest.raises(Misconfigured):
        first.edited("colour", "blue")


def test_the_profile_of_an_earlier_release_is_read_as_far_as_it_goes() -> None:
    old = {"protocol": "z3950", "server": "Zebra", "total": 7, "total_exact": True, "features": {"scan": "x"}}
    assert TargetProfile.from_dict(old) == TargetProfile("z3950", "Zebra", 7, True)
