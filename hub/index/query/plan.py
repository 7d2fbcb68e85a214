"""What an engine is to look up: tokens in index fields and how they are joined.

Owns: the small language every engine compiles to its own. It has no analysis: tokens are matched as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class All:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


@dataclass(frozen=True, slots=True)
class Term:
    """Documents with this token in the field."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents with these tokens one after the other in the field; at least two."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Documents with a token that begins so."""

    field: str
    stem: str


@dataclass(frozen=True, slots=True)
class Near:
    """Documents with a token at most ``distance`` edits away."""

    field: str
    token: str
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """Documents whose number lies in the range, ends included; an open end is None."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must match."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least ``at_least`` parts must match."""

    parts: tuple[Plan, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Except:
    """Documents that do not match the part."""

    part: Plan


@dataclass(frozen=True, slots=True)
class Weighted:
    """The part, its score multiplied."""

    part: Plan
    factor: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The part, every match of it scored the same."""

    part: Plan
    score: float


@dataclass(frozen=True, slots=True)
class Preferring:
    """What ``wanted`` matches, higher where some of ``preferred`` match too."""

    wanted: Plan
    preferred: tuple[Plan, ...]


Plan = (
    All | Nothing | Term | Phrase | Prefix | Near | Between
    | AllOf | AnyOf | Except | Weighted | Scored | Preferring
)  # fmt: skip


def all_of(parts: tuple[Plan, ...]) -> Plan:
    """Every part; a single one stands for itself, none for every document."""
    if not parts:
        return All()
    return parts[0] if len(parts) == 1 else AllOf(parts)


def any_of(parts: tuple[Plan, ...]) -> Plan:
    """At least one part; a single one stands for itself, none for nothing."""
    if not parts:
        return Nothing()
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def wanted_terms(plan: Plan) -> Iterator[Term]:
    """Every token the plan looks for and does not exclude, with its field."""
    match plan:
        case Term():
            yield plan
        case Phrase(field=field, tokens=tokens):
            yield from (Term(field, token) for token in tokens)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from wanted_terms(part)
        case Weighted(part=part) | Scored(part=part) | Preferring(wanted=part):
            yield from wanted_terms(part)
