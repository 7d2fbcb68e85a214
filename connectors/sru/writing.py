"""SRU responses as XML documents, in the names of each version.

Owns: the order of elements and their namespaces. Must not: know where records come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from lxml import etree

from connectors import markup
from connectors.sru.diagnostics import MESSAGES, Refusal
from connectors.sru.versions import DIAGNOSTIC_PREFIX, DIAGNOSTICS, EXPLAIN, Version

#: Parameters that are echoed, in the order of the schema.
_SEARCH_ECHO: Final = (
    *("query", "startRecord", "maximumRecords", "recordPacking", "recordXMLEscaping", "recordSchema"),
    *("resultSetTTL", "sortKeys", "stylesheet"),
)
_SCAN_ECHO: Final = ("scanClause", "responsePosition", "maximumTerms", "stylesheet")
_EXACT: Final = "info:srw/vocabulary/resultCountPrecision/1/exact"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record of a page."""

    content: etree._Element
    schema: str  #: identifier of its schema
    identifier: str


Slot: TypeAlias = Delivered | Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found; with refusals and no records, why it was refused."""

    total: int = 0
    slots: tuple[Slot, ...] = ()
    start: int = 1
    following: int | None = None  #: the position of the next record, where there is one
    escaped: bool = False  #: records as text instead of elements
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ScannedTerm:
    """One term of an index."""

    value: str
    records: int


def search_response(version: Version, outcome: Outcome, echo: Mapping[str, str]) -> bytes:
    """A searchRetrieveResponse; ``echo`` are the request's parameters."""
    root = markup.new(version.response, "searchRetrieveResponse")
    _state_version(root, version)
    markup.add(root, "numberOfRecords", str(outcome.total))
    if outcome.slots:
        listed = markup.add(root, "records")
        for position, slot in enumerate(outcome.slots, outcome.start):
            _add_record(listed, slot, position, version, outcome.escaped)
    if outcome.following is not None:
        markup.add(root, "nextRecordPosition", str(outcome.following))
    _add_echo(root, "echoedSearchRetrieveRequest", version, echo, _SEARCH_ECHO)
    _add_refusals(root, version, outcome.refusals)
    if not version.has_operation and not outcome.refusals:
        markup.add(root, "resultCountPrecision", _EXACT)
    return markup.document(root)


def _add_record(parent: etree._Element, slot: Slot, position: int, version: Version, escaped: bool) -> None:
    content = _refusal(version, slot) if isinstance(slot, Refusal) else slot.content
    element = markup.add(parent, "record")
    markup.add(element, "recordSchema", DIAGNOSTICS if isinstance(slot, Refusal) else slot.schema)
    markup.add(element, version.packing, "string" if escaped else "xml")
    data = markup.add(element, "recordData")
    if escaped:
        data.text = markup.serialise(content).decode("utf-8")
    else:
        data.append(content)
    if version.has_identifiers and not isinstance(slot, Refusal):
        markup.add(element, "recordIdentifier", slot.identifier)
    markup.add(element, "recordPosition", str(position))


def scan_response(
    version: Version, terms: Iterable[ScannedTerm], refusals: tuple[Refusal, ...], echo: Mapping[str, str]
) -> bytes:
    """A scanResponse; ``echo`` are the request's parameters."""
    root = markup.new(version.scan, "scanResponse")
    _state_version(root, version)
    if not refusals:
        listed = markup.add(root, "terms")
        for term in terms:
            element = markup.add(listed, "term")
            markup.add(element, "value", term.value)
            markup.add(element, "numberOfRecords", str(term.records))
    _add_echo(root, "echoedScanRequest", version, echo, _SCAN_ECHO)
    _add_refusals(root, version, refusals)
    return markup.document(root)


def explain_response(
    version: Version, description: etree._Element, escaped: bool, refusals: tuple[Refusal, ...]
) -> bytes:
    """An explainResponse around a ZeeRex record."""
    root = markup.new(version.response, "explainResponse")
    markup.add(root, "version", version.number)
    record = markup.add(root, "record")
    markup.add(record, "recordSchema", EXPLAIN)
    markup.add(record, version.packing, "string" if escaped else "xml")
    data = markup.add(record, "recordData")
    if escaped:
        data.text = markup.serialise(description).decode("utf-8")
    else:
        data.append(description)
    _add_refusals(root, version, refusals)
    return markup.document(root)


def _state_version(root: etree._Element, version: Version) -> None:
    # 2.0 shows its version by its namespace.
    if version.has_operation:
        markup.add(root, "version", version.number)


def _add_echo(
    root: etree._Element, name: str, version: Version, parameters: Mapping[str, str], names: tuple[str, ...]
) -> None:
    echo = markup.add(root, name)
    _state_version(echo, version)
    for parameter in names:
        if parameter in parameters:
            markup.add(echo, parameter, parameters[parameter])


def _add_refusals(root: etree._Element, version: Version, refusals: Iterable[Refusal]) -> None:
    told = [_refusal(version, refusal) for refusal in refusals]
    if told:
        markup.add(root, "diagnostics").extend(told)


def _refusal(version: Version, refusal: Refusal) -> etree._Element:
    element = markup.new(version.diagnostic, "diagnostic")
    markup.add(element, "uri", f"{DIAGNOSTIC_PREFIX}{refusal.number:d}")
    if refusal.details:
        markup.add(element, "details", refusal.details)
    markup.add(element, "message", MESSAGES[refusal.number])
    return element
