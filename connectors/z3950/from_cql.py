"""CQL as a type-1 query over bib-1 attributes, for targets that speak only Z39.50."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.errors import Misconfigured
from connectors.sru.cql import Boolean, Clause, CqlSyntaxError, parse
from connectors.z3950.rpn import Operator, RpnQuery, Term, Token, joined, term

_ALWAYS_MATCHES: Final = 103

USE: Final[Mapping[str, int | str]] = MappingProxyType(
    {
        "cql.serverchoice": 1016,
        "cql.anywhere": 1016,
        "cql.allrecords": "_ALLRECORDS",
        "dc.title": 4,
        "dc.creator": 1003,
        "dc.subject": 21,
        "dc.publisher": 1018,
        "dc.date": 31,
        "bath.isbn": 7,
        "bath.issn": 8,
        "rec.id": 12,
        "rec.identifier": 12,
        "rec.lastmodificationdate": 1012,
        "rec.creationdate": 1011,
    }
)
_RELATIONS: Final = {"<": 1, "<=": 2, ">=": 4, ">": 5, "<>": 6}
_EQUALITIES: Final = frozenset({"=", "==", "exact", "scr", "all", "any", "adj"})
_STRUCTURES: Final = {"adj": 1, "exact": 1, "==": 1}  # a phrase
_OPERATORS: Final = {Boolean.AND: Operator.AND, Boolean.OR: Operator.OR, Boolean.NOT: Operator.AND_NOT}


def compile_cql(text: str, encoding: str = "utf-8") -> RpnQuery:
    """The type-1 query that says the same; terms are sent in ``encoding``.

    Raises:
        Misconfigured: ``bad_query`` where it is not CQL, ``unsupported`` where bib-1 cannot say it.
    """
    try:
        query = parse(text)
    except CqlSyntaxError as error:
        raise Misconfigured(
            "bad_query", "CQL", query=text[:200], position=error.position, reason=error.reason
        ) from error
    tokens: list[Token] = []
    for token in query.tokens:
        if isinstance(token, Clause):
            tokens.extend(_clause(token, encoding))
        elif token.boolean is Boolean.PROX:
            raise Misconfigured("unsupported", "CQL", what="prox")
        else:
            tokens.append(_OPERATORS[token.boolean])
    return RpnQuery(tuple(tokens))


def _clause(clause: Clause, encoding: str) -> tuple[Token, ...]:
    use = USE.get(clause.index.casefold())
    if use is None:
        raise Misconfigured("unsupported", "CQL", what=clause.index)
    if use == "_ALLRECORDS":
        return (term("", (1, use), (2, _ALWAYS_MATCHES)),)
    words = clause.term.split() if clause.relation in ("all", "any") else [clause.term]
    operator = Operator.OR if clause.relation == "any" else Operator.AND
    return joined(operator, [(_term(clause, word, use, encoding),) for word in words or [""]])


def _term(clause: Clause, word: str, use: int | str, encoding: str) -> Term:
    attributes: list[tuple[int, int | str]] = [(1, use)]
    if clause.relation in _RELATIONS:
        attributes.append((2, _RELATIONS[clause.relation]))
    elif clause.relation not in _EQUALITIES:
        raise Misconfigured("unsupported", "CQL", what=clause.relation)
    if clause.relation in _STRUCTURES:
        attributes.append((4, _STRUCTURES[clause.relation]))
    if word.endswith("*") and not word.endswith("\\*"):
        word = word[:-1]
        attributes.append((5, 1))
    if re.search(r"(?<!\\)[*?]", word):
        raise Misconfigured("unsupported", "CQL", what=f"a wildcard inside {word!r}")
    plain = re.sub(r"\\(.)", r"\1", word)
    try:
        return term(plain.encode(encoding), *attributes)
    except UnicodeEncodeError:
        raise Misconfigured("unsupported", "CQL", what=f"{plain!r} in {encoding}") from None
