"""CQL 1.2 (Contextual Query Language, OASIS searchRetrieve part 5), read into a flat query.

    sorted   ::= query ["sortby" (index modifiers)...]
    query    ::= [">" [prefix "="] identifier]... clause [boolean clause]...
    clause   ::= "(" query ")" | [index relation] term
    boolean  ::= ("and" | "or" | "not" | "prox") modifiers
    relation ::= (symbol | name) modifiers

Booleans have equal precedence and join from the left. The result is in reverse Polish order, operands first,
so that no depth of nesting costs recursion here or in what uses it. What a prefix was declared to stand for
is found here, because a declaration holds only within its parentheses.

Owns: the syntax. ``cql_terms`` reads the masks inside terms, ``cql_writing`` makes text of a query; the
search index shares all three. Must not: know which indexes or relations anyone supports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias

_MAX_LENGTH: Final = 100_000  # characters of a query
_MAX_DEPTH: Final = 500  # open parentheses
_MAX_DECLARATIONS: Final = 50  # of prefixes
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
    context_set: str = ""  #: what the index's prefix was declared to stand for; empty where it was not


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
    context_set: str = ""  #: as in ``Clause``


Token: TypeAlias = Clause | Join

SERVER_CHOICE: Final = "cql.serverChoice"
#: Words that must be quoted to be searched for at the beginning of a clause.
KEYWORDS: Final = frozenset({*Boolean, "sortby"})


@dataclass(frozen=True, slots=True)
class Query:
    """A query in reverse Polish order; each ``Join`` takes the two operands before it."""

    tokens: tuple[Token, ...]
    sort: tuple[SortKey, ...] = ()


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
        self._tokens: list[Token] = []
        self._waiting: list[Join | None] = []  # None stands for an open parenthesis
        self._scopes: list[dict[str, str]] = [{}]  # prefixes and what they stand for, by open parenthesis
        self._declared = 0

    def query(self) -> Query:
        self._declare()
        while True:
            word = self._take("a term")
            while word.is_symbol("("):
                self._open(word)
                word = self._take("a term")
            self._tokens.append(self._clause(word))
            self._join()
            while (closing := self._peek()) is not None and closing.is_symbol(")"):
                self._close(closing)
            boolean = self._boolean()
            if boolean is None:
                break
            self._waiting.append(boolean)
        if self._waiting:
            self._fail("a parenthesis is not closed", None)
        sort = self._sort()
        if (rest := self._peek()) is not None:
            self._fail(f"unexpected {rest.value!r}", rest)
        return Query(tuple(self._tokens), sort)

    def _open(self, word: _Word) -> None:
        self._waiting.append(None)
        self._scopes.append(self._scopes[-1])
        if len(self._scopes) > _MAX_DEPTH + 1:
            self._fail(f"parentheses nested deeper than {_MAX_DEPTH}", word)
        self._declare()

    def _close(self, word: _Word) -> None:
        self._next += 1
        if len(self._scopes) == 1:
            self._fail("a parenthesis was never opened", word)
        self._scopes.pop()
        self._waiting.pop()
        self._join()

    def _join(self) -> None:
        """An operand is complete: the boolean that waited for it follows it."""
        if self._waiting and (join := self._waiting[-1]) is not None:
            self._waiting.pop()
            self._tokens.append(join)

    def _declare(self) -> None:
        """Read the declarations at the beginning of a scope."""
        while (word := self._peek()) is not None and word.is_symbol(">"):
            self._next += 1
            prefix, identifier = "", self._text("a prefix or identifier")
            after = self._peek()
            if after is not None and after.is_symbol("="):
                self._next += 1
                prefix, identifier = identifier.casefold(), self._text("an identifier")
            self._declared += 1
            if self._declared > _MAX_DECLARATIONS:
                self._fail(f"more than {_MAX_DECLARATIONS} prefixes", word)
            # A scope is never changed, so that those inside and outside of it can share it.
            self._scopes[-1] = {**self._scopes[-1], prefix: identifier}

    def _context_set(self, index: str) -> str:
        prefix, dot, _ = index.partition(".")
        return self._scopes[-1].get(prefix.casefold() if dot else "", "")

    def _clause(self, word: _Word) -> Clause:
        if word.kind == "symbol":
            self._fail(f"a term was expected, not {word.value!r}", word)
        relation = self._relation()
        if relation is None:
            return Clause(SERVER_CHOICE, "=", word.value)
        modifiers = self._modifiers()
        term = self._text("a term")
        return Clause(word.value, relation, term, modifiers, self._context_set(word.value))

    def _relation(self) -> str | None:
        word = self._peek()
        if word is None:
            return None
        if word.is_symbol(*_SYMBOLS):
            self._next += 1
            return word.value
        # A name between two terms is a relation ("title any fish"), unless it joins or sorts.
        if word.is_name and not word.is_keyword(*KEYWORDS):
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
            name = self._text("a modifier")
            relation = self._peek()
            if relation is not None and relation.is_symbol(*_SYMBOLS):
                self._next += 1
                found.append(Modifier(name, relation.value, self._text("a value")))
            else:
                found.append(Modifier(name))
        return tuple(found)

    def _sort(self) -> tuple[SortKey, ...]:
        word = self._peek()
        if word is None or not word.is_keyword("sortby"):
            return ()
        self._next += 1
        keys = [self._sort_key()]
        while (index := self._peek()) is not None and index.kind != "symbol":
            keys.append(self._sort_key())
        return tuple(keys)

    def _sort_key(self) -> SortKey:
        index = self._text("an index to sort by")
        return SortKey(index, self._modifiers(), self._context_set(index))

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

    def _text(self, what: str) -> str:
        """The next word, which must not be a symbol."""
        word = self._take(what)
        if word.kind == "symbol":
            self._fail(f"{what} was expected, not {word.value!r}", word)
        return word.value

    def _fail(self, reason: str, word: _Word | None) -> NoReturn:
        raise CqlSyntaxError(reason, self._end if word is None else word.position)


def _unescaped(text: str) -> str:
    """Only a quotation mark loses its backslash here: the others mask wildcards, for whoever searches."""
    return text.replace('\\"', '"')
