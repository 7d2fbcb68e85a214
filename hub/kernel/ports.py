"""What the hub must be handed instead of taking it: time, chance and waiting.

Owns: the three small ports that make the hub run the same under a real and a simulated clock.
Must not: read the real clock, the real random source or sleep (``hub.bootstrap`` hands in what does).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time. Every instant in the hub is aware and in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class Sleeper(Protocol):
    """Waits; under simulation the wait costs no real time."""

    async def sleep(self, seconds: float) -> None:
        """Return when ``seconds`` have passed on this port's clock."""
        ...


class Randomness(Protocol):
    """Chance, seeded by whoever assembles the hub. ``random.Random`` satisfies it."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...

    def randrange(self, stop: int, /) -> int:
        """A whole number in [0, stop)."""
        ...

    def choice(self, options: Sequence[T], /) -> T:
        """One of the options."""
        ...
