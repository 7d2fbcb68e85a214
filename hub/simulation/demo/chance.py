"""Chance in independent streams, so that a change in one catalogue leaves the others as they were."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeAlias, TypeVar

from hub.kernel.ports import Randomness

T = TypeVar("T")

#: Gives the stream of a label; the same label always starts the same stream anew.
Streams: TypeAlias = Callable[[str], Randomness]


def seeded(seed: int) -> Streams:
    """Streams that depend on the seed and the label alone, not on the machine or the process."""
    return lambda label: random.Random(f"{seed}/{label}")


def weighted(chance: Randomness, options: Sequence[T], weights: Sequence[float]) -> T:
    """One of the options, as often as its weight says."""
    totals = list(accumulate(weights))
    point = chance.random() * totals[-1]
    return next(option for option, total in zip(options, totals, strict=True) if point < total)


def shuffled(chance: Randomness, options: Sequence[T]) -> list[T]:
    """The options in an order by chance."""
    return sorted(options, key=lambda _: chance.random())


def between(chance: Randomness, least: int, most: int) -> int:
    """A whole number from ``least`` to ``most``, both included."""
    return least + chance.randrange(most - least + 1)
