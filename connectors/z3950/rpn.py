"""The type-1 query as a value, in reverse Polish order: operands first, then what joins them.

A flat sequence instead of a tree, so that a query of a thousand terms costs no recursion anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias, TypeVar

from connectors.z3950 import oids

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a term: type, value (a word in some sets), and its set where not the query's."""

    type: int
    value: int | str
    attribute_set: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A search term with its attributes."""

    value: bytes
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, attribute_type: int) -> int | str | None:
        """The value of the first attribute of this type."""
        for attribute in self.attributes:
            if attribute.type == attribute_type:
                return attribute.value
        return None


@dataclass(frozen=True, slots=True)
class ResultSet:
    """An earlier result set used as an operand."""

    name: str


class Operator(IntEnum):
    """What joins two operands; the numbers are those of the standard's choice."""

    AND = 0
    OR = 1
    AND_NOT = 2


Token: TypeAlias = Term | ResultSet | Operator


@dataclass(frozen=True, slots=True)
class RpnQuery:
    """A type-1 query. ``tokens`` is well formed: each operator joins the two operands before it."""

    tokens: tuple[Token, ...]
    attribute_set: str = oids.BIB1_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class CqlQuery:
    """A query in CQL, sent as text (type 104)."""

    text: str


def term(value: str | bytes, *attributes: tuple[int, int | str]) -> Term:
    """A term from (type, value) pairs; text is sent in UTF-8."""
    content = value.encode("utf-8") if isinstance(value, str) else value
    return Term(content, tuple(Attribute(kind, number) for kind, number in attributes))


def joined(operator: Operator, operands: Iterable[tuple[Token, ...]]) -> tuple[Token, ...]:
    """Several operands joined from the left by one operator."""
    tokens: list[Token] = []
    for index, operand in enumerate(operands):
        tokens.extend(operand)
        if index:
            tokens.append(operator)
    return tuple(tokens)


def fold(
    tokens: Iterable[Token],
    operand: Callable[[Term | ResultSet], T],
    join: Callable[[Operator, T, T], T],
) -> T:
    """Evaluate a query without recursion.

    Raises:
        ValueError: the tokens are not one well-formed query.
    """
    stack: list[T] = []
    for token in tokens:
        if isinstance(token, Operator):
            if len(stack) < 2:
                raise ValueError("an operator without two operands")
            right = stack.pop()
            stack.append(join(token, stack.pop(), right))
        else:
            stack.append(operand(token))
    if len(stack) != 1:
        raise ValueError("operands that nothing joins")
    return stack[0]
