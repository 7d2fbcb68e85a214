from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from connectors import markup
from connectors.errors import ProtocolViolation
from connectors.marc.reading import Rejected, read
from connectors.sru.responses import SruDiagnostic, SruRecord, read_explanation, read_page
from connectors.sru.server import answer
from connectors.sru.versions import MARCXML, VERSIONS
from tests.catalogues import FIRST_DAY, catalogue, served_record

BOOKS = catalogue(60)
SEARCH = {"version": "1.2", "operation": "searchRetrieve"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("packing", ["xml", "string"])
def test_pages_are_read_as_they_were_written(version: str, packing: str) -> None:
    parameters = {"version": version, "query": "cql.allRecords=1", "startRecord": "11", "maximumRecords": "5"}
    if VERSIONS[version].has_operation:
        parameters["operation"] = "searchRetrieve"
    parameters[VERSIONS[version].packing] = packing
    page = read_page(answer(BOOKS, parameters), "here")
    assert (page.total, page.exact, len(page.slots), page.diagnostics) == (60, True, 5, ())
    for position, slot in enumerate(page.slots, 11):
        assert isinstance(slot, SruRecord)
        assert (slot.schema, slot.position) == (MARCXML, position)
        record = read(slot.content)
        assert not isinstance(record, Rejected)
        assert record.record.identifier == f"b{position - 1:06d}"


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("dc.title = number7", 1),
        ("dc.title = number1*", 11),
        ('dc.title any "number1 number2"', 2),
        ('dc.title all "number1 number2"', 0),
        ("dc.title <> number1", 59),
        ("number7 or number8", 2),
        ("book not number7", 59),
        ("rec.lastModificationDate >= 2024-01-02", 35),
        ("rec.lastModificationDate < 20240102", 25),
        ("rec.identifier = B000001", 1),
        ("cql.anywhere = *", 60),
        ("dc.date >= 2000", 10),
    ],
)
def test_searches_find(query: str, hits: int) -> None:
    assert read_page(answer(BOOKS, {**SEARCH, "query": query}), "here").total == hits


@pytest.mark.parametrize(
    ("parameters", "number"),
    [
        ({}, 7),
        ({"query": "(a"}, 10),
        ({"query": "my.index = a"}, 16),
        ({"query": "dc.title within a"}, 19),
        ({"query": "a prox b"}, 37),
        ({"query": "book", "startRecord": "61"}, 61),
        ({"query": "book", "startRecord": "0"}, 6),
        ({"query": "book", "maximumRecords": "-1"}, 6),
        ({"query": "book", "maximumRecords": "many"}, 6),
        ({"query": "book", "recordSchema": "mods"}, 66),
        ({"query": "book", "recordPacking": "zip"}, 71),
    ],
)
def test_what_is_wrong_is_said_by_number(parameters: dict[str, str], number: int) -> None:
    page = read_page(answer(BOOKS, {**SEARCH, **parameters}), "here")
    assert page.slots == ()
    assert [one.number for one in page.diagnostics] == [number]


@pytest.mark.parametrize(("parameters", "number"), [({"operation": "dance"}, "4"), ({"version": "9.9"}, "5")])
def test_an_unknown_operation_or_version_is_answered_by_explain(
    parameters: dict[str, str], number: str
) -> None:
    document = answer(BOOKS, parameters)
    assert f"info:srw/diagnostic/1/{number}<".encode() in document
    assert read_explanation(document, "here").title == "Books"


def test_explain_lists_what_can_be_searched() -> None:
    explanation = read_explanation(answer(BOOKS, {}), "here")
    assert {"dc.title", "rec.lastModificationDate", "cql.allRecords"} <= set(explanation.indexes)
    assert (explanation.schemas, explanation.version) == (("marcxml",), "2.0")


def test_scan_lists_terms() -> None:
    document = answer(BOOKS, {"scanClause": "rec.identifier = b000003", "maximumTerms": "2"})
    root = markup.parse(document, "here")
    assert [markup.text(term, "value") for term in root.iter("{*}term")] == ["b000003", "b000004"]


@pytest.mark.parametrize("clause", ["a and b", "my.index = a", "("])
def test_a_scan_that_cannot_be_is_refused(clause: str) -> None:
    assert b"diagnostic" in answer(BOOKS, {"scanClause": clause})


def test_a_record_that_is_not_there_in_the_schema_has_a_diagnostic_in_its_place() -> None:
    mixed = catalogue(2)
    mixed.change(replace(served_record(1, FIRST_DAY), marcxml=None))
    page = read_page(answer(mixed, {**SEARCH, "query": "book"}), "here")
    assert [type(slot) for slot in page.slots] == [SruRecord, SruDiagnostic]
    assert isinstance(page.slots[1], SruDiagnostic)
    assert page.slots[1].number == 67


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "malformed"),
        (b"<html/>", "unexpected_answer"),
        (b"<searchRetrieveResponse/>", "malformed"),
        (
            b"<searchRetrieveResponse><numberOfRecords>-3</numberOfRecords></searchRetrieveResponse>",
            "malformed",
        ),
        (
            b"<searchRetrieveResponse><numberOfRecords>1</numberOfRecords>"
            b"<records><record/></records></searchRetrieveResponse>",
            "malformed",
        ),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><searchRetrieveResponse/>", "xml_forbidden"),
        (b"<?xml version='1.0'?><!-- x --><!DOCTYPE a><searchRetrieveResponse/>", "xml_forbidden"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><searchRetrieveResponse/>".encode("utf-16"), "xml_forbidden"),
        (
            b"<searchRetrieveResponse>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</searchRetrieveResponse>",
            "malformed",
        ),
    ],
)
def test_what_is_no_response_is_refused(document: bytes, code: str) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        read_page(document, "here")
    assert caught.value.code == code


def test_answers_are_well_formed_whatever_is_asked() -> None:
    for text in ("\x00", "<&>", "\ud800", "]]>", "红"):
        etree.fromstring(answer(BOOKS, {**SEARCH, "query": f'"{text}" sortby {text}'}))
        etree.fromstring(answer(BOOKS, {**SEARCH, "operation": text, "version": text}))
