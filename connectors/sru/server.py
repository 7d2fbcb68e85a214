"""The server side of SRU without I/O: request parameters in, an XML document out.

Whoever serves HTTP hands in the query string's parameters and sends the answer as ``application/xml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.serving import ServedCatalogue
from connectors.sru import writing
from connectors.sru.cql import Clause
from connectors.sru.searching import INDEXES, Refused, evaluate, index_named, read_query
from connectors.sru.versions import MARCXML, VERSIONS, Version
from connectors.sru.writing import Outcome

CONTENT_TYPE: Final = "application/xml"

_UNSUPPORTED_OPERATION: Final = 4
_UNSUPPORTED_VERSION: Final = 5
_BAD_PARAMETER: Final = 6
_MISSING_PARAMETER: Final = 7
_OUT_OF_RANGE: Final = 61
_UNKNOWN_SCHEMA: Final = 66
_UNSUPPORTED_PACKING: Final = 71
_PAGE: Final = 20
_MAX_PAGE: Final = 500
_MAX_TERMS: Final = 500

Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Request:
    parameters: Parameters
    version: Version
    catalogue: ServedCatalogue

    def whole(self, name: str, default: int, least: int) -> int:
        text = self.parameters.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) < least:
            raise Refused(_BAD_PARAMETER, name)
        return int(text)

    def needed(self, name: str) -> str:
        value = self.parameters.get(name, "")
        if not value:
            raise Refused(_MISSING_PARAMETER, name)
        return value


def answer(catalogue: ServedCatalogue, parameters: Parameters) -> bytes:
    """The response document to a request; what is wrong with the request is said in it as a diagnostic."""
    version = VERSIONS.get(parameters.get("version", "2.0" if "operation" not in parameters else "1.2"))
    if version is None:
        wrong = Outcome(refusals=((_UNSUPPORTED_VERSION, ", ".join(VERSIONS)),))
        return writing.explain_response(VERSIONS["1.2"], catalogue.name, tuple(INDEXES), wrong)
    request = _Request(parameters, version, catalogue)
    operation = parameters.get("operation") or _implied_operation(parameters)
    respond = _OPERATIONS.get(operation)
    if respond is None:
        wrong = Outcome(refusals=((_UNSUPPORTED_OPERATION, operation),))
        return writing.explain_response(version, catalogue.name, tuple(INDEXES), wrong)
    return respond(request)


def _implied_operation(parameters: Parameters) -> str:
    if "query" in parameters:
        return "searchRetrieve"
    return "scan" if "scanClause" in parameters else "explain"


def _explain(request: _Request) -> bytes:
    return writing.explain_response(request.version, request.catalogue.name, tuple(INDEXES), Outcome())


def _search(request: _Request) -> bytes:
    try:
        return writing.search_response(request.version, _outcome(request))
    except Refused as refused:
        wrong = Outcome(refusals=((refused.number, refused.details),))
        return writing.search_response(request.version, wrong)


def _outcome(request: _Request) -> Outcome:
    query = request.needed("query")
    start = request.whole("startRecord", 1, 1)
    count = min(request.whole("maximumRecords", _PAGE, 0), _MAX_PAGE)
    packing = request.parameters.get(request.version.packing, "xml")
    if packing not in ("xml", "string"):
        raise Refused(_UNSUPPORTED_PACKING, packing)
    schema = request.parameters.get("recordSchema", "marcxml")
    if schema not in ("marcxml", MARCXML):
        raise Refused(_UNKNOWN_SCHEMA, schema)
    found = evaluate(read_query(query), request.catalogue)
    if start > max(len(found), 1):
        raise Refused(_OUT_OF_RANGE, str(start))
    records = found[start - 1 : start - 1 + count]
    following = start + len(records)
    return Outcome(
        total=len(found),
        records=records,
        start=start,
        following=following if following <= len(found) else None,
        escaped=packing == "string",
    )


def _scan(request: _Request) -> bytes:
    try:
        return writing.scan_response(request.version, _terms(request), ())
    except Refused as refused:
        return writing.scan_response(request.version, (), ((refused.number, refused.details),))


def _terms(request: _Request) -> tuple[tuple[str, int], ...]:
    tokens = read_query(request.needed("scanClause")).tokens
    if len(tokens) != 1 or not isinstance(tokens[0], Clause):
        raise Refused(_BAD_PARAMETER, "scanClause")
    wanted = min(request.whole("maximumTerms", _PAGE, 1), _MAX_TERMS)
    before = max(request.whole("responsePosition", 1, 0) - 1, 0)
    return tuple(request.catalogue.scan(index_named(tokens[0].index), tokens[0].term, wanted, before))


_OPERATIONS: Final[Mapping[str, Callable[[_Request], bytes]]] = MappingProxyType(
    {"explain": _explain, "searchRetrieve": _search, "scan": _scan}
)
