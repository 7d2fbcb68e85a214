from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import markup
from connectors.errors import Diagnostic, ProtocolViolation
from connectors.oai_pmh import server, tokens
from connectors.oai_pmh.harvester import choose_prefix
from connectors.oai_pmh.protocol import DAYS, NAMESPACE, Verb, read_stamp, stamp
from connectors.oai_pmh.repository import Repository, ServedSet
from connectors.oai_pmh.responses import ListPage, read_formats, read_identity, read_list
from connectors.serving import ServedCatalogue
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.members import NOW, TOKEN_KEY


def answer(target: Repository, parameters: dict[str, str], now: datetime = NOW) -> bytes:
    return server.answer(target, parameters.items(), now)


LIST = {"verb": "ListRecords", "metadataPrefix": "marcxml"}


def repository(served: ServedCatalogue | None = None, page: int = 10, **options: Any) -> Repository:
    return Repository(
        catalogue(35) if served is None else served, "http://127.0.0.1/oai", TOKEN_KEY, page=page, **options
    )


def error(parameters: dict[str, str]) -> str:
    root = markup.parse(answer(repository(), parameters, NOW), "here")
    found = markup.child(root, "error")
    assert found is not None
    return str(found.get("code"))


def listed(target: Repository, parameters: dict[str, str]) -> list[ListPage]:
    verb = Verb(parameters["verb"])
    pages = [read_list(answer(target, parameters, NOW), verb, "here")]
    while (token := pages[-1].token) is not None:
        resumed = {"verb": str(verb), "resumptionToken": token}
        pages.append(read_list(answer(target, resumed, NOW), verb, "here"))
    return pages


def test_it_says_who_it_is() -> None:
    identity = read_identity(answer(repository(), {"verb": "Identify"}, NOW), "here")
    assert (identity.name, identity.deleted) == ("Books", "persistent")
    assert (identity.earliest, identity.responded) == (stamp(FIRST_DAY), stamp(NOW))


def test_it_offers_marc_and_dublin_core() -> None:
    formats = read_formats(answer(repository(), {"verb": "ListMetadataFormats"}, NOW), "here")
    assert [prefix for prefix, _ in formats] == ["marcxml", "marc21", "unimarc", "oai_dc"]
    assert choose_prefix(formats) == "marcxml"


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("prefix", ["marcxml", "oai_dc"])
def test_lists_are_given_page_by_page_to_the_end(verb: str, prefix: str) -> None:
    pages = listed(repository(), {"verb": verb, "metadataPrefix": prefix})
    assert [len(page.records) for page in pages] == [10, 10, 10, 5]
    assert {page.size for page in pages} == {35}
    assert len({record.identifier for page in pages for record in page.records}) == 35


def test_dublin_core_names_the_work() -> None:
    (page,) = listed(repository(catalogue(1)), {"verb": "ListRecords", "metadataPrefix": "oai_dc"})
    assert b"Book number0 of the shelf" in page.records[0].content
    assert b"Author0, Test" in page.records[0].content


def test_deleted_records_stay_listed() -> None:
    served = catalogue(3)
    served.delete("b000001", FIRST_DAY + timedelta(days=9))
    (page,) = listed(repository(served), LIST)
    assert {record.identifier for record in page.records if record.deleted} == {"oai:Books:b000001"}
    got = {"verb": "GetRecord", "metadataPrefix": "marcxml", "identifier": "oai:Books:b000001"}
    assert b'status="deleted"' in answer(repository(served), got, NOW)


@pytest.mark.parametrize(
    ("since", "until", "number"),
    [
        ("2024-01-02", "", 10),
        ("", "2024-01-01", 25),
        ("2024-01-02", "2024-01-02", 10),
        ("2024-01-01T08:00:00Z", "2024-01-01T08:00:00Z", 25),
    ],
)
def test_lists_can_be_of_a_span(since: str, until: str, number: int) -> None:
    span = {name: value for name, value in (("from", since), ("until", until)) if value}
    assert sum(len(page.records) for page in listed(repository(), {**LIST, **span})) == number


def test_a_change_during_the_list_loses_nothing() -> None:
    served = catalogue(35)
    target = repository(served)
    first = read_list(answer(target, LIST, NOW), Verb.LIST_RECORDS, "here")
    served.change(served_record(3, NOW, "Changed meanwhile"))
    seen = [record.identifier for record in first.records]
    token = first.token
    while token is not None:
        page = read_list(
            answer(target, {"verb": "ListRecords", "resumptionToken": token}, NOW), Verb.LIST_RECORDS, ""
        )
        seen += [record.identifier for record in page.records]
        token = page.token
    assert set(seen) == {f"oai:Books:b{number:06d}" for number in range(35)}
    assert seen.count("oai:Books:b000003") == 2


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Dance"}, "badVerb"),
        ({"verb": "Identify", "extra": "1"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({**LIST, "resumptionToken": "x"}, "badArgument"),
        ({**LIST, "from": "yesterday"}, "badArgument"),
        ({**LIST, "from": "2024-02-30"}, "badArgument"),
        ({**LIST, "from": "2024-01-02", "until": "2024-01-01"}, "badArgument"),
        ({**LIST, "from": "2024-01-02", "until": "2024-01-03T00:00:00Z"}, "badArgument"),
        ({**LIST, "metadataPrefix": "mods"}, "cannotDisseminateFormat"),
        ({**LIST, "set": "children"}, "noSetHierarchy"),
        ({**LIST, "from": ""}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({**LIST, "from": "2030-01-01"}, "noRecordsMatch"),
        ({"verb": "ListSets"}, "noSetHierarchy"),
        ({"verb": "ListRecords", "resumptionToken": "forged"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "marcxml"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "marcxml", "identifier": "b000001"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "marcxml", "identifier": "oai:Books:no"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:Books:no"}, "idDoesNotExist"),
    ],
)
def test_what_is_wrong_is_said_by_its_code(parameters: dict[str, str], code: str) -> None:
    assert error(parameters) == code


def test_a_record_without_the_format_cannot_be_disseminated() -> None:
    served = catalogue(1)
    served.change(replace(served_record(0, FIRST_DAY), marcxml=None))
    got = {"verb": "GetRecord", "metadataPrefix": "marcxml", "identifier": "oai:Books:b000000"}
    assert b"cannotDisseminateFormat" in answer(repository(served), got, NOW)


def token(**fields: Any) -> tokens.Token:
    beginning = tokens.Token(
        "ListRecords",
        "marcxml",
        "",
        "",
        "",
        FIRST_DAY.isoformat(),
        "b000001",
        10,
        35,
        int(NOW.timestamp()) + 60,
    )
    return replace(beginning, **fields)


def given_back(text: str, verb: Verb = Verb.LIST_RECORDS, now: datetime = NOW) -> tokens.Token | None:
    return tokens.decode(text, verb, TOKEN_KEY, now)


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 10**6), st.integers(0, 10**6))
def test_tokens_come_back(since: str, identifier: str, cursor: int, size: int) -> None:
    written = token(since=since, after_identifier=identifier, cursor=cursor, size=size)
    assert given_back(written.encode(TOKEN_KEY)) == written


def test_a_token_of_another_verb_key_or_time_is_none() -> None:
    text = token().encode(TOKEN_KEY)
    assert given_back(text, Verb.LIST_IDENTIFIERS) is None
    assert tokens.decode(text, Verb.LIST_RECORDS, b"another key altogether", NOW) is None
    assert given_back(text, now=NOW + timedelta(seconds=59)) is not None
    assert given_back(text, now=NOW + timedelta(seconds=60)) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_that_was_changed_anywhere_is_none(place: int, difference: int) -> None:
    data = bytearray(base64.urlsafe_b64decode(token().encode(TOKEN_KEY) + "=="))
    data[place % len(data)] ^= difference
    assert given_back(base64.urlsafe_b64encode(bytes(data)).decode()) is None


@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode())
)
def test_forged_tokens_are_refused(text: str) -> None:
    assert given_back(text) is None
    assert given_back("A" * 9_000) is None


def test_a_list_can_be_continued_until_its_token_ends() -> None:
    root = markup.parse(answer(repository(), LIST), "here")
    (element,) = root.iter("{*}resumptionToken")
    assert element.get("expirationDate") == stamp(NOW + timedelta(hours=24))
    resumed = {"verb": "ListRecords", "resumptionToken": str(element.text)}
    assert b"<record>" in answer(repository(), resumed, NOW + timedelta(hours=23))
    assert b"badResumptionToken" in answer(repository(), resumed, NOW + timedelta(hours=25))


SETS = (
    ServedSet("city", "City library", lambda record: record.identifier == "b000000"),
    ServedSet("city:north", "Northern branch", lambda record: int(record.identifier[1:]) % 2 == 1),
    ServedSet("city:north:bus", "Bus", lambda record: record.identifier == "b000001"),
    ServedSet("cityscape", "Maps", lambda record: record.identifier == "b000002"),
)


def test_sets_are_listed_with_their_names() -> None:
    root = markup.parse(answer(repository(sets=SETS), {"verb": "ListSets"}), "here")
    assert [(markup.text(one, "setSpec"), markup.text(one, "setName")) for one in root.iter("{*}set")] == [
        (one.spec, one.name) for one in SETS
    ]


@pytest.mark.parametrize(
    ("spec", "number"), [("city", 18), ("city:north", 17), ("city:north:bus", 1), ("cityscape", 1)]
)
def test_a_set_holds_the_records_of_those_within_it(spec: str, number: int) -> None:
    pages = listed(repository(sets=SETS), {**LIST, "set": spec})
    assert sum(len(page.records) for page in pages) == number


def test_a_record_names_its_innermost_sets() -> None:
    got = {"verb": "GetRecord", "metadataPrefix": "marcxml", "identifier": "oai:Books:b000001"}
    root = markup.parse(answer(repository(sets=SETS), got), "here")
    assert [markup.text(one) for one in root.iter("{*}setSpec")] == ["city:north:bus"]


@pytest.mark.parametrize("spec", ["a b", "a:", ":", "alone:child", ""])
def test_a_set_that_cannot_be_is_a_mistake_of_ours(spec: str) -> None:
    with pytest.raises(ValueError, match="set"):
        repository(sets=(ServedSet(spec, "", lambda record: True),))


def test_a_repository_may_keep_days_only() -> None:
    daily = repository(granularity=DAYS)
    assert b"<granularity>YYYY-MM-DD</granularity>" in answer(daily, {"verb": "Identify"})
    pages = listed(daily, {**LIST, "from": "2024-01-02"})
    assert [record.datestamp for page in pages for record in page.records] == ["2024-01-02"] * 10
    assert b"badArgument" in answer(daily, {**LIST, "from": "2024-01-02T00:00:00Z"})


def test_a_repeated_argument_is_refused() -> None:
    for pairs, code in (
        ([("verb", "Identify"), ("verb", "Identify")], b"badVerb"),
        ([*LIST.items(), ("from", "2024-01-01"), ("from", "2024-01-01")], b"badArgument"),
    ):
        assert code in server.answer(repository(), pairs, NOW)


def test_a_record_of_the_other_family_is_in_its_own_format_alone() -> None:
    served = catalogue(1)
    exchanged = b'<?xml version="1.0"?><record xmlns="info:lc/xmlns/marcxchange-v2" format="CNMARC"/>'
    served.change(replace(served_record(1, FIRST_DAY), marcxml=exchanged))
    target = repository(served)
    found = {
        prefix: [
            one.identifier
            for page in listed(target, {**LIST, "metadataPrefix": prefix})
            for one in page.records
        ]
        for prefix in ("marc21", "unimarc", "marcxml", "oai_dc")
    }
    first, second = "oai:Books:b000000", "oai:Books:b000001"
    assert found == {
        "marc21": [first],
        "unimarc": [second],
        "marcxml": [first, second],
        "oai_dc": [first, second],
    }
    offered = read_formats(answer(target, {"verb": "ListMetadataFormats", "identifier": second}), "here")
    assert [prefix for prefix, _ in offered] == ["marcxml", "unimarc", "oai_dc"]


def test_a_deleted_record_has_no_formats() -> None:
    served = catalogue(1)
    served.delete("b000000", NOW)
    asked = {"verb": "ListMetadataFormats", "identifier": "oai:Books:b000000"}
    assert b"noMetadataFormats" in answer(repository(served), asked)


#: Elements and attributes in the order of the schema of the protocol; a path's last part may have several.
STRUCTURE = {
    "Identify": {
        "Identify": "repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord "
        "granularity description",
    },
    "ListSets": {"ListSets/set": "setSpec setName"},
    "ListMetadataFormats": {"ListMetadataFormats/metadataFormat": "metadataPrefix schema metadataNamespace"},
    "ListIdentifiers": {
        "ListIdentifiers": "header header resumptionToken",
        "ListIdentifiers/header": "identifier datestamp setSpec",
    },
    "ListRecords": {
        "ListRecords": "record record resumptionToken",
        "ListRecords/record": "header metadata",
        "ListRecords/record/header": "identifier datestamp setSpec",
    },
    "GetRecord": {"GetRecord": "record", "GetRecord/record": "header metadata"},
}
ARGUMENTS = {
    "ListIdentifiers": {"metadataPrefix": "oai_dc"},
    "ListRecords": {"metadataPrefix": "marcxml"},
    "GetRecord": {"metadataPrefix": "oai_dc", "identifier": "oai:Books:b000001"},
}


@pytest.mark.parametrize("verb", STRUCTURE)
def test_responses_have_the_structure_of_the_schema(verb: str) -> None:
    everything = ServedSet("all", "All", lambda record: True)
    target = repository(page=2, sets=(everything,))
    root = markup.parse(answer(target, {"verb": verb, **ARGUMENTS.get(verb, {})}), "here")
    assert [markup.local_name(child) for child in root] == ["responseDate", "request", verb]
    assert root[1].attrib == {"verb": verb, **ARGUMENTS.get(verb, {})}
    for path, names in STRUCTURE[verb].items():
        elements = root.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))
        assert elements
        for element in elements:
            assert [markup.local_name(child) for child in element] == names.split()


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0)))
def test_datestamps_come_back(moment: object) -> None:
    text = f"{moment:%Y-%m-%dT%H:%M:%SZ}".zfill(20)
    read = read_stamp(text)
    assert read is not None
    assert read.replace(tzinfo=None) == moment


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"<OAI-PMH/>", ProtocolViolation),
        (b"<html/>", ProtocolViolation),
        (b'<OAI-PMH><error code="badArgument">no</error></OAI-PMH>', Diagnostic),
        (b"<OAI-PMH><ListRecords><record/></ListRecords></OAI-PMH>", ProtocolViolation),
    ],
)
def test_what_is_no_list_is_refused(document: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read_list(document, Verb.LIST_RECORDS, "here")


def test_an_empty_token_ends_a_list_and_no_match_is_an_empty_one() -> None:
    ended = b"<OAI-PMH><ListRecords><resumptionToken completeListSize='7'/></ListRecords></OAI-PMH>"
    assert read_list(ended, Verb.LIST_RECORDS, "here") == ListPage((), None, 7)
    nothing = b'<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>'
    assert read_list(nothing, Verb.LIST_RECORDS, "here") == ListPage((), None, 0)
