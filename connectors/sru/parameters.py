"""The parameters of a request as values, whatever its version, with what is wrong with them.

Owns: names, defaults and limits of parameters. Must not: know what is searched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from connectors.sru.cql import Clause, CqlSyntaxError, Query, SortKey, parse
from connectors.sru.diagnostics import Number, Refusal, Refused
from connectors.sru.sorting import read_sort_keys
from connectors.sru.versions import LATEST, VERSIONS, Version, negotiated

Parameters: TypeAlias = Mapping[str, str]

PAGE: Final = 20
MAX_PAGE: Final = 500
MAX_TERMS: Final = 500


class Operation(StrEnum):
    """What can be asked for."""

    EXPLAIN = "explain"
    SEARCH = "searchRetrieve"
    SCAN = "scan"


_COMMON: Final = frozenset(
    {"operation", "version", "stylesheet", "extraRequestData", "httpAccept", "renderedBy"}
    | {"recordPacking", "recordXMLEscaping"}
)
_KNOWN: Final[Mapping[Operation, frozenset[str]]] = {
    Operation.EXPLAIN: _COMMON,
    Operation.SEARCH: _COMMON
    | {"query", "queryType", "startRecord", "maximumRecords", "recordSchema", "recordXPath"}
    | {"resultSetTTL", "sortKeys"},
    Operation.SCAN: _COMMON | {"scanClause", "responsePosition", "maximumTerms"},
}


@dataclass(frozen=True, slots=True)
class Search:
    """A searchRetrieve request."""

    query: Query
    start: int  #: position of the first record wanted, from 1
    count: int
    schema: str | None  #: short name or identifier; None where the server may choose
    escaped: bool  #: records as text instead of elements
    sort: tuple[SortKey, ...]
    warnings: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan request."""

    clause: Clause
    count: int
    position: int  #: where the clause's term shall stand in the list, from 1; at 0 it is left out


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose parameters are still to be read."""

    version: Version
    operation: Operation
    parameters: Parameters
    problem: Refusal | None  #: why it can only be refused

    @property
    def is_escaped(self) -> bool:
        """Whether records are wanted as text; explain, which is never refused, overlooks other values."""
        return self.parameters.get(self.version.packing) == "string"

    def search(self) -> Search:
        """Read a searchRetrieve request.

        Raises:
            Refused: naming the parameter, or telling what is wrong with the query.
        """
        self._check()
        query = _query(self._needed("query"))
        self._one_of("queryType", Number.UNSUPPORTED_VALUE, "cql")
        if self.parameters.get("recordXPath"):
            raise Refused(Number.NO_XPATH)
        self._whole("resultSetTTL", 0, 0)
        keys = read_sort_keys(self.parameters.get("sortKeys", ""))
        both = (Refusal(Number.QUERY_SORT_PREVAILS),) if keys and query.sort else ()
        return Search(
            query,
            self._whole("startRecord", 1, 1),
            min(self._whole("maximumRecords", PAGE, 0), MAX_PAGE),
            self.parameters.get("recordSchema") or None,
            self._escaped(),
            query.sort or keys,
            both,
        )

    def scan(self) -> Scan:
        """Read a scan request.

        Raises:
            Refused: naming the parameter, or telling what is wrong with the clause.
        """
        self._check()
        query = _query(self._needed("scanClause"))
        clause = query.tokens[0]
        if len(query.tokens) != 1 or not isinstance(clause, Clause) or query.sort:
            raise Refused(Number.UNSUPPORTED_VALUE, "scanClause")
        count = self._whole("maximumTerms", PAGE, 1)
        if count > MAX_TERMS:
            raise Refused(Number.TOO_MANY_TERMS, str(MAX_TERMS))
        position = self._whole("responsePosition", 1, 0)
        if position > count + 1:
            raise Refused(Number.POSITION_OUT_OF_RANGE, str(position))
        return Scan(clause, count, position)

    def _check(self) -> None:
        if self.problem is not None:
            raise Refused(self.problem.number, self.problem.details)
        # Extensions are named x-...: a server that does not know one ignores it.
        for name in sorted(self.parameters.keys() - _KNOWN[self.operation]):
            if not name.startswith("x-"):
                raise Refused(Number.UNSUPPORTED_PARAMETER, name)

    def _escaped(self) -> bool:
        # In 2.0 recordPacking says something else: whether a record may be a bundle of others.
        name = self.version.packing
        if name != "recordPacking":
            self._one_of("recordPacking", Number.UNSUPPORTED_PACKING, "packed", "unpacked")
        return self._one_of(name, Number.UNSUPPORTED_PACKING, "xml", "string") == "string"

    def _one_of(self, name: str, number: Number, *values: str) -> str:
        value = self.parameters.get(name) or values[0]
        if value not in values:
            raise Refused(number, value if number is Number.UNSUPPORTED_PACKING else name)
        return value

    def _whole(self, name: str, default: int, least: int) -> int:
        text = self.parameters.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) < least:
            raise Refused(Number.UNSUPPORTED_VALUE, name)
        return int(text)

    def _needed(self, name: str) -> str:
        value = self.parameters.get(name, "")
        if not value:
            raise Refused(Number.MISSING_PARAMETER, name)
        return value


def asked(parameters: Parameters) -> Asked:
    """What is asked for, and in which version the answer is to be."""
    operation, problem = _operation(parameters)
    version = negotiated(parameters.get("version") or ("1.2" if "operation" in parameters else LATEST))
    if version is None:
        problem = Refusal(Number.UNSUPPORTED_VERSION, LATEST)
        version = VERSIONS["1.2" if "operation" in parameters else LATEST]
    return Asked(version, operation, parameters, problem)


def _operation(parameters: Parameters) -> tuple[Operation, Refusal | None]:
    name = parameters.get("operation")
    if name:
        try:
            return Operation(name), None
        except ValueError:
            return Operation.EXPLAIN, Refusal(Number.UNSUPPORTED_OPERATION, name)
    if "query" in parameters:
        return Operation.SEARCH, None
    return (Operation.SCAN if "scanClause" in parameters else Operation.EXPLAIN), None


def _query(text: str) -> Query:
    try:
        return parse(text)
    except CqlSyntaxError as error:
        raise Refused(Number.QUERY_SYNTAX, str(error)) from None
