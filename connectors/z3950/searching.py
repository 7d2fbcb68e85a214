"""Type-1 queries over a served catalogue: bib-1 attributes to conditions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.errors import Misconfigured
from connectors.serving import Condition, Index, Relation, ServedCatalogue, ServedRecord
from connectors.z3950 import oids
from connectors.z3950.apdu import DiagnosticRecord
from connectors.z3950.from_cql import compile_cql
from connectors.z3950.rpn import CqlQuery, Operator, ResultSet, RpnQuery, Term, fold

_USE: Final = 1
_RELATION: Final = 2
_TRUNCATION: Final = 5
_ALWAYS_MATCHES: Final = 103
_MAX_TERMS: Final = 5_000

_UNSUPPORTED_SEARCH: Final = 3
NO_SUCH_SET: Final = 30
_MALFORMED_QUERY: Final = 108
_USE_ATTRIBUTE: Final = 114
_RELATION_ATTRIBUTE: Final = 117
_TRUNCATION_ATTRIBUTE: Final = 120
_ATTRIBUTE_SET: Final = 121

_INDEXES: Final[Mapping[int | str, Index]] = MappingProxyType(
    {
        1: Index.AUTHOR,
        4: Index.TITLE,
        7: Index.ISBN,
        12: Index.IDENTIFIER,
        31: Index.YEAR,
        1003: Index.AUTHOR,
        1004: Index.AUTHOR,
        1012: Index.MODIFIED,
        1016: Index.ANY,
        1017: Index.ANY,
        1035: Index.ANY,
        "_ALLRECORDS": Index.ALL,
    }
)
_RELATIONS: Final[Mapping[int | str, Relation]] = MappingProxyType(
    {
        1: Relation.LESS,
        2: Relation.LESS_OR_EQUAL,
        3: Relation.EQUAL,
        4: Relation.GREATER_OR_EQUAL,
        5: Relation.GREATER,
        102: Relation.EQUAL,
    }
)


class Refused(Exception):
    """The query cannot be answered; ``diagnostic`` says why in bib-1 terms."""

    def __init__(self, condition: int, addinfo: object = "") -> None:
        super().__init__(condition, addinfo)
        self.diagnostic = DiagnosticRecord(condition, str(addinfo))


def evaluate(
    query: RpnQuery | CqlQuery,
    catalogue: ServedCatalogue,
    result_sets: Mapping[str, tuple[ServedRecord, ...]],
) -> tuple[ServedRecord, ...]:
    """The records that a query finds.

    Raises:
        Refused: an attribute, set or size that is not supported, or CQL that is none.
    """
    if isinstance(query, CqlQuery):
        query = _compiled(query)
    if query.attribute_set != oids.BIB1_ATTRIBUTES:
        raise Refused(_ATTRIBUTE_SET, query.attribute_set)
    if len(query.tokens) > 2 * _MAX_TERMS:
        raise Refused(_UNSUPPORTED_SEARCH, f"more than {_MAX_TERMS} terms")

    def operand(one: Term | ResultSet) -> frozenset[str]:
        if isinstance(one, Term):
            return catalogue.matching(condition(one))
        if one.name not in result_sets:
            raise Refused(NO_SUCH_SET, one.name)
        return frozenset(record.identifier for record in result_sets[one.name])

    found: frozenset[str] = fold(query.tokens, operand, _join)
    return catalogue.in_order(found)


def _compiled(query: CqlQuery) -> RpnQuery:
    try:
        return compile_cql(query.text)
    except Misconfigured as error:
        condition = _MALFORMED_QUERY if error.code == "bad_query" else _UNSUPPORTED_SEARCH
        raise Refused(condition, error.values.get("what", error.values.get("reason", ""))) from error


def _join(operator: Operator, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    if operator is Operator.AND:
        return left & right
    return left | right if operator is Operator.OR else left - right


def condition(term: Term) -> Condition:
    """A term's attributes as a condition.

    Raises:
        Refused: an attribute that is not supported.
    """
    for attribute in term.attributes:
        if attribute.attribute_set not in (None, oids.BIB1_ATTRIBUTES):
            raise Refused(_ATTRIBUTE_SET, attribute.attribute_set)
    text = term.value.decode("utf-8", "replace")
    relation = term.attribute(_RELATION) or 3
    if relation == _ALWAYS_MATCHES:
        return Condition(Index.ALL, text)
    if relation not in _RELATIONS:
        raise Refused(_RELATION_ATTRIBUTE, relation)
    truncation = term.attribute(_TRUNCATION) or 100
    if truncation not in (1, 100):
        raise Refused(_TRUNCATION_ATTRIBUTE, truncation)
    return Condition(_index(term), text, _RELATIONS[relation], truncated=truncation == 1)


def scanned_index(term: Term) -> tuple[Index, str]:
    """The index a scan is about and where it starts.

    Raises:
        Refused: an index that is not supported.
    """
    return _index(term), term.value.decode("utf-8", "replace")


def _index(term: Term) -> Index:
    use = term.attribute(_USE)
    if use is None:
        return Index.ANY
    if use not in _INDEXES:
        raise Refused(_USE_ATTRIBUTE, use)
    return _INDEXES[use]
