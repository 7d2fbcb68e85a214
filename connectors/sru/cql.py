"""CQL 1.2 (Contextual Query Language, OASIS searchRetrieve part 5), read into a flat query.

    query    ::= [">" [prefix "="] uri]... clause [boolean clause]... ["sortby" index...]
    clause   ::= "(" query ")" | [index relation] term
    boolean  ::= ("and" | "or" | "not" | "prox") modifiers
    relation ::= (symbol | name) modifiers

Booleans have equal precedence and join from the left. The result is in reverse Polish order, operands first,
so that no depth of nesting costs recursion here or in what uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias

_MAX_LENGTH: Final = 100_000  # characters of a query
_MAX_DEPTH: Final = 500  # open parentheses
_WORD: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(<=|>=|<>|==|[()=<>/])|([^\s()=<>/"]+))', re.DOTALL)
_SYMBOLS: Final = frozenset({"=", "==", "<>", "<", ">", "<=", ">="})


class Boolean(StrEnum):
    """What joins the two operands before it."""

    AND = "and"
    OR = "or"
    NOT = "not"
    PROX = "prox"


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier of a relation, a boolean or a sort key: ``/name``, ``/name=value``."""

    name: str
    relation: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. A bare term has the index ``cql.serverChoice`` and the relation ``=``."""

    index: str
    relation: str
    term: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """A boolean with its modifiers."""

    boolean: Boolean
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class SortKey:
    """An index to sort by, the most significant first."""

    index: str
    modifiers: tuple[Modifier, ...] = ()


Token: TypeAlias = Clause | Join

SERVER_CHOICE: Final = "cql.serverChoice"


@dataclass(frozen=True, slots=True)
class Query:
    """A query in reverse Polish order; each ``Join`` takes the two operands before it."""

    tokens: tuple[Token, ...]
    sort: tuple[SortKey, ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()  #: declared prefixes and what they stand for


class CqlSyntaxError(ValueError):
    """The text is not CQL; ``position`` counts characters from 0 to where that shows."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} at character {position + 1}")
        self.reason = reason
        self.position = position


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        CqlSyntaxError: it is not CQL, too long or too deep.
    """
    return _Parser(text).query()


@dataclass(slots=True)
class _Word:
    kind: str  # "quoted", "symbol" or "name"
    value: str
    position: int

    @property
    def is_name(self) -> bool:
        return self.kind == "name"

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.value in symbols

    def is_keyword(self, *names: str) -> bool:
        return self.kind == "name" and self.value.casefold() in names


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > _MAX_LENGTH:
            raise CqlSyntaxError(f"a query of more than {_MAX_LENGTH} characters", _MAX_LENGTH)
        self._end = len(text)
        self._words = self._split(text)
        self._next = 0

    def query(self) -> Query:
        prefixes = self._prefixes()
        tokens: list[Token] = []
        waiting: list[Join | None] = []  # None stands for an open parenthesis
        while True:
            while (word := self._take("a term")).is_symbol("("):
                waiting.append(None)
                if waiting.count(None) > _MAX_DEPTH:
                    self._fail(f"parentheses nested deeper than {_MAX_DEPTH}", word)
                prefixes += self._prefixes()
            tokens.append(self._clause(word))
            self._join(tokens, waiting)
            while (closing := self._peek()) is not None and closing.is_symbol(")"):
                self._next += 1
                if None not in waiting:
                    self._fail("a parenthesis was never opened", closing)
                waiting.pop()
                self._join(tokens, waiting)
            boolean = self._boolean()
            if boolean is None:
                break
            waiting.append(boolean)
        if waiting:
            self._fail("a parenthesis is not closed", None)
        sort = self._sort()
        if (rest := self._peek()) is not None:
            self._fail(f"unexpected {rest.value!r}", rest)
        return Query(tuple(tokens), sort, tuple(prefixes))

    @staticmethod
    def _join(tokens: list[Token], waiting: list[Join | None]) -> None:
        """An operand is complete: the boolean that waited for it follows it."""
        while waiting and (join := waiting[-1]) is not None:
            waiting.pop()
            tokens.append(join)

    def _prefixes(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        while (word := self._peek()) is not None and word.is_symbol(">"):
            self._next += 1
            name = self._take("a prefix or identifier")
            after = self._peek()
            if after is not None and after.is_symbol("="):
                self._next += 1
                found.append((name.value, self._take("an identifier").value))
            else:
                found.append(("", name.value))
        return found

    def _clause(self, word: _Word) -> Clause:
        if word.kind == "symbol":
            self._fail(f"a term was expected, not {word.value!r}", word)
        relation = self._relation()
        if relation is None:
            return Clause(SERVER_CHOICE, "=", word.value)
        modifiers = self._modifiers()
        term = self._take("a term")
        if term.kind == "symbol":
            self._fail(f"a term was expected, not {term.value!r}", term)
        return Clause(word.value, relation, term.value, modifiers)

    def _relation(self) -> str | None:
        word = self._peek()
        if word is None:
            return None
        if word.is_symbol(*_SYMBOLS):
            self._next += 1
            return word.value
        # A name between two terms is a relation ("title any fish"), unless it joins or sorts.
        if word.is_name and not word.is_keyword(*Boolean, "sortby"):
            self._next += 1
            return word.value.casefold()
        return None

    def _boolean(self) -> Join | None:
        word = self._peek()
        if word is None or not word.is_keyword(*Boolean):
            return None
        self._next += 1
        return Join(Boolean(word.value.casefold()), self._modifiers())

    def _modifiers(self) -> tuple[Modifier, ...]:
        found: list[Modifier] = []
        while (word := self._peek()) is not None and word.is_symbol("/"):
            self._next += 1
            name = self._take("a modifier")
            relation = self._peek()
            if relation is not None and relation.is_symbol(*_SYMBOLS):
                self._next += 1
                found.append(Modifier(name.value, relation.value, self._take("a value").value))
            else:
                found.append(Modifier(name.value))
        return tuple(found)

    def _sort(self) -> tuple[SortKey, ...]:
        word = self._peek()
        if word is None or not word.is_keyword("sortby"):
            return ()
        self._next += 1
        keys = [SortKey(self._take("an index to sort by").value, self._modifiers())]
        while (index := self._peek()) is not None and index.kind != "symbol":
            self._next += 1
            keys.append(SortKey(index.value, self._modifiers()))
        return tuple(keys)

    def _split(self, text: str) -> list[_Word]:
        words: list[_Word] = []
        position = 0
        while (match := _WORD.match(text, position)) is not None:
            quoted, symbol, name = match.groups()
            start = match.end() - len(match.group().lstrip())
            if quoted is not None:
                words.append(_Word("quoted", _unescaped(quoted), start))
            elif symbol is not None:
                words.append(_Word("symbol", symbol, start))
            else:
                words.append(_Word("name", name, start))
            position = match.end()
        if text[position:].strip():
            raise CqlSyntaxError("a quotation mark is not closed", position)
        return words

    def _peek(self) -> _Word | None:
        return self._words[self._next] if self._next < len(self._words) else None

    def _take(self, what: str) -> _Word:
        word = self._peek()
        if word is None:
            self._fail(f"{what} is missing", None)
        self._next += 1
        return word

    def _fail(self, reason: str, word: _Word | None) -> NoReturn:
        raise CqlSyntaxError(reason, self._end if word is None else word.position)


def _unescaped(text: str) -> str:
    """Only a quotation mark loses its backslash here: the others mask wildcards, for whoever searches."""
    return text.replace('\\"', '"')


def quote(term: str) -> str:
    """A term as it is written inside a query, without wildcards or special meaning."""
    escaped = re.sub(r'([\\*?^"])', r"\\\1", term)
    return f'"{escaped}"'
