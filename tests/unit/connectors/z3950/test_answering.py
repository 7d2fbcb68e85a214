from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.z3950 import oids
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    DiagnosticRecord,
    InitRequest,
    InitResponse,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
)
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import RpnQuery, term
from tests.catalogues import catalogue

BOOKS = catalogue(40)


def said(session: ServerSession, unit: Apdu) -> Apdu:
    """The only answer to a unit."""
    (answer,) = session.receive(unit)
    return answer


def opened(limits: ServerLimits | None = None) -> ServerSession:
    session = ServerSession(BOOKS, limits or ServerLimits())
    assert isinstance(said(session, InitRequest()), InitResponse)
    return session


def search(session: ServerSession, pqf: str, **changes: object) -> SearchResponse:
    request = SearchRequest(("Books",), parse(pqf))
    answer = said(session, replace(request, **changes))  # type: ignore[arg-type]  # fields by name
    assert isinstance(answer, SearchResponse)
    return answer


def present(session: ServerSession, start: int, count: int, **changes: object) -> PresentResponse:
    answer = said(session, replace(PresentRequest(start, count), **changes))  # type: ignore[arg-type]  # as above
    assert isinstance(answer, PresentResponse)
    return answer


@pytest.mark.parametrize(
    ("pqf", "hits"),
    [
        ("@attr 1=4 number7", 1),
        ("@attr 1=4 book", 40),
        ('@attr 1=4 "number7 book"', 1),
        ("@attr 1=4 @attr 5=1 number1", 11),
        ("@attr 1=1003 author3", 6),
        ("@attr 1=12 b000009", 1),
        ("@attr 1=1016 shelf", 40),
        ("@attr 2=103 anything", 40),
        ("@attr 1=1012 @attr 2=4 20240102", 15),
        ("@attr 1=1012 @attr 2=1 20240102", 25),
        ("@attr 1=31 @attr 2=3 1955", 1),
        ("@or @attr 1=4 number1 @attr 1=4 number2", 2),
        ("@and @attr 1=4 number1 @attr 1=4 number2", 0),
        ("@not @attr 1=4 book @attr 1=4 number2", 39),
    ],
)
def test_searches_find(pqf: str, hits: int) -> None:
    answer = search(opened(), pqf)
    assert (answer.search_status, answer.result_count) == (True, hits)


@pytest.mark.parametrize(
    ("pqf", "changes", "condition"),
    [
        ("@attr 1=9999 x", {}, 114),
        ("@attr 1=4 @attr 2=99 x", {}, 117),
        ("@attr 1=4 @attr 5=3 x", {}, 120),
        ("@attrset 1.2.3 x", {}, 121),
        ("@set never", {}, 30),
        ("x", {"databases": ("Elsewhere",)}, 109),
        ("x", {"databases": ("Books", "Default")}, 23),
    ],
)
def test_what_cannot_be_searched_is_refused_in_bib1_terms(
    pqf: str, changes: dict[str, object], condition: int
) -> None:
    answer = search(opened(), pqf, **changes)
    assert not answer.search_status
    assert [one.condition for one in answer.diagnostics] == [condition]


def test_result_sets_have_names_and_can_be_kept_used_and_deleted() -> None:
    session = opened(ServerLimits(result_sets=2))
    search(session, "@attr 1=4 book", result_set="one")
    assert search(session, "@and @set one @attr 1=4 number3", result_set="two").result_count == 1
    assert search(session, "x", result_set="three").diagnostics[0].condition == 31
    assert search(session, "x", result_set="one", replace=False).diagnostics[0].condition == 21
    answer = said(session, DeleteResultSetRequest(("one",)))
    assert answer == DeleteResultSetResponse(0, statuses=(("one", 0),))
    assert present(session, 1, 1, result_set="one").diagnostics[0].condition == 30
    assert said(session, DeleteResultSetRequest(("one",))) == DeleteResultSetResponse(
        1, statuses=(("one", 1),)
    )
    assert said(session, DeleteResultSetRequest()) == DeleteResultSetResponse(0)


@pytest.mark.parametrize(("start", "count"), [(0, 1), (41, 1), (40, 2), (1, -1)])
def test_presents_out_of_range_bring_nothing(start: int, count: int) -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    answer = present(session, start, count)
    assert (answer.records, answer.diagnostics[0].condition) == ((), 13)


@pytest.mark.parametrize(
    ("syntax", "begins"),
    [(oids.USMARC, b"00"), (oids.UNIMARC, b"00"), (oids.XML, b"<record"), (oids.SUTRS, b"b000000\n")],
)
def test_records_come_in_the_syntax_asked_for(syntax: str, begins: bytes) -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    (slot,) = present(session, 1, 1, syntax=syntax).records
    assert isinstance(slot, RetrievedRecord)
    assert slot.syntax == syntax
    assert slot.content.startswith(begins)


@pytest.mark.parametrize(
    ("changes", "condition"), [({"syntax": oids.OPAC}, 239), ({"element_set": "galaxy"}, 25)]
)
def test_a_record_that_cannot_be_given_so_has_a_diagnostic_in_its_place(
    changes: dict[str, object], condition: int
) -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    answer = present(session, 1, 2, **changes)
    assert [type(slot) for slot in answer.records] == [DiagnosticRecord] * 2
    assert isinstance(answer.records[0], DiagnosticRecord)
    assert answer.records[0].condition == condition


def test_a_message_that_would_be_too_large_is_cut_and_says_so() -> None:
    session = opened(ServerLimits(message_size=500))
    search(session, "@attr 1=4 book")
    answer = present(session, 1, 10)
    assert 1 <= len(answer.records) < 10
    assert (answer.present_status, answer.next_position) == (2, len(answer.records) + 1)


def test_a_cut_result_is_called_a_subset() -> None:
    answer = search(opened(ServerLimits(max_hits=7)), "@attr 1=4 book")
    assert (answer.result_count, answer.result_set_status) == (7, 1)


@pytest.mark.parametrize(
    ("small", "large", "medium", "brought"), [(0, 1, 5, 0), (0, 50, 5, 5), (40, 50, 5, 40)]
)
def test_a_search_brings_records_along_as_it_was_asked(
    small: int, large: int, medium: int, brought: int
) -> None:
    answer = search(
        opened(),
        "@attr 1=4 book",
        small_set_upper_bound=small,
        large_set_lower_bound=large,
        medium_set_present_number=medium,
    )
    assert len(answer.records) == answer.number_returned == brought


def test_scan_lists_terms_around_a_place() -> None:
    answer = said(opened(), ScanRequest(("Books",), term("b000003", (1, 12)), 4, 2))
    assert isinstance(answer, ScanResponse)
    assert [entry.term for entry in answer.entries] == [b"b000002", b"b000003", b"b000004", b"b000005"]
    assert (answer.position, answer.entries[0].occurrences) == (2, 1)


def test_a_scan_of_an_unknown_index_is_refused() -> None:
    answer = said(opened(), ScanRequest(("Books",), term("x", (1, 9999))))
    assert isinstance(answer, ScanResponse)
    assert (answer.status, answer.diagnostics[0].condition) == (6, 114)


@pytest.mark.parametrize(
    "unit",
    [SearchRequest(("Books",), RpnQuery((term("x"),))), PresentRequest(1, 1)],
    ids=["search", "present"],
)
def test_an_association_begins_with_init(unit: Apdu) -> None:
    answer = said(ServerSession(BOOKS), unit)
    assert isinstance(answer, Close)
    assert answer.reason == CloseReason.PROTOCOL_ERROR


def test_init_comes_once_and_close_is_answered() -> None:
    session = opened()
    assert isinstance(said(session, InitRequest()), Close)
    assert said(session, Close(reference_id=b"x")) == Close(CloseReason.FINISHED, reference_id=b"x")


def test_answers_carry_the_reference_of_their_requests() -> None:
    session = opened()
    assert search(session, "x", reference_id=b"7").reference_id == b"7"
    assert present(session, 1, 0, reference_id=b"8").reference_id == b"8"
