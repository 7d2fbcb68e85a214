from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.serving import ServedCatalogue
from connectors.serving_terms import marc_terms
from connectors.z3950 import apdu, control, oids
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    Credentials,
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
    SortKey,
    SortRequest,
    SortResponse,
)
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.composition import Composition
from connectors.z3950.opac import OpacHolding, decode_opac
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import Attribute, CqlQuery, RpnQuery, term
from tests.catalogues import FIRST_DAY, catalogue, served_record

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


@pytest.mark.parametrize(
    ("credentials", "admitted"),
    [
        (None, False),
        (Credentials(anonymous=True), False),
        (Credentials(open="hub/right"), False),
        (Credentials(group="g", user="hub", password="wrong"), False),
        (Credentials(user="hub", password="right"), True),
    ],
    ids=["nobody", "anonymous", "open", "wrong", "right"],
)
def test_whoever_is_not_known_is_told_so_and_left(credentials: Credentials | None, admitted: bool) -> None:
    def known(who: Credentials | None) -> bool:
        return who is not None and (who.user, who.password) == ("hub", "right")

    session = ServerSession(BOOKS, admits=known)
    answer, *rest = session.receive(InitRequest(credentials))
    assert isinstance(answer, InitResponse)
    assert answer.result is admitted
    assert [type(unit) for unit in rest] == ([] if admitted else [Close])
    assert isinstance(said(session, PresentRequest(1, 1)), PresentResponse if admitted else Close)


def test_holdings_are_served_in_opac_records() -> None:
    def holdings(identifier: str) -> tuple[OpacHolding, ...]:
        return (OpacHolding(call_number=f"call {identifier}"),)

    session = ServerSession(BOOKS, holdings=holdings)
    session.receive(InitRequest())
    search(session, "@attr 1=12 b000009")
    (slot,) = present(session, 1, 1, syntax=oids.OPAC).records
    assert isinstance(slot, RetrievedRecord)
    record = decode_opac(slot.content)
    assert [holding.call_number for holding in record.holdings] == ["call b000009"]
    assert record.bibliographic.startswith(b"00")


def sort(session: ServerSession, *keys: SortKey) -> SortResponse:
    answer = said(session, SortRequest(("default",), "sorted", keys))
    assert isinstance(answer, SortResponse)
    return answer


def first_fields(session: ServerSession, count: int) -> list[bytes]:
    slots = present(session, 1, count, result_set="sorted").records
    return [slot.content.split(b"\x1e")[1] for slot in slots if isinstance(slot, RetrievedRecord)]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([SortKey("", (Attribute(1, 12),), relation=1)], [b"b000039", b"b000038", b"b000037"]),
        ([SortKey("identifier")], [b"b000000", b"b000001", b"b000002"]),
        ([SortKey("author"), SortKey("date", relation=1)], [b"b000035", b"b000028", b"b000021"]),
    ],
    ids=["descending", "by name", "two keys"],
)
def test_result_sets_are_sorted(keys: list[SortKey], expected: list[bytes]) -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    assert sort(session, *keys) == SortResponse(0)
    assert first_fields(session, 3) == expected


@pytest.mark.parametrize(
    ("keys", "condition"),
    [
        ([SortKey("colour")], 207),
        ([SortKey("", (Attribute(1, 9999),))], 114),
        ([SortKey("title", relation=3)], 214),
        ([SortKey("title")] * 11, 211),
    ],
    ids=["field", "attribute", "relation", "many"],
)
def test_what_cannot_be_sorted_is_refused(keys: list[SortKey], condition: int) -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    answer = sort(session, *keys)
    assert (answer.status, [one.condition for one in answer.diagnostics]) == (2, [condition])


def test_an_unknown_set_cannot_be_sorted() -> None:
    assert sort(opened(), SortKey("title")).diagnostics[0].condition == 30


def test_the_hits_kept_for_one_client_are_limited() -> None:
    session = opened(ServerLimits(hits_kept=60))
    assert search(session, "@attr 1=4 book", result_set="one").search_status
    assert search(session, "@attr 1=4 book", result_set="two").diagnostics[0].condition == 31
    assert search(session, "@attr 1=4 number7", result_set="two").search_status
    assert search(session, "@attr 1=4 book", result_set="one").search_status


@pytest.mark.parametrize(
    ("cql", "outcome"),
    [("dc.title = number7", 1), ('dc.title any "number7 number8"', 2), ("local.x = y", 3), ("((", 108)],
)
def test_cql_is_understood(cql: str, outcome: int) -> None:
    answer = said(opened(), SearchRequest(("Books",), CqlQuery(cql)))
    assert isinstance(answer, SearchResponse)
    assert [one.condition for one in answer.diagnostics] == ([] if answer.search_status else [outcome])
    assert answer.result_count == (outcome if answer.search_status else 0)


def test_several_ranges_and_a_composition_are_followed() -> None:
    session = opened()
    search(session, "@attr 1=4 book")
    wanted = Composition(element_set="F", syntaxes=(oids.XML,))
    answer = present(session, 1, 1, ranges=((5, 2), (40, 1)), composition=wanted)
    assert [slot.content[:7] for slot in answer.records if isinstance(slot, RetrievedRecord)] == [
        b"<record"
    ] * 4
    assert present(session, 1, 1, ranges=((41, 1),)).diagnostics[0].condition == 13


def test_a_record_that_is_too_large_for_the_client_says_so_in_its_place() -> None:
    session = ServerSession(BOOKS)
    session.receive(InitRequest(preferred_message_size=100, exceptional_record_size=150))
    search(session, "@attr 1=4 book")
    assert present(session, 1, 1).records == (DiagnosticRecord(17, "200"),)


def test_only_utf8_is_agreed_on() -> None:
    for names, agreed in ((("big5", "utf-8"), ("utf-8",)), (("big5",), ())):
        answer = said(ServerSession(BOOKS), InitRequest(proposed=CharacterSets(names)))
        assert isinstance(answer, InitResponse)
        assert (answer.selected.names if answer.selected else ()) == agreed
        assert (apdu.NEGOTIATION in answer.options) is bool(agreed)


def test_control_units_are_borne() -> None:
    session = opened()
    assert session.receive(control.TriggerResourceControl()) == ()
    answer = said(session, control.ResourceReportRequest(reference_id=b"x"))
    assert answer == control.ResourceReportResponse(control.ReportStatus.FAILURE, b"x")
    assert isinstance(said(session, control.ResourceControlResponse()), Close)


def test_a_change_shows_in_the_next_search_and_not_in_what_was_found() -> None:
    books = catalogue(3)
    session = ServerSession(books)
    session.receive(InitRequest())
    assert search(session, "@attr 1=4 book").result_count == 3
    books.delete("b000001", FIRST_DAY)
    books.change(served_record(7, FIRST_DAY, "Another title"))
    assert len(present(session, 1, 3).records) == 3
    assert search(session, "@attr 1=4 book").result_count == 2
    assert search(session, '@attr 1=4 @attr 5=1 "another ti"').result_count == 1
    assert search(session, '@attr 1=4 "another ti"').result_count == 0


def test_a_thousand_terms_are_a_thousand_look_ups() -> None:
    books, described = catalogue(20), 0

    def described_once(raw: bytes) -> dict[str, tuple[str, ...]]:
        nonlocal described
        described += 1
        return marc_terms(raw)

    counted = ServedCatalogue("Books", books.changes(None, None), describe=described_once)
    session = ServerSession(counted)
    session.receive(InitRequest())
    many = "@or @attr 1=4 number1 " * 999 + "@attr 1=4 number2"
    assert search(session, many).result_count == 2
    assert described == 20
