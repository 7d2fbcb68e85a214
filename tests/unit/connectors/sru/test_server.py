from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from connectors import markup
from connectors.availability.opac_xml import read_opac_xml
from connectors.errors import ProtocolViolation
from connectors.marc.reading import Rejected, read
from connectors.sru.diagnostics import Number
from connectors.sru.responses import SruDiagnostic, SruRecord, read_explanation, read_page
from connectors.sru.server import answer
from connectors.sru.versions import MARCXML, VERSIONS
from connectors.z3950.opac import Circulation, OpacHolding
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
        ('dc.date within "2000 2004"', 5),
        ("title = number7", 1),
        ('> t = "info:srw/cql-context-set/1/dc-v1.1" t.title = number7', 1),
        ('> "info:srw/cql-context-set/2/rec-1.1" id = b000001', 1),
        ("dc.title cql.all number7", 1),
        ("dc.title =/word/ignoreCase NUMBER7", 1),
        ("dc.title =/unmasked number7*", 1),
        ("dc.title = *", 60),
    ],
)
def test_searches_find(query: str, hits: int) -> None:
    assert read_page(answer(BOOKS, {**SEARCH, "query": query}), "here").total == hits


@pytest.mark.parametrize(
    ("parameters", "number"),
    [
        ({}, 7),
        ({"query": "(a"}, 10),
        ({"query": "dc.index = a"}, 16),
        ({"query": "dc.title encloses a"}, 19),
        ({"query": "a prox b"}, 39),
        ({"query": "my.index = a"}, 15),
        ({"query": '> dc = "info:other" dc.title = a'}, 15),
        ({"query": "dc.title within a"}, 22),
        ({"query": "dc.date within 2000"}, 36),
        ({"query": "dc.title =/stem a"}, 20),
        ({"query": 'dc.title = ""'}, 27),
        ({"query": "dc.title = ^a"}, 31),
        ({"query": "dc.title = c*t"}, 49),
        ({"query": "a and/rel.combine=sum b"}, 46),
        ({"query": "cql.resultSetId = 7"}, 50),
        ({"query": "a or " * 5000 + "a"}, 38),
        ({"query": "book sortby dc.title/sort.respectCase"}, 91),
        ({"query": "book sortby dc.title/sort.missingFail"}, 92),
        ({"query": "book sortby dc.title/backwards"}, 82),
        ({"query": "book sortby cql.anywhere"}, 88),
        ({"query": "book sortby dc.nothing"}, 16),
        ({"query": "book", "sortKeys": "title,dc,up"}, 90),
        ({"query": "book", "sortKeys": "title,dc,1,1"}, 91),
        ({"query": "book", "sortKeys": "title,dc,1,0,abort"}, 92),
        ({"query": "book", "sortKeys": "/record/title"}, 88),
        ({"query": "book", "sortKeys": "title " * 9}, 84),
        ({"query": "book", "facetLimit": "10:dc.title"}, 8),
        ({"query": "book", "recordXPath": "//a"}, 72),
        ({"query": "book", "queryType": "searchTerms"}, 6),
        ({"query": "book", "resultSetTTL": "long"}, 6),
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


def test_an_unknown_operation_is_answered_by_explain() -> None:
    document = answer(BOOKS, {"operation": "dance"})
    assert b"info:srw/diagnostic/1/4<" in document
    assert read_explanation(document, "here").title == "Books"


@pytest.mark.parametrize(
    ("asked", "answered", "refused"),
    [
        ("1.1", "1.1", False),
        ("1.2", "1.2", False),
        ("1.9", "1.2", False),
        ("2.0", "2.0", False),
        ("2.1", "2.0", False),
        ("1.0", "2.0", True),
        ("9.9", "2.0", True),
        ("new", "2.0", True),
        ("", "2.0", False),
    ],
)
def test_the_newest_version_not_above_the_one_asked_for_answers(
    asked: str, answered: str, refused: bool
) -> None:
    document = answer(BOOKS, {"version": asked, "query": "book"})
    assert markup.parse(document, "here").tag == f"{{{VERSIONS[answered].response}}}searchRetrieveResponse"
    refusals = read_page(document, "here").diagnostics
    assert [one.number for one in refusals] == ([5] if refused else [])


@pytest.mark.parametrize("version", VERSIONS)
def test_diagnostics_are_in_the_namespace_of_their_version(version: str) -> None:
    mixed = catalogue(1)
    mixed.change(replace(served_record(0, FIRST_DAY), marcxml=None))
    for query in ("book", "(("):
        root = markup.parse(answer(mixed, {"version": version, "query": query}), "here")
        (diagnostic,) = root.iter("{*}diagnostic")
        assert diagnostic.tag == f"{{{VERSIONS[version].diagnostic}}}diagnostic"
        assert [markup.local_name(child) for child in diagnostic] == ["uri", "details", "message"]


#: The order of elements in the schemas of each version.
RECORD_ELEMENTS = {
    "1.1": ["recordSchema", "recordPacking", "recordData", "recordPosition"],
    "1.2": ["recordSchema", "recordPacking", "recordData", "recordIdentifier", "recordPosition"],
    "2.0": ["recordSchema", "recordXMLEscaping", "recordData", "recordIdentifier", "recordPosition"],
}
RESPONSE_ELEMENTS = ["numberOfRecords", "records", "nextRecordPosition", "echoedSearchRetrieveRequest"]


@pytest.mark.parametrize("version", VERSIONS)
def test_elements_stand_in_the_order_of_the_schemas(version: str) -> None:
    root = markup.parse(answer(BOOKS, {"version": version, "query": "book", "maximumRecords": "1"}), "here")
    (record,) = root.iter(f"{{{VERSIONS[version].response}}}record")
    assert [markup.local_name(child) for child in record] == RECORD_ELEMENTS[version]
    names = [markup.local_name(child) for child in root]
    expected = (
        ["version", *RESPONSE_ELEMENTS] if version != "2.0" else [*RESPONSE_ELEMENTS, "resultCountPrecision"]
    )
    assert names == expected


def test_extensions_are_passed_over() -> None:
    page = read_page(answer(BOOKS, {**SEARCH, "query": "book", "x-info-5-lang": "zh"}), "here")
    assert (page.total, page.diagnostics) == (60, ())


def identifiers(parameters: dict[str, str]) -> list[str]:
    root = markup.parse(answer(BOOKS, {**SEARCH, "maximumRecords": "3", **parameters}), "here")
    return [markup.text(element) for element in root.iter("{*}recordIdentifier")]


@pytest.mark.parametrize(
    ("parameters", "first"),
    [
        ({"query": "book"}, ["b000000", "b000001", "b000002"]),
        ({"query": "book sortby rec.id/sort.descending"}, ["b000059", "b000058", "b000057"]),
        ({"query": "book sortby dc.creator/descending dc.date"}, ["b000006", "b000013", "b000020"]),
        ({"query": "book", "sortKeys": "id,rec,0"}, ["b000059", "b000058", "b000057"]),
        (
            {"query": "book", "sortKeys": "creator,dc,0 date,dc,1,0,highValue"},
            ["b000006", "b000013", "b000020"],
        ),
        ({"query": "book", "sortKeys": "dc.date,,0"}, ["b000059", "b000058", "b000057"]),
    ],
)
def test_results_are_sorted(parameters: dict[str, str], first: list[str]) -> None:
    assert identifiers(parameters) == first


def test_the_query_s_own_order_prevails_and_that_is_said() -> None:
    parameters = {"query": "book sortby rec.id", "sortKeys": "id,rec,0"}
    page = read_page(answer(BOOKS, {**SEARCH, **parameters}), "here")
    assert (page.total, [one.number for one in page.diagnostics]) == (60, [94])
    assert identifiers(parameters)[0] == "b000000"


@pytest.mark.parametrize("schema", ["dc", "info:srw/schema/1/dc-v1.1"])
def test_records_can_be_had_in_dublin_core(schema: str) -> None:
    page = read_page(answer(BOOKS, {**SEARCH, "query": "number7", "recordSchema": schema}), "here")
    (slot,) = page.slots
    assert isinstance(slot, SruRecord)
    assert slot.schema == "info:srw/schema/1/dc-v1.1"
    assert b"<dc:title>Book number7 of the shelf</dc:title>" in slot.content


def test_explain_says_where_it_is() -> None:
    root = markup.parse(answer(BOOKS, {}, "https://hub.example:8443/sru/books"), "here")
    (server,) = root.iter("{*}serverInfo")
    assert [markup.text(server, name) for name in ("host", "port", "database")] == [
        "hub.example",
        "8443",
        "sru/books",
    ]
    assert server.get("transport") == "https"


def test_explain_lists_what_can_be_searched() -> None:
    explanation = read_explanation(answer(BOOKS, {}), "here")
    assert {"dc.title", "rec.lastModificationDate", "cql.allRecords"} <= set(explanation.indexes)
    assert (explanation.schemas, explanation.version) == (("marcxml", "dc"), "2.0")


@pytest.mark.parametrize(
    ("parameters", "terms"),
    [
        ({}, ["b000003", "b000004"]),
        ({"responsePosition": "0"}, ["b000004", "b000005"]),
        ({"responsePosition": "2"}, ["b000002", "b000003"]),
        ({"responsePosition": "3"}, ["b000001", "b000002"]),
        ({"scanClause": "rec.id = zzz"}, []),
    ],
)
def test_scan_lists_terms(parameters: dict[str, str], terms: list[str]) -> None:
    asked = {"scanClause": "rec.identifier = b000003", "maximumTerms": "2", **parameters}
    root = markup.parse(answer(BOOKS, asked), "here")
    assert [markup.text(term, "value") for term in root.iter("{*}term")] == terms


@pytest.mark.parametrize(
    ("parameters", "number"),
    [
        ({"scanClause": "a and b"}, 6),
        ({"scanClause": "dc.index = a"}, 16),
        ({"scanClause": "("}, 10),
        ({"scanClause": ""}, 7),
        ({"maximumTerms": "501"}, 121),
        ({"maximumTerms": "5", "responsePosition": "7"}, 120),
        ({"query": "a"}, 8),
    ],
)
def test_a_scan_that_cannot_be_is_refused(parameters: dict[str, str], number: int) -> None:
    asked = {"operation": "scan", "version": "1.1", "scanClause": "book", **parameters}
    root = markup.parse(answer(BOOKS, asked), "here")
    assert markup.local_name(root) == "scanResponse"
    assert [markup.text(one) for one in root.iter("{*}uri")] == [f"info:srw/diagnostic/1/{number}"]


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


def test_opac_records_are_offered_where_it_is_known_what_is_held() -> None:
    held = {"b000007": (OpacHolding("Main", "I247", circulation=(Circulation(False, "2027-01-02"),)),)}

    def asked(parameters: dict[str, str], knows: bool = True) -> bytes:
        return answer(BOOKS, parameters, "", (lambda number: held.get(number, ())) if knows else None)

    explain = {"version": "1.2", "operation": "explain"}
    assert "opacxml" in read_explanation(asked(explain), "here").schemas
    assert "opacxml" not in read_explanation(asked(explain, knows=False), "here").schemas
    wanted = {**SEARCH, "query": "rec.id = b000007 or rec.id = b000008", "recordSchema": "opacxml"}
    (refusal,) = read_page(asked(wanted, knows=False), "here").diagnostics
    assert refusal.number == Number.UNKNOWN_SCHEMA
    slots = read_page(asked(wanted), "here").slots
    records = [
        read_opac_xml(markup.parse(slot.content, "here")) for slot in slots if isinstance(slot, SruRecord)
    ]
    assert [record.holdings for record in records] == [held["b000007"], ()]
    assert [isinstance(read(record.bibliographic), Rejected) for record in records] == [False, False]
