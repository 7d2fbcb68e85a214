"""Prefix query format, the notation of type-1 queries that librarians' tools share.

    [@attrset SET] @and|@or|@not QUERY QUERY  |  @set NAME  |  @attr [SET] TYPE=VALUE ... [@term KIND] TERM

Operators wait on a stack for their operands, so that no depth of nesting costs recursion.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from connectors.errors import Misconfigured
from connectors.z3950 import oids
from connectors.z3950.rpn import Attribute, Operator, ResultSet, RpnQuery, Term, Token

_MAX_LENGTH: Final = 1_000_000
_WORD: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))')
_OPERATORS: Final = {"@and": Operator.AND, "@or": Operator.OR, "@not": Operator.AND_NOT}
_ATTRIBUTE_SETS: Final = {"bib-1": oids.BIB1_ATTRIBUTES, "bib1": oids.BIB1_ATTRIBUTES}


def parse(text: str, encoding: str = "utf-8") -> RpnQuery:
    """The query written in PQF; terms are sent in ``encoding``.

    Raises:
        Misconfigured: ``bad_query`` with the place and the reason.
    """
    return _Reader(text, encoding).query()


class _Reader:
    def __init__(self, text: str, encoding: str) -> None:
        if len(text) > _MAX_LENGTH:
            raise Misconfigured("bad_query", "PQF", query=text[:80], position=_MAX_LENGTH, reason="too long")
        self._text = text
        self._encoding = encoding
        self._position = 0

    def query(self) -> RpnQuery:
        attribute_set = oids.BIB1_ATTRIBUTES
        tokens: list[Token] = []
        waiting: list[tuple[Operator, int]] = []  # operators with the operands they still lack
        inherited: list[tuple[Attribute, ...]] = [()]
        attributes: tuple[Attribute, ...] = ()
        while (word := self._word()) is not None:
            quoted, value = word
            keyword = "" if quoted else value
            if keyword == "@attrset":
                attribute_set = self._attribute_set()
            elif keyword == "@attr":
                attributes += (self._attribute(),)
            elif keyword in _OPERATORS:
                waiting.append((_OPERATORS[keyword], 2))
                inherited.append(inherited[-1] + attributes)
                attributes = ()
            else:
                tokens.append(self._operand(keyword, value, attributes + inherited[-1]))
                attributes = ()
                self._close(tokens, waiting, inherited)
                if not waiting:
                    break
        if waiting or not tokens:
            self._fail("an operand is missing")
        if self._word() is not None:
            self._fail("something follows the end of the query")
        return RpnQuery(tuple(tokens), attribute_set)

    def _close(
        self,
        tokens: list[Token],
        waiting: list[tuple[Operator, int]],
        inherited: list[tuple[Attribute, ...]],
    ) -> None:
        while waiting:
            operator, lacking = waiting.pop()
            if lacking > 1:
                waiting.append((operator, lacking - 1))
                return
            tokens.append(operator)
            inherited.pop()

    def _operand(self, keyword: str, value: str, attributes: tuple[Attribute, ...]) -> Term | ResultSet:
        if keyword == "@set":
            return ResultSet(self._need("a result set's name"))
        if keyword == "@term":
            self._need("the kind of term")
            value = self._need("a term")
        elif keyword.startswith("@"):
            self._fail(f"unknown word {keyword}")
        try:
            return Term(value.encode(self._encoding), attributes)
        except UnicodeEncodeError:
            raise Misconfigured(
                "bad_query",
                "PQF",
                query=self._text[:200],
                position=self._position,
                reason="not in this encoding",
            ) from None

    def _attribute_set(self) -> str:
        name = self._need("an attribute set")
        return _ATTRIBUTE_SETS.get(name.casefold(), name)

    def _attribute(self) -> Attribute:
        word = self._need("an attribute")
        attribute_set = None
        if "=" not in word:
            attribute_set = _ATTRIBUTE_SETS.get(word.casefold(), word)
            word = self._need("an attribute")
        kind, _, value = word.partition("=")
        if not kind.isdecimal() or not value:
            self._fail("an attribute must be TYPE=VALUE")
        return Attribute(int(kind), int(value) if value.isdecimal() else value, attribute_set)

    def _need(self, what: str) -> str:
        word = self._word()
        if word is None:
            self._fail(f"{what} is missing")
        return word[1]

    def _word(self) -> tuple[bool, str] | None:
        """The next word and whether it was quoted."""
        match = _WORD.match(self._text, self._position)
        if match is None:
            if self._text[self._position :].strip():
                self._fail("a quotation mark is not closed")
            return None
        self._position = match.end()
        quoted, bare = match.groups()
        if quoted is not None:
            return True, re.sub(r"\\(.)", r"\1", quoted)
        return False, bare

    def _fail(self, reason: str) -> NoReturn:
        raise Misconfigured(
            "bad_query", "PQF", query=self._text[:200], position=self._position, reason=reason
        )
