"""Any faults together, at any moments: a harvest that calls itself complete has every record."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.sru import server as sru
from connectors.testing import Fault, HttpFault, Traffic, at, every, http_peer, z3950_peer
from connectors.testing import http_faults as http
from connectors.testing import oai_pmh_faults as lists
from connectors.testing import sru_faults as pages
from connectors.testing import z3950_faults as z3950
from tests.catalogues import catalogue
from tests.faulty import attempt
from tests.members import NOW, TOKEN_KEY

# Totals below a hundred are believed as they are stated (``harvesting.totals.Doubts``): lies stay above that.
BOOKS = catalogue(140, per_day=15)
REPOSITORY = Repository(BOOKS, "http://127.0.0.1/", TOKEN_KEY, page=20)
moments = st.integers(1, 30)
numbers = st.integers(-35, 35)
cuts = st.integers(100, 140)

Z3950_FAULTS: st.SearchStrategy[Fault] = st.one_of(
    st.sampled_from(
        [z3950.drop, z3950.drop_in_the_middle, z3950.take_leave, z3950.nonsense, z3950.wrong_kind]
    ),
    st.sampled_from([z3950.indefinite, z3950.other_reference, z3950.segmented, z3950.stuck, z3950.generous]),
    st.builds(z3950.short_presents, st.integers(0, 12)),
    st.builds(z3950.lying_count, numbers),
    st.builds(z3950.lying_total, st.just(140), numbers, moments),
    st.builds(z3950.capped, cuts),
    st.builds(z3950.cut, cuts, told=st.booleans()),
    st.builds(z3950.refusing, st.sampled_from(sorted(BOOKS.live()))),
)
SOMETIMES = st.one_of(
    Z3950_FAULTS, st.builds(at, moments, Z3950_FAULTS), st.builds(every, st.integers(2, 9), Z3950_FAULTS)
)
HTTP_FAULTS: st.SearchStrategy[HttpFault] = st.one_of(
    st.sampled_from(
        [http.drop, http.drop_in_the_middle, http.packed, http.packed_without_end, http.nonsense]
    ),
    st.sampled_from([http.status(503), http.status(500), http.half_a_document, http.empty, http.mislabelled]),
)
SRU_FAULTS = st.one_of(
    st.builds(http.when, moments, HTTP_FAULTS),
    st.builds(pages.lying_total, numbers, st.sampled_from([lambda hits, _: hits == 140, lambda *_: True])),
    st.builds(pages.cut, cuts),
    st.builds(pages.surrogate, st.sampled_from(sorted(BOOKS.live()))),
)
OAI_FAULTS = st.one_of(
    st.builds(http.when, moments, HTTP_FAULTS),
    st.builds(
        http.when,
        moments,
        st.sampled_from(
            [lists.nothing_matches, lists.without_records, lists.empty_pages, lists.without_size]
        ),
    ),
    st.builds(lists.lying_size, numbers),
    st.just(lists.without_size),
)


def hold(protocol: str, peer: object, **options: object) -> None:
    """Harvest from the peer; complete means every record, each of them once."""
    outcome = attempt(protocol, peer, attempts=3, timeout=1, **options).outcome  # type: ignore[arg-type]  # by protocol
    # Who says that there is nothing is believed: all that was held is then missing, which a limit guards.
    if outcome.problem is None and outcome.totals["before"] != 0:
        assert sorted(str(record.identifier) for record in outcome.records) == sorted(BOOKS.live())


def z3950_holds(faults: list[Fault], max_set: int, pipeline: int) -> None:
    def peer(traffic: Traffic) -> AbstractAsyncContextManager[str]:
        return z3950_peer(BOOKS, *faults, traffic=traffic)

    hold("z3950", peer, chunk=20, max_set=max_set, pipeline=pipeline)


def sru_holds(faults: list[HttpFault], max_set: int) -> None:
    def peer(traffic: Traffic) -> AbstractAsyncContextManager[str]:
        return http_peer(lambda given: sru.answer(BOOKS, given), *faults, traffic=traffic)

    hold("sru", peer, chunk=20, max_set=max_set)


def oai_holds(faults: list[HttpFault]) -> None:
    def peer(traffic: Traffic) -> AbstractAsyncContextManager[str]:
        return http_peer(
            lambda given: oai_pmh.answer(REPOSITORY, given.items(), NOW), *faults, traffic=traffic
        )

    hold("oai-pmh", peer, identifier="tail")


PINNED = settings(max_examples=12, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=400, suppress_health_check=list(HealthCheck))
sets = st.sampled_from([40, 1_000])
some_z3950 = st.lists(SOMETIMES, min_size=1, max_size=3)
some_sru = st.lists(SRU_FAULTS, min_size=1, max_size=3)
some_oai = st.lists(OAI_FAULTS, min_size=1, max_size=3)


@PINNED
@given(some_z3950, sets, st.integers(1, 3))
def test_a_z3950_harvest_called_complete_is(faults: list[Fault], max_set: int, pipeline: int) -> None:
    z3950_holds(faults, max_set, pipeline)


@PINNED
@given(some_sru, sets)
def test_an_sru_harvest_called_complete_is(faults: list[HttpFault], max_set: int) -> None:
    sru_holds(faults, max_set)


@PINNED
@given(some_oai)
def test_an_oai_pmh_harvest_called_complete_is(faults: list[HttpFault]) -> None:
    oai_holds(faults)


@pytest.mark.soak
@LONG
@given(some_z3950, sets, st.integers(1, 3))
def test_any_z3950_harvest_called_complete_is(faults: list[Fault], max_set: int, pipeline: int) -> None:
    z3950_holds(faults, max_set, pipeline)


@pytest.mark.soak
@LONG
@given(some_sru, sets)
def test_any_sru_harvest_called_complete_is(faults: list[HttpFault], max_set: int) -> None:
    sru_holds(faults, max_set)


@pytest.mark.soak
@LONG
@given(some_oai)
def test_any_oai_pmh_harvest_called_complete_is(faults: list[HttpFault]) -> None:
    oai_holds(faults)
