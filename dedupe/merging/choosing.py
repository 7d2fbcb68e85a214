"""Choosing among what several records say: the most usual value, in its fullest wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dedupe.description import Description

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Source:
    """One record of an edition. ``priority``: the lower, the more its library's cataloguing is trusted."""

    key: str
    description: Description
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A value and the record it was taken from."""

    value: object
    source: str


def usual(
    sources: Sequence[Source],
    value: Callable[[Description], object],
    sameness: Callable[[Description], Hashable],
) -> Choice | None:
    """The wording of the value that most records share, from the best record that has it.

    ``sameness`` maps wordings that mean one thing to one value. Among equally usual ones the best source
    decides: priority, then the fuller wording, then the smaller key.
    """
    stated = [source for source in sources if value(source.description)]
    if not stated:
        return None
    votes = Counter(sameness(source.description) for source in stated)

    def rank(source: Source) -> tuple[int, int, int, str]:
        wording = value(source.description)
        return (-votes[sameness(source.description)], source.priority, -len(str(wording)), source.key)

    best = min(stated, key=rank)
    return Choice(value(best.description), best.key)


def fullest(sources: Sequence[Source], value: Callable[[Description], str]) -> Choice | None:
    """The longest value, from the best record that has it."""
    stated = [source for source in sources if value(source.description)]
    if not stated:
        return None
    best = min(stated, key=lambda source: (-len(value(source.description)), source.priority, source.key))
    return Choice(value(best.description), best.key)


def together(
    sources: Sequence[Source], values: Callable[[Description], Iterable[str]], most: int
) -> tuple[list[str], str]:
    """The values of all records, most usual first, and the record that gave the first of them."""
    votes: Counter[str] = Counter()
    first_of: dict[str, str] = {}
    for source in sorted(sources, key=lambda source: (source.priority, source.key)):
        for value in dict.fromkeys(values(source.description)):
            votes[value] += 1
            first_of.setdefault(value, source.key)
    ranked = sorted(votes, key=lambda value: (-votes[value], value))[:most]
    return ranked, first_of[ranked[0]] if ranked else ""
