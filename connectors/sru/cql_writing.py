"""CQL as text: what ``cql.parse`` reads back as the same query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from connectors.sru.cql import KEYWORDS, SERVER_CHOICE, Clause, Modifier, Query, SortKey

_BARE: Final = re.compile(r'[^\s()=<>/"]+')
_ESCAPABLE: Final = re.compile(r'\\[^"]|\\?"|\\\Z', re.DOTALL)


def to_cql(query: Query) -> str:
    """The text of a query, with parentheses only where they change its meaning.

    Context sets declared for sort keys are declared for the whole query, the others for their clause alone.
    """
    shared = {_declaration(key.index, key.context_set): None for key in query.sort if key.context_set}
    operands: list[tuple[list[str], bool]] = []  # the words of each, and whether it is joined of several
    for token in query.tokens:
        if isinstance(token, Clause):
            operands.append((_clause(token, shared), False))
            continue
        right, joined = operands.pop()
        left, _ = operands.pop()
        left.append(f"{token.boolean}{_modifiers(token.modifiers)}")
        left.extend(("(", *right, ")") if joined else right)
        operands.append((left, True))
    (text, _), keys = operands.pop(), [_sort_key(key) for key in query.sort]
    return " ".join([*shared, *text, *(["sortby", *keys] if keys else [])])


def quote(term: str) -> str:
    """A term as it is written inside a query, without wildcards or special meaning."""
    escaped = re.sub(r'([\\*?^"])', r"\\\1", term)
    return f'"{escaped}"'


def _clause(clause: Clause, shared: Iterable[str]) -> list[str]:
    if (clause.index, clause.relation, clause.modifiers) == (SERVER_CHOICE, "=", ()):
        return [_word(clause.term)]
    relation = f"{clause.relation}{_modifiers(clause.modifiers)}"
    words = [_word(clause.index), relation, _word(clause.term)]
    declaration = _declaration(clause.index, clause.context_set)
    if not clause.context_set or declaration in shared:
        return words
    return ["(", declaration, *words, ")"]


def _declaration(index: str, context_set: str) -> str:
    prefix, dot, _ = index.partition(".")
    return f"> {_word(prefix)} = {_word(context_set)}" if dot else f"> {_word(context_set)}"


def _sort_key(key: SortKey) -> str:
    return _word(key.index) + _modifiers(key.modifiers)


def _modifiers(modifiers: tuple[Modifier, ...]) -> str:
    return "".join(
        f"/{_word(modifier.name)}" + (f"{modifier.relation}{_word(modifier.value)}" * bool(modifier.relation))
        for modifier in modifiers
    )


def _word(text: str) -> str:
    """The text as one word: in quotation marks where it would be taken for something else."""
    if _BARE.fullmatch(text) and text.casefold() not in KEYWORDS:
        return text
    return '"' + _ESCAPABLE.sub(_escaped, text) + '"'


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    if found == "\\":
        return "\\\\"
    return '\\"' if found.endswith('"') else found
