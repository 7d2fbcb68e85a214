"""CQL over a served catalogue: indexes and relations to conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.serving import Condition, Index, Relation, ServedCatalogue, ServedRecord
from connectors.sru.cql import Boolean, Clause, CqlSyntaxError, Query, parse

_MAX_TERMS: Final = 5_000

QUERY_SYNTAX: Final = 10
UNSUPPORTED_INDEX: Final = 16
UNSUPPORTED_RELATION: Final = 19
UNSUPPORTED_BOOLEAN: Final = 37
TOO_MANY_BOOLEANS: Final = 38

#: The indexes served, with their titles for explain.
INDEXES: Final[Mapping[str, Index]] = MappingProxyType(
    {
        "cql.serverChoice": Index.ANY,
        "cql.anywhere": Index.ANY,
        "cql.allRecords": Index.ALL,
        "rec.identifier": Index.IDENTIFIER,
        "rec.id": Index.IDENTIFIER,
        "rec.lastModificationDate": Index.MODIFIED,
        "dc.title": Index.TITLE,
        "dc.creator": Index.AUTHOR,
        "dc.date": Index.YEAR,
        "bath.isbn": Index.ISBN,
    }
)
_BY_FOLDED_NAME: Final = {name.casefold(): index for name, index in INDEXES.items()}
_RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType(
    {
        "=": Relation.EQUAL,
        "==": Relation.EQUAL,
        "exact": Relation.EQUAL,
        "scr": Relation.EQUAL,
        "all": Relation.EQUAL,
        "adj": Relation.EQUAL,
        "<": Relation.LESS,
        "<=": Relation.LESS_OR_EQUAL,
        ">": Relation.GREATER,
        ">=": Relation.GREATER_OR_EQUAL,
    }
)


class Refused(Exception):
    """The request cannot be answered; ``number`` is of the SRU diagnostic list."""

    def __init__(self, number: int, details: str = "") -> None:
        super().__init__(number, details)
        self.number = number
        self.details = details


def read_query(text: str) -> Query:
    """Read a query as a server does.

    Raises:
        Refused: it is not CQL.
    """
    try:
        return parse(text)
    except CqlSyntaxError as error:
        raise Refused(QUERY_SYNTAX, str(error)) from None


def evaluate(query: Query, catalogue: ServedCatalogue) -> tuple[ServedRecord, ...]:
    """The records that a query finds, in the order of their identifiers.

    Raises:
        Refused: an index, relation or boolean that is not supported.
    """
    if len(query.tokens) > 2 * _MAX_TERMS:
        raise Refused(TOO_MANY_BOOLEANS, str(_MAX_TERMS))
    stack: list[frozenset[str]] = []
    for token in query.tokens:
        if isinstance(token, Clause):
            stack.append(_matching(token, catalogue))
            continue
        right = stack.pop()
        stack.append(_joined(token.boolean, stack.pop(), right))
    return catalogue.in_order(stack.pop())


def _joined(boolean: Boolean, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    if boolean is Boolean.PROX:
        raise Refused(UNSUPPORTED_BOOLEAN, boolean)
    if boolean is Boolean.AND:
        return left & right
    return left | right if boolean is Boolean.OR else left - right


def _matching(clause: Clause, catalogue: ServedCatalogue) -> frozenset[str]:
    index = index_named(clause.index)
    if clause.relation in ("any", "<>"):
        return _matching_words(clause, index, catalogue)
    relation = _RELATIONS.get(clause.relation)
    if relation is None:
        raise Refused(UNSUPPORTED_RELATION, clause.relation)
    if index is Index.ANY and clause.term == "*":
        index = Index.ALL
    return catalogue.matching(_condition(index, clause.term, relation))


def _matching_words(clause: Clause, index: Index, catalogue: ServedCatalogue) -> frozenset[str]:
    if clause.relation == "<>":
        return catalogue.live() - catalogue.matching(_condition(index, clause.term, Relation.EQUAL))
    found: frozenset[str] = frozenset()
    for word in clause.term.split():
        found |= catalogue.matching(_condition(index, word, Relation.EQUAL))
    return found


def index_named(name: str) -> Index:
    """The index a name stands for, whatever its case.

    Raises:
        Refused: there is none.
    """
    index = _BY_FOLDED_NAME.get(name.casefold())
    if index is None:
        raise Refused(UNSUPPORTED_INDEX, name)
    return index


def _condition(index: Index, term: str, relation: Relation) -> Condition:
    truncated = term.endswith("*") and not term.endswith("\\*")
    term = re.sub(r"\\(.)", r"\1", term.removesuffix("*") if truncated else term)
    if index is Index.MODIFIED:
        term = term.replace("-", "")
    return Condition(index, term, relation, truncated)
