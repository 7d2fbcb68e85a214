"""Whatever a target does, a harvest ends within its deadline and says what it has not got."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from connectors import testing
from connectors.errors import ERROR_CODES, HARVEST_PROBLEMS
from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.ports import HarvestOrder
from connectors.registry import open_harvester
from connectors.sru import server as sru
from connectors.testing import Fault, HttpFault, Reply, Then
from connectors.z3950.answering import ServerLimits
from tests.catalogues import catalogue
from tests.harvests import Outcome, gather
from tests.members import NOW, TOKEN_KEY

BOOKS = catalogue(200)
DEADLINE = 8.0  # seconds for any of these harvests, on a slow machine

#: Faults that cost nothing: the harvest is complete all the same.
HARMLESS: dict[str, list[Fault]] = {
    "nothing": [],
    "indefinite lengths": [testing.indefinite],
    "short presents called a success": [testing.short_presents(3)],
    "segments": [testing.segmented],
    "one dropped connection": [testing.at(5, testing.drop)],
    "an answer broken off": [testing.at(6, testing.drop_in_the_middle)],
    "a connection dropped at each ninth request": [testing.every(9, testing.drop)],
    "a polite leave": [testing.at(4, testing.take_leave)],
    "one hang": [testing.at(6, testing.hang)],
    "a hang in the middle of an answer": [testing.at(6, testing.hang_in_the_middle)],
}

#: Faults that cost completeness, and what must be said.
HARMFUL: dict[str, tuple[list[Fault], str]] = {
    "hangs for ever": ([testing.hang], "timed_out"),
    "drops every connection": ([testing.drop], "disconnected"),
    "answers in another protocol": ([testing.nonsense], "malformed"),
    "never ends its answer": ([testing.endless], "malformed or timed_out"),
    "announces gigabytes": ([testing.at(4, testing.enormous)], "malformed"),
    "nests without bottom": ([testing.at(4, testing.bottomless)], "malformed"),
    "answers something else": ([testing.at(4, testing.wrong_kind)], "unexpected_answer"),
    "presents nothing": ([testing.short_presents(0)], "no_progress"),
    "counts too many": ([testing.lying_count(7)], "diagnostic"),
    "counts less than nothing": ([testing.negative_count], "malformed"),
    "delivers only the first records": ([testing.capped(100)], "diagnostic"),
    "refuses one record": ([testing.refusing("b000077")], "records_refused"),
}


def harvest_z3950(*faults: Fault, limits: ServerLimits | None = None, **options: object) -> Outcome:
    async def no_wait(_seconds: float) -> None:
        return None

    async def run() -> Outcome:
        async with testing.z3950_peer(BOOKS, *faults, limits=limits) as address:
            harvester = open_harvester("z3950", address, {"timeout": 0.5, "chunk": 20, **options}, no_wait)
            return await gather(harvester, HarvestOrder())

    started = time.monotonic()
    outcome = asyncio.run(run())
    assert time.monotonic() - started < DEADLINE
    assert outcome.problem is None or outcome.problem in {*ERROR_CODES, *HARVEST_PROBLEMS}
    return outcome


@pytest.mark.parametrize("pipeline", [1, 3])
@pytest.mark.parametrize("name", HARMLESS)
def test_what_can_be_mended_is_mended(name: str, pipeline: int) -> None:
    outcome = harvest_z3950(*HARMLESS[name], pipeline=pipeline, max_set=60)
    assert outcome.problem is None
    assert sorted(str(record.identifier) for record in outcome.records) == sorted(BOOKS.live())


@pytest.mark.parametrize("name", HARMFUL)
def test_what_cannot_be_mended_is_said(name: str) -> None:
    faults, problem = HARMFUL[name]
    assert harvest_z3950(*faults, attempts=2).problem in problem.split(" or ")


@pytest.mark.parametrize("max_set", [50, 1000])
def test_a_count_that_is_too_low_is_noticed(max_set: int) -> None:
    outcome = harvest_z3950(testing.lying_count(-1), max_set=max_set)
    assert outcome.problem == "slice_inexact"
    assert outcome.inexact


def test_a_refused_record_is_counted_and_the_others_come() -> None:
    outcome = harvest_z3950(testing.refusing("b000077"))
    assert [record.syntax for record in outcome.records].count("diagnostic") == 1
    assert len(outcome.records) == 200
    assert outcome.values == {"count": 1, "first": "14 b000077"}


def test_a_capped_target_is_harvested_in_slices() -> None:
    outcome = harvest_z3950(testing.capped(50), max_set=50)
    assert outcome.problem is None
    assert outcome.identifiers == BOOKS.live()


def test_a_total_that_is_cut_is_derived_from_slices_that_hold_everything() -> None:
    outcome = harvest_z3950(limits=ServerLimits(max_hits=60), max_set=1000)
    assert outcome.problem is None
    assert outcome.totals == {"before": 200, "after": 200}
    assert outcome.identifiers == BOOKS.live()
    assert len(outcome.records) == 200


def test_a_target_that_cuts_its_results_is_never_believed_as_a_whole() -> None:
    outcome = harvest_z3950(limits=ServerLimits(max_hits=60), max_set=1000, keys="title")
    assert outcome.problem == "slice_too_large"


def dtd(reply: Reply) -> Reply:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;">]>'
    return replace(reply, body=bomb + reply.body.partition(b"?>")[2])


def when(number: int, fault: HttpFault) -> HttpFault:
    return lambda reply: fault(reply) if reply.number == number else reply


HTTP_FAULTS: dict[str, tuple[HttpFault, str | None]] = {
    "one error": (when(3, lambda reply: replace(reply, status=500)), "http_status"),
    "a pause": (when(3, lambda reply: replace(reply, status=503, headers=(("Retry-After", "1"),))), None),
    "always busy": (lambda reply: replace(reply, status=503), "http_status"),
    "a hang": (when(3, lambda reply: replace(reply, body=b"", missing=9, then=Then.HANG)), None),
    "a hang for ever": (lambda reply: replace(reply, body=b"", missing=9, then=Then.HANG), "timed_out"),
    "a broken answer": (when(3, lambda reply: replace(reply, body=reply.body[:99], missing=99)), None),
    "half a document": (when(3, lambda reply: replace(reply, body=reply.body[:99])), "malformed"),
    "a page for people": (
        lambda reply: replace(reply, body=b"<html><p>Sorry</p></html>"),
        "unexpected_answer",
    ),
    "nothing": (lambda reply: replace(reply, body=b""), "malformed"),
    "a DTD with entities": (dtd, "xml_forbidden"),
    "a way elsewhere": (
        lambda reply: replace(reply, status=302, headers=(("Location", "http://10.0.0.1/"),)),
        "redirect_refused",
    ),
    "a way in a circle": (
        lambda reply: replace(reply, status=302, headers=(("Location", "/"),)),
        "redirect_refused",
    ),
}
RESPONDERS: dict[str, Callable[[dict[str, str]], bytes]] = {
    "sru": lambda parameters: sru.answer(BOOKS, parameters),
    "oai-pmh": lambda parameters: oai_pmh.answer(
        Repository(BOOKS, "http://127.0.0.1/", TOKEN_KEY, page=30), parameters.items(), NOW
    ),
}


def harvest_http(protocol: str, respond: Callable[[dict[str, str]], bytes], *faults: HttpFault) -> Outcome:
    async def no_wait(_seconds: float) -> None:
        return None

    async def run() -> Outcome:
        async with testing.http_peer(respond, *faults) as address:
            harvester = open_harvester(protocol, address, {"timeout": 0.5, "attempts": 2}, no_wait)
            return await gather(harvester, HarvestOrder())

    started = time.monotonic()
    outcome = asyncio.run(run())
    assert time.monotonic() - started < DEADLINE
    return outcome


@pytest.mark.parametrize("protocol", RESPONDERS)
@pytest.mark.parametrize("name", HTTP_FAULTS)
def test_http_faults_end_in_completeness_or_a_reason(name: str, protocol: str) -> None:
    fault, problem = HTTP_FAULTS[name]
    outcome = harvest_http(protocol, RESPONDERS[protocol], fault)
    assert outcome.problem == problem
    if problem is None:
        assert len(outcome.records) == 200


def test_a_list_that_goes_in_circles_is_left() -> None:
    first = {"verb": "ListRecords", "metadataPrefix": "marcxml"}

    def respond(parameters: dict[str, str]) -> bytes:
        again = first if "resumptionToken" in parameters else parameters
        return RESPONDERS["oai-pmh"](again)

    outcome = harvest_http("oai-pmh", respond)
    assert outcome.problem == "no_progress"


def test_a_list_that_ends_early_is_said() -> None:
    def cut(reply: Reply) -> Reply:
        if "resumptionToken" not in reply.parameters:
            return reply
        body = reply.body.partition(b"<resumptionToken")[0]
        return replace(reply, body=body + b"</ListRecords></OAI-PMH>")

    outcome = harvest_http("oai-pmh", RESPONDERS["oai-pmh"], cut)
    assert outcome.problem == "list_shorter"
    assert outcome.values == {"stated": 200, "received": 60}


def test_an_expired_list_is_begun_anew_and_nothing_comes_twice() -> None:
    expired: list[datetime] = []

    def respond(parameters: dict[str, str]) -> bytes:
        if parameters.get("resumptionToken") and not expired:
            expired.append(NOW)
            return RESPONDERS["oai-pmh"]({"verb": "ListRecords", "resumptionToken": "forgotten"})
        return RESPONDERS["oai-pmh"](parameters)

    outcome = harvest_http("oai-pmh", respond)
    assert outcome.problem is None
    assert len(outcome.records) == 200
