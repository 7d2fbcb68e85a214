"""Whatever a server of SRU or OAI-PMH does, a harvest ends in time and says what it has not got."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.sru import server as sru
from connectors.testing import HttpFault, Traffic, http_peer, unanswering
from connectors.testing import http_faults as http
from connectors.testing import oai_pmh_faults as lists
from connectors.testing import sru_faults as pages
from tests.catalogues import catalogue
from tests.faulty import SHORT, Attempt, attempt, judge
from tests.members import NOW, TOKEN_KEY

BOOKS = catalogue(150)
EVERYTHING = BOOKS.live()
REPOSITORY = Repository(BOOKS, "http://127.0.0.1/", TOKEN_KEY, page=40)

Respond = Callable[[dict[str, str]], bytes]


def sru_answer(parameters: dict[str, str]) -> bytes:
    return sru.answer(BOOKS, parameters)


def oai_answer(parameters: dict[str, str]) -> bytes:
    return oai_pmh.answer(REPOSITORY, parameters.items(), NOW)


RESPONDERS: dict[str, Respond] = {"sru": sru_answer, "oai-pmh": oai_answer}
OPTIONS: dict[str, dict[str, object]] = {"sru": {"chunk": 50}, "oai-pmh": {"identifier": "tail"}}


def harvest(protocol: str, *faults: HttpFault, respond: Respond | None = None, **options: object) -> Attempt:
    def peer(traffic: Traffic) -> AbstractAsyncContextManager[str]:
        return http_peer(respond or RESPONDERS[protocol], *faults, traffic=traffic)

    return attempt(protocol, peer, **OPTIONS[protocol], **options)


#: Faults of any HTTP server, and what must be said; None where the harvest is complete all the same.
FAULTS: dict[str, tuple[HttpFault, str | None]] = {
    "another type": (http.mislabelled, None),
    "another encoding, declared": (http.recoded("gb18030", "GB18030"), None),
    "two bytes a character": (http.recoded("utf-16", "UTF-16"), None),
    "packed": (http.packed, None),
    "one packed answer without end": (http.when(3, http.packed_without_end), None),
    "packed answers without end": (http.packed_without_end, "disconnected"),
    "one dropped connection": (http.when(3, http.drop), None),
    "one broken answer": (http.when(3, http.drop_in_the_middle), None),
    "a pause": (http.when(3, http.status(503, ("Retry-After", "1"))), None),
    "always busy": (http.status(503), "http_status"),
    "one error": (http.when(3, http.status(500)), "http_status"),
    "not found": (http.status(404), "http_status"),
    "drops every connection": (http.drop, "disconnected"),
    "broken answers": (http.drop_in_the_middle, "disconnected"),
    "half a document": (http.when(3, http.half_a_document), "malformed"),
    "another protocol": (http.nonsense, "disconnected"),
    "headers without end": (http.endless_headers, "disconnected"),
    "a body without end": (http.endless_body, "too_large"),
    "a body that unpacks without end": (http.bomb, "too_large"),
    "a body that is not packed": (http.badly_packed, "malformed"),
    "an unknown packing": (http.status(200, ("Content-Encoding", "br")), "malformed"),
    "a page for people": (http.for_people, "unexpected_answer"),
    "nothing": (http.empty, "malformed"),
    "entities of entities": (http.with_dtd(http.laughs()), "xml_forbidden"),
    "a file as an entity": (http.with_dtd(http.external("file:///etc/hostname")), "xml_forbidden"),
    "an empty DTD": (http.with_dtd(b""), "xml_forbidden"),
    "elements without bottom": (http.bottomless, "malformed"),
    "another encoding, undeclared": (http.misencoded, "malformed"),
    "a way elsewhere": (http.redirect("http://10.0.0.1/"), "redirect_refused"),
    "a way to a file": (http.redirect("file:///etc/hostname"), "redirect_refused"),
    "a way in a circle": (http.redirect("/"), "redirect_refused"),
}

#: Faults that nothing but a timeout ends: when it strikes once, and when it strikes always.
HANGING: dict[str, HttpFault] = {
    "a hang": http.hang,
    "a hang in the middle": http.hang_in_the_middle,
    "byte by byte": http.drip,
}


@pytest.mark.parametrize("protocol", RESPONDERS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_in_completeness_or_a_reason(name: str, protocol: str) -> None:
    fault, problem = FAULTS[name]
    judge(harvest(protocol, fault), problem, EVERYTHING)


@pytest.mark.parametrize("protocol", RESPONDERS)
@pytest.mark.parametrize("name", HANGING)
def test_what_comes_too_late_is_asked_for_again_and_given_up_at_last(name: str, protocol: str) -> None:
    judge(harvest(protocol, http.when(3, HANGING[name]), timeout=2 * SHORT), None, EVERYTHING)
    judge(harvest(protocol, HANGING[name], timeout=SHORT, attempts=1), "timed_out", EVERYTHING)


@asynccontextmanager
async def nobody(scheme: str) -> AsyncIterator[str]:
    with unanswering() as port:
        yield f"{scheme}://127.0.0.1:{port}/Books"


@pytest.mark.parametrize(("protocol", "scheme"), [("z3950", "tcp"), ("sru", "http"), ("oai-pmh", "http")])
def test_a_call_that_nobody_takes_is_given_up(protocol: str, scheme: str) -> None:
    made = attempt(protocol, lambda traffic: nobody(scheme), timeout=SHORT, attempts=1)
    judge(made, "timed_out or unreachable", EVERYTHING)


@pytest.mark.parametrize("protocol", RESPONDERS)
@pytest.mark.parametrize("lead", [http.redirect, lambda address: http.with_dtd(http.external(address))])
def test_nobody_else_is_ever_asked(lead: Callable[[str], HttpFault], protocol: str) -> None:
    async def visits() -> int:
        elsewhere = Traffic()
        async with http_peer(RESPONDERS[protocol], traffic=elsewhere) as other:
            # The harvest runs a loop of its own, in which the other peer would be asked.
            await asyncio.to_thread(harvest, protocol, lead(other))
        return elsewhere.connections

    assert asyncio.run(visits()) == 0


#: Faults of SRU servers.
SRU_FAULTS: dict[str, tuple[Respond, tuple[HttpFault, ...], str | None]] = {
    "one record at a time": (pages.at_most(sru_answer, 1), (), None),
    "no records": (pages.at_most(sru_answer, 0), (), "no_progress"),
    "always the first page": (
        pages.asking_instead(sru_answer, startRecord="1"),
        (),
        "records_repeat or slice_inexact",
    ),
    "nothing beyond a position": (pages.refusing_beyond(sru_answer, 90), (), "diagnostic"),
    "results cut in silence": (sru_answer, (pages.cut(100),), None),
    "a total too low": (sru_answer, (pages.lying_total(-40, lambda hits, _: hits == 150),), None),
    "a total too high": (sru_answer, (pages.lying_total(40, lambda hits, _: hits == 150),), "diagnostic"),
    "all counts too low": (sru_answer, (pages.lying_total(-1, lambda hits, _: True),), "slice_inexact"),
    "another count on later pages": (
        sru_answer,
        (pages.lying_total(-7, lambda _, given: given.get("startRecord", "1") != "1"),),
        "disconnected",
    ),
    "no total": (sru_answer, (pages.without_total,), "malformed"),
    "a diagnostic in a record's place": (sru_answer, (pages.surrogate("b000077"),), "records_refused"),
}


@pytest.mark.parametrize("name", SRU_FAULTS)
def test_what_an_sru_server_says_of_itself_is_not_believed(name: str) -> None:
    respond, faults, problem = SRU_FAULTS[name]
    judge(harvest("sru", *faults, respond=respond), problem, EVERYTHING)


def test_an_sru_server_with_a_window_is_harvested_in_slices() -> None:
    judge(harvest("sru", respond=pages.refusing_beyond(sru_answer, 40), max_set=40), None, EVERYTHING)


_FIRST = {"verb": "ListRecords", "metadataPrefix": "marcxml"}

#: Faults of OAI-PMH repositories.
OAI_FAULTS: dict[str, tuple[Respond, tuple[HttpFault, ...], str | None]] = {
    "a list in a circle": (lists.circular(oai_answer, _FIRST), (), "no_progress"),
    "a list forgotten once": (lists.forgetful(oai_answer, 2), (), None),
    "a list always forgotten": (lists.forgetful(oai_answer), (), "disconnected"),
    "a list that ends early": (oai_answer, (lists.without_token,), "list_shorter"),
    "no records match, suddenly": (oai_answer, (lists.nothing_matches,), "disconnected"),
    "the same, of unknown length": (oai_answer, (lists.nothing_matches, lists.without_size), "disconnected"),
    "empty pages for ever": (oai_answer, (lists.empty_pages,), "no_progress"),
    "pages without their records": (oai_answer, (lists.without_records,), "list_shorter"),
    "pages without records, of unknown length": (
        oai_answer,
        (lists.without_records, lists.without_size),
        "list_shorter",
    ),
    "a length too long": (oai_answer, (lists.lying_size(7),), "list_shorter"),
    "a length too short": (oai_answer, (lists.lying_size(-7),), None),
    "no length": (oai_answer, (lists.without_size,), None),
    "a record without metadata": (oai_answer, (lists.without_metadata("b000077"),), "records_refused"),
    "records without identifiers": (oai_answer, (lists.without_identifier,), "malformed"),
}


@pytest.mark.parametrize("name", OAI_FAULTS)
def test_what_a_repository_says_of_a_list_is_not_believed(name: str) -> None:
    respond, faults, problem = OAI_FAULTS[name]
    judge(harvest("oai-pmh", *faults, respond=respond), problem, EVERYTHING)


def test_a_list_that_ends_early_says_what_is_missing() -> None:
    outcome = harvest("oai-pmh", lists.without_token).outcome
    assert outcome.values == {"stated": 150, "received": 80}
