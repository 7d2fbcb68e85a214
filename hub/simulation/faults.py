"""A network between actors and the hub that can lose, repeat, delay and reorder what passes through it."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hub.kernel.ports import Randomness
from hub.simulation.calling import Caller, Refused, Silence, Wish


@dataclass(frozen=True, slots=True)
class FaultRates:
    """How often each fault happens, as shares of messages."""

    lose_wish: float = 0.0  #: it never reaches the hub
    lose_answer: float = 0.0  #: it is performed, and nobody hears of it
    repeat: float = 0.0  #: it arrives a second time at once
    delay: float = 0.0  #: it arrives again later, after other messages: late and out of order


CALM = FaultRates()
STORMY = FaultRates(lose_wish=0.05, lose_answer=0.05, repeat=0.05, delay=0.05)
#: an actor asks again this often before it gives up for now
TRIES = 6
#: how many later messages a delayed one lets pass
DELAYED_BY = 7


@dataclass(slots=True)
class FaultCounts:
    """What the network did."""

    wishes_lost: int = 0
    answers_lost: int = 0
    repeated: int = 0
    delayed: int = 0

    def to_dict(self) -> dict[str, int]:
        """As reports print it."""
        return asdict(self)


class FaultyNetwork:
    """A caller that passes wishes on to another, badly."""

    def __init__(self, inner: Caller, rates: FaultRates, randomness: Randomness) -> None:
        """``randomness`` decides each fault, so that a seed gives the same storm again."""
        self._inner = inner
        self._rates = rates
        self._randomness = randomness
        self._late: deque[tuple[int, Wish]] = deque()
        self._passed = 0
        self.counts = FaultCounts()

    async def call(self, wish: Wish) -> dict[str, Any]:
        """Ask until an answer comes, each time under the same key.

        Raises:
            Refused: the hub said no.
            Silence: no answer came in any try.
        """
        for _ in range(TRIES):
            await self._deliver_late()
            try:
                return await self._once(wish)
            except Silence:
                continue
        raise Silence(wish.operation)

    async def move_clock(self, instant: datetime) -> None:
        """The clock is no message: it always arrives."""
        await self._inner.move_clock(instant)

    async def _once(self, wish: Wish) -> dict[str, Any]:
        self._passed += 1
        if self._happens(self._rates.lose_wish):
            self.counts.wishes_lost += 1
            raise Silence(wish.operation)
        if self._happens(self._rates.delay):
            self.counts.delayed += 1
            self._late.append((self._passed + DELAYED_BY, wish))
        answer = await self._inner.call(wish)
        if self._happens(self._rates.repeat):
            self.counts.repeated += 1
            answer = await self._inner.call(wish)
        if self._happens(self._rates.lose_answer):
            self.counts.answers_lost += 1
            raise Silence(wish.operation)
        return answer

    async def _deliver_late(self) -> None:
        """A copy that lay somewhere arrives now; whatever it is answered, nobody waits for it any more."""
        while self._late and self._late[0][0] <= self._passed:
            _, wish = self._late.popleft()
            try:
                await self._inner.call(wish)
            except Refused:
                # The world has moved on since it was sent; the hub may well say no now.
                continue

    def _happens(self, rate: float) -> bool:
        return rate > 0 and self._randomness.random() < rate
