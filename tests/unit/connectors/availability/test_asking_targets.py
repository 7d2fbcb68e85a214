"""Asking real sockets: Z39.50 and SRU targets that answer, refuse, break off and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.availability.opening import can_be_asked, open_availability
from connectors.availability.values import LiveItem, LocalIdentifiers
from connectors.errors import ConnectorError, Diagnostic, Disconnected, Misconfigured, ProtocolViolation
from connectors.marc.marcxml import to_marcxml
from connectors.marc.writing import to_iso2709
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.sru import server as sru
from connectors.testing import Exchange, Fault, at, drop, hang, nonsense, take_leave, z3950_peer
from connectors.z3950 import oids
from connectors.z3950.apdu import (
    DiagnosticRecord,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    SearchRequest,
    SearchResponse,
)
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, encode_opac
from tests.short_records import record

ISBN = "9787020002207"
KOHA = "$aK$bK$o580 G73$pB{0}$70"


def made(number: str, isbn: str, barcode: str) -> ServedRecord:
    fields = {"001": number, "020": f"$a{isbn}", "245": "$aRed", "952": KOHA.format(barcode)}
    value = record("marc21", fields)
    return ServedRecord(number, to_iso2709(value), to_marcxml(value), datetime(2026, 1, 1, tzinfo=UTC))


CATALOGUE = ServedCatalogue(
    "books", [made("n1", "7-02-000220-X", "00011"), made("n2", "9787111111115", "00022")]
)
IN = LiveItem("B00011", "K", "", "580 G73", "", "available")


def opac(exchange: Exchange) -> Exchange:
    """Answer as a target whose copies stand in OPAC records: the first record's copy is on loan."""
    request = exchange.request
    if not isinstance(request, PresentRequest) or request.syntax != oids.OPAC:
        return exchange
    held = OpacHolding("Main", circulation=(Circulation(False, "2027-01-02", item_id="B00011"),))
    content = encode_opac(OpacRecord(CATALOGUE.record("n1").raw, oids.USMARC, (held,)))
    return replace(exchange, answer=PresentResponse((RetrievedRecord(oids.OPAC, content),)))


def no_opac(exchange: Exchange) -> Exchange:
    """Refuse OPAC records, as most targets do."""
    request = exchange.request
    if isinstance(request, PresentRequest) and request.syntax == oids.OPAC:
        return replace(exchange, answer=PresentResponse((), 5, diagnostics=(DiagnosticRecord(239),)))
    return exchange


def no_opac_surrogates(exchange: Exchange) -> Exchange:
    """Refuse OPAC records one by one, in a Present that succeeds."""
    request = exchange.request
    if isinstance(request, PresentRequest) and request.syntax == oids.OPAC:
        return replace(exchange, answer=PresentResponse((DiagnosticRecord(238),)))
    return exchange


def without_numbers(exchange: Exchange) -> Exchange:
    """Know no index of record numbers."""
    request = exchange.request
    if isinstance(request, SearchRequest) and request.query.tokens[0].attribute(1) == 12:
        refused = SearchResponse(0, search_status=False, diagnostics=(DiagnosticRecord(114, "12"),))
        return replace(exchange, answer=refused)
    return exchange


def failing_search(exchange: Exchange) -> Exchange:
    """Refuse every search for a reason of its own."""
    if not isinstance(exchange.request, SearchRequest):
        return exchange
    refused = SearchResponse(0, search_status=False, diagnostics=(DiagnosticRecord(2),))
    return replace(exchange, answer=refused)


def ask_z3950(
    identifiers: LocalIdentifiers, *faults: Fault, times: int = 1, **options: object
) -> list[tuple[LiveItem, ...]]:
    async def ask() -> list[tuple[LiveItem, ...]]:
        async with z3950_peer(CATALOGUE, *faults) as address:
            source = open_availability("z3950", address, options)
            try:
                return [await source.ask(identifiers) for _ in range(times)]
            finally:
                await source.close()

    return asyncio.run(ask())


def test_the_opac_record_tells_what_stands_on_the_shelf() -> None:
    (items,) = ask_z3950(LocalIdentifiers("n1"), opac)
    assert [(item.barcode, item.location, item.status, str(item.due)) for item in items] == [
        ("B00011", "Main", "on_loan", "2027-01-02")
    ]


@pytest.mark.parametrize("fault", [no_opac, no_opac_surrogates])
def test_a_target_without_opac_records_is_asked_for_its_own(fault: Fault) -> None:
    assert ask_z3950(LocalIdentifiers("n1"), fault, times=2) == [(IN,), (IN,)]


def test_without_an_index_of_numbers_the_isbn_finds_the_record() -> None:
    assert ask_z3950(LocalIdentifiers("n1", (ISBN,)), no_opac, without_numbers) == [(IN,)]


def test_an_operator_names_the_index_and_the_way() -> None:
    assert ask_z3950(
        LocalIdentifiers("n1", (ISBN,)),
        availability="marc",
        availability_record="1016",
        availability_isbn="7",
    ) == [(IN,)]


def test_a_record_that_is_not_there_is_told_apart_from_one_without_copies() -> None:
    with pytest.raises(ConnectorError) as caught:
        ask_z3950(LocalIdentifiers("n9"), no_opac)
    assert caught.value.code == "record_not_found"


@pytest.mark.parametrize(("number", "index"), [("9787111111115", "7"), ("Red", "4")])
def test_a_record_with_another_number_is_not_taken_for_it(number: str, index: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        ask_z3950(LocalIdentifiers(number), no_opac, availability_record=index)
    assert caught.value.code == "record_not_found"


@pytest.mark.parametrize(
    ("fault", "error"), [(failing_search, Diagnostic), (nonsense, ProtocolViolation), (drop, Disconnected)]
)
def test_what_goes_wrong_is_said(fault: Fault, error: type[ConnectorError]) -> None:
    with pytest.raises(error):
        ask_z3950(LocalIdentifiers("n1", (ISBN,)), fault)


# Each conversation is Init, Search, Present for OPAC (refused), Present; the fourth answer ends the first.
@pytest.mark.parametrize("fault", [drop, take_leave])
def test_an_association_that_ended_meanwhile_is_opened_again(fault: Fault) -> None:
    assert ask_z3950(LocalIdentifiers("n1"), no_opac, at(5, fault), times=2) == [(IN,), (IN,)]


def test_a_question_that_was_given_up_leaves_no_answer_for_the_next() -> None:
    async def ask() -> tuple[LiveItem, ...]:
        reached = asyncio.Event()

        def stuck(exchange: Exchange) -> Exchange:
            reached.set()
            return hang(exchange)

        async with z3950_peer(CATALOGUE, no_opac, at(2, stuck)) as address:
            source = open_availability("z3950", address, {})
            given_up = asyncio.create_task(source.ask(LocalIdentifiers("n2")))
            await reached.wait()
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            try:
                return await source.ask(LocalIdentifiers("n1"))
            finally:
                await source.close()

    assert asyncio.run(ask()) == (IN,)


def ask_sru(
    identifiers: LocalIdentifiers,
    respond: Callable[[dict[str, str]], bytes] = lambda parameters: sru.answer(CATALOGUE, parameters),
    **options: object,
) -> tuple[LiveItem, ...]:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(body=respond(dict(request.query)), content_type="text/xml")

    async def ask() -> tuple[LiveItem, ...]:
        app = web.Application()
        app.router.add_get("/", handle)
        async with TestServer(app) as server:
            source = open_availability("sru", str(server.make_url("/")), options)
            try:
                return await source.ask(identifiers)
            finally:
                await source.close()

    return asyncio.run(ask())


def test_sru_tells_copies_in_marcxml() -> None:
    assert ask_sru(LocalIdentifiers("n1")) == (IN,)
    assert ask_sru(LocalIdentifiers("", (ISBN,))) == (IN,)


def test_sru_falls_back_to_the_isbn_where_the_index_is_unknown() -> None:
    assert ask_sru(LocalIdentifiers("n1", (ISBN,)), availability_record="local.number") == (IN,)


def test_sru_says_which_schema_is_unknown() -> None:
    with pytest.raises(Diagnostic) as caught:
        ask_sru(LocalIdentifiers("n1"), availability="isohold")
    assert caught.value.number == 66


def test_sru_with_a_surrogate_in_the_records_place_is_a_refusal() -> None:
    refused = (
        b"<searchRetrieveResponse xmlns='http://www.loc.gov/zing/srw/'><numberOfRecords>1</numberOfRecords>"
        b"<records><record><recordSchema>info:srw/schema/1/diagnostics-v1.1</recordSchema><recordData>"
        b"<diagnostic xmlns='http://www.loc.gov/zing/srw/diagnostic/'><uri>info:srw/diagnostic/1/67</uri>"
        b"<details>isohold</details></diagnostic></recordData></record></records></searchRetrieveResponse>"
    )
    with pytest.raises(Diagnostic) as caught:
        ask_sru(LocalIdentifiers("n1"), lambda parameters: refused)
    assert caught.value.number == 67


def test_signs_of_cql_in_a_number_find_nothing_else() -> None:
    with pytest.raises(ConnectorError) as caught:
        ask_sru(LocalIdentifiers('n1" or cql.allRecords = "1'))
    assert caught.value.code == "record_not_found"


def test_only_some_protocols_can_be_asked_and_an_operator_may_say_no() -> None:
    assert can_be_asked("sru", {})
    assert not can_be_asked("file", {})
    assert not can_be_asked("z3950", {"availability": "no"})
    with pytest.raises(Misconfigured):
        open_availability("sru", "http://127.0.0.1/", {"availability": "opac"})
