"""CQL over a served catalogue: relations and terms to conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from connectors.serving import Condition, Index, Order, Relation, ServedCatalogue, ServedRecord
from connectors.sru.cql import Boolean, Clause, Join, Query, SortKey
from connectors.sru.cql_terms import Mask, pieces, truncated
from connectors.sru.diagnostics import Number, Refused
from connectors.sru.indexes import ORDERED, SORTABLE, index_named
from connectors.sru.sorting import is_descending

_MAX_TERMS: Final = 5_000

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
#: Modifiers that ask for what is done anyway.
_MODIFIERS: Final = frozenset(
    {"word", "masked", "unmasked", "ignorecase", "ignoreaccents", "number", "isodate"}
)


def evaluate(query: Query, sort: Iterable[SortKey], catalogue: ServedCatalogue) -> tuple[ServedRecord, ...]:
    """The records that a query finds, in the order asked for, else in that of their identifiers.

    Raises:
        Refused: an index, relation, modifier, boolean or order that is not supported.
    """
    if len(query.tokens) > 2 * _MAX_TERMS:
        raise Refused(Number.TOO_MANY_BOOLEANS, str(_MAX_TERMS))
    orders = [_order(key) for key in sort]
    stack: list[frozenset[str]] = []
    for token in query.tokens:
        if isinstance(token, Clause):
            stack.append(_matching(token, catalogue))
            continue
        right = stack.pop()
        stack.append(_joined(token, stack.pop(), right))
    return catalogue.in_order(stack.pop(), *orders)


def _order(key: SortKey) -> Order:
    index = index_named(key.index, key.context_set)
    if index not in SORTABLE:
        raise Refused(Number.UNSUPPORTED_SORT_PATH, key.index)
    return Order(index, is_descending(key))


def _joined(join: Join, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    if join.boolean is Boolean.PROX:
        raise Refused(Number.UNSUPPORTED_PROXIMITY)
    if join.modifiers:
        raise Refused(Number.UNSUPPORTED_BOOLEAN_MODIFIER, join.modifiers[0].name)
    if join.boolean is Boolean.AND:
        return left & right
    return left | right if join.boolean is Boolean.OR else left - right


def _matching(clause: Clause, catalogue: ServedCatalogue) -> frozenset[str]:
    index = index_named(clause.index, clause.context_set)
    unmasked = _is_unmasked(clause)
    match clause.relation.removeprefix("cql."):
        case "<>":
            return catalogue.live() - catalogue.matching(_equal(index, clause.term, unmasked))
        case "any":
            found = (catalogue.matching(_equal(index, word, unmasked)) for word in clause.term.split())
            return frozenset[str]().union(*found)
        case "within":
            return _within(index, clause.term, catalogue)
        case name if (relation := _RELATIONS.get(name)) is None:
            raise Refused(Number.UNSUPPORTED_RELATION, clause.relation)
        case _ if relation is Relation.EQUAL:
            return catalogue.matching(_equal(index, clause.term, unmasked))
        case _:
            return catalogue.matching(_compared(index, relation, clause.term))


def _is_unmasked(clause: Clause) -> bool:
    names = {modifier.name.casefold().removeprefix("cql."): modifier for modifier in clause.modifiers}
    for name, modifier in names.items():
        if name not in _MODIFIERS:
            raise Refused(Number.UNSUPPORTED_RELATION_MODIFIER, modifier.name)
    return "unmasked" in names


def _within(index: Index, term: str, catalogue: ServedCatalogue) -> frozenset[str]:
    if index not in ORDERED:
        raise Refused(Number.UNSUPPORTED_RELATION_FOR_INDEX, "within")
    ends = term.split()
    if len(ends) != 2:
        raise Refused(Number.BAD_TERM_FOR_RELATION, "within")
    low = _compared(index, Relation.GREATER_OR_EQUAL, ends[0])
    high = _compared(index, Relation.LESS_OR_EQUAL, ends[1])
    return catalogue.matching(low) & catalogue.matching(high)


def _equal(index: Index, term: str, unmasked: bool) -> Condition:
    text, open_ended = (term, False) if unmasked else _truncated(term)
    if index is Index.ALL:
        return Condition(index, text)
    if not text:
        if not open_ended:
            raise Refused(Number.UNSUPPORTED_EMPTY_TERM)
        # Whatever has a value is not less than nothing.
        everything = index is Index.ANY
        return Condition(Index.ALL if everything else index, "", Relation.GREATER_OR_EQUAL)
    return Condition(index, _value(index, text), Relation.EQUAL, open_ended)


def _truncated(term: str) -> tuple[str, bool]:
    found = truncated(term)
    if found is None:
        anchored = Mask.EDGE in pieces(term)
        raise Refused(Number.UNSUPPORTED_ANCHOR if anchored else Number.UNSUPPORTED_MASK_POSITION, term)
    return found


def _compared(index: Index, relation: Relation, term: str) -> Condition:
    return Condition(index, _value(index, "".join(pieces(term))), relation)


def _value(index: Index, text: str) -> str:
    return text.replace("-", "") if index is Index.MODIFIED else text
