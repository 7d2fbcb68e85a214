from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import markup
from connectors.errors import Diagnostic, ProtocolViolation
from connectors.oai_pmh import tokens
from connectors.oai_pmh.harvester import choose_prefix
from connectors.oai_pmh.protocol import Verb, read_stamp, stamp
from connectors.oai_pmh.responses import ListPage, read_formats, read_identity, read_list
from connectors.oai_pmh.server import Repository, answer
from connectors.serving import ServedCatalogue
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.members import NOW

LIST = {"verb": "ListRecords", "metadataPrefix": "marcxml"}


def repository(served: ServedCatalogue | None = None, page: int = 10) -> Repository:
    return Repository(served or catalogue(35), "http://127.0.0.1/oai", page=page)


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
    assert [prefix for prefix, _ in formats] == ["marcxml", "oai_dc"]
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


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 10**6), st.integers(0, 10**6))
def test_tokens_come_back(since: str, identifier: str, cursor: int, size: int) -> None:
    token = tokens.Token("ListRecords", "marcxml", since, "", FIRST_DAY.isoformat(), identifier, cursor, size)
    assert tokens.decode(token.encode(), Verb.LIST_RECORDS) == token
    assert tokens.decode(token.encode(), Verb.LIST_IDENTIFIERS) is None


@given(st.text(max_size=60))
def test_forged_tokens_are_refused(text: str) -> None:
    assert tokens.decode(text, Verb.LIST_RECORDS) is None


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
