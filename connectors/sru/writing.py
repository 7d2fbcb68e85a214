"""SRU responses as XML documents, in the names of each version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from lxml import etree

from connectors import markup
from connectors.serving import ServedRecord
from connectors.sru.versions import DIAGNOSTIC_PREFIX, DIAGNOSTICS, EXPLAIN, MARCXML, Version

Refusals: TypeAlias = tuple[tuple[int, str], ...]  #: numbers of the SRU diagnostic list with details

_NOT_IN_SCHEMA: Final = 67

#: The standard's own words for the numbers used here.
MESSAGES: Final = {
    4: "Unsupported operation",
    5: "Unsupported version",
    6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied",
    10: "Query syntax error",
    16: "Unsupported index",
    19: "Unsupported relation",
    37: "Unsupported boolean operator",
    38: "Too many boolean operators in query",
    61: "First record position out of range",
    66: "Unknown schema for retrieval",
    67: "Record not available in this schema",
    71: "Unsupported record packing",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found, or why it was refused."""

    total: int = 0
    records: tuple[ServedRecord, ...] = ()
    start: int = 1
    following: int | None = None  #: the position of the next record, where there is one
    escaped: bool = False  #: records as text instead of elements
    refusals: Refusals = ()


def search_response(version: Version, outcome: Outcome) -> bytes:
    """A searchRetrieveResponse."""
    root = _root(version.response, "searchRetrieveResponse", version)
    markup.add(root, "numberOfRecords", str(outcome.total))
    if outcome.records:
        listed = markup.add(root, "records")
        for position, record in enumerate(outcome.records, outcome.start):
            _add_record(listed, record, position, version, outcome.escaped)
    if outcome.following is not None:
        markup.add(root, "nextRecordPosition", str(outcome.following))
    _add_refusals(root, version, outcome.refusals)
    return markup.document(root)


def _add_record(
    parent: etree._Element, record: ServedRecord, position: int, version: Version, escaped: bool
) -> None:
    element = markup.add(parent, "record")
    content, schema = _content(record, version)
    markup.add(element, "recordSchema", schema)
    markup.add(element, version.packing, "string" if escaped else "xml")
    data = markup.add(element, "recordData")
    if escaped:
        data.text = markup.serialise(content).decode("utf-8")
    else:
        data.append(content)
    markup.add(element, "recordPosition", str(position))


def _content(record: ServedRecord, version: Version) -> tuple[etree._Element, str]:
    """The record's element; a surrogate diagnostic where there is none."""
    if record.marcxml is None:
        return _refusal(version, _NOT_IN_SCHEMA, "marcxml"), DIAGNOSTICS
    return markup.parse(record.marcxml, record.identifier), MARCXML


def scan_response(version: Version, terms: Iterable[tuple[str, int]], refusals: Refusals) -> bytes:
    """A scanResponse."""
    root = _root(version.scan, "scanResponse", version)
    listed = markup.add(root, "terms")
    for term, number in terms:
        element = markup.add(listed, "term")
        markup.add(element, "value", term)
        markup.add(element, "numberOfRecords", str(number))
    _add_refusals(root, version, refusals)
    return markup.document(root)


def explain_response(version: Version, title: str, indexes: tuple[str, ...], outcome: Outcome) -> bytes:
    """An explainResponse with a ZeeRex record."""
    root = _root(version.response, "explainResponse", version)
    record = markup.add(root, "record")
    markup.add(record, "recordSchema", EXPLAIN)
    markup.add(record, version.packing, "xml")
    data = markup.add(record, "recordData")
    data.append(_zeerex(version, title, indexes))
    _add_refusals(root, version, outcome.refusals)
    return markup.document(root)


def _zeerex(version: Version, title: str, indexes: tuple[str, ...]) -> etree._Element:
    explain = markup.new(EXPLAIN, "explain")
    server = markup.add(explain, "serverInfo", protocol="SRU", version=version.number)
    markup.add(server, "database", title)
    markup.add(markup.add(explain, "databaseInfo"), "title", title)
    info = markup.add(explain, "indexInfo")
    for name in indexes:
        context, _, short = name.partition(".")
        mapped = markup.add(markup.add(info, "index"), "map")
        markup.add(mapped, "name", short, set=context)
    schemas = markup.add(explain, "schemaInfo")
    # Its attribute is called like the parameter of the function that adds it.
    markup.add(schemas, "schema", identifier=MARCXML).set("name", "marcxml")
    return explain


def _root(namespace: str, name: str, version: Version) -> etree._Element:
    root = markup.new(namespace, name)
    markup.add(root, "version", version.number)
    return root


def _add_refusals(root: etree._Element, version: Version, refusals: Refusals) -> None:
    if refusals:
        listed = markup.add(root, "diagnostics")
        for number, details in refusals:
            listed.append(_refusal(version, number, details))


def _refusal(version: Version, number: int, details: str) -> etree._Element:
    element = markup.new(version.diagnostic, "diagnostic")
    markup.add(element, "uri", f"{DIAGNOSTIC_PREFIX}{number}")
    markup.add(element, "details", details)
    markup.add(element, "message", MESSAGES[number])
    return element
