"""Cataloguers' decisions on pairs, and when two of them contradict each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Pairs held to be one edition and pairs held to be two, whatever their score; by record key."""

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A chain of "same" decisions between two records that are to be, or were, held different."""

    chain: tuple[str, ...]


def contradiction(decisions: Decisions, kind: str, first: str, second: str) -> Contradiction | None:
    """Why a new decision (``kind``: same or different) cannot stand beside the others; None when it can."""
    if kind == "different":
        chain = _chain(decisions.same, first, second)
        return Contradiction(chain) if chain else None
    same = decisions.same | {(first, second)}
    for one, other in sorted(decisions.different):
        if chain := _chain(same, one, other):
            return Contradiction(chain)
    return None


def _chain(same: Iterable[Pair], start: str, end: str) -> tuple[str, ...]:
    """The shortest way from one record to another over "same" decisions; empty when there is none."""
    neighbours: dict[str, set[str]] = {}
    for one, other in same:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    before: dict[str, str] = {start: start}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            return _back(before, end)
        for there in sorted(neighbours.get(here, ())):
            if there not in before:
                before[there] = here
                waiting.append(there)
    return ()


def _back(before: dict[str, str], end: str) -> tuple[str, ...]:
    chain = [end]
    while before[chain[-1]] != chain[-1]:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))
