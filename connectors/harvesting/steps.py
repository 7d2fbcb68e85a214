"""Single steps of a harvest, each tried again while that may help and the run's budget lasts.

Owns: attempts, pauses, broken conversations counted. Must not: know the plan of a harvest, or a protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Final, TypeVar

from connectors.errors import Diagnostic, Interrupted, ProtocolViolation
from connectors.harvesting.patience import Patience, Spending, Timing
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE, Key, Slice
from connectors.harvesting.target import SearchTarget

T = TypeVar("T")

_MAX_QUESTIONS: Final = 20_000  # ten million records in slices of a few thousand need fewer


class Steps:
    """The steps over one target."""

    def __init__(self, target: SearchTarget, patience: Patience, timing: Timing) -> None:
        self.patience = patience
        self.spending = Spending(patience.budget, timing.clock)
        self._target = target
        self._timing = timing
        self._breaks = 0

    def check_budget(self) -> None:
        """Nothing, while the run may go on. Raises ``BudgetSpent``."""
        self.spending.check(self._target.requests)

    async def keys(self) -> Sequence[Key]:
        """The keys that can be searched in ranges."""
        return await self.retried(self._target.keys)

    async def count(self, part: Slice) -> Found:
        """How many records a slice has. Raises what the target raises."""
        return await self.retried(lambda: self._target.count(part))

    async def count_or_refusal(self, part: Slice) -> Found:
        """How many records a slice has; a refusal is an answer too.

        So is a session that ends whenever this is asked, while the target answers other questions.
        """
        try:
            return await self.count(part)
        except Diagnostic:
            return Found.nothing_said()
        except Interrupted:
            await self.count(WHOLE)
            return Found.nothing_said()

    async def answer(self, questions: Generator[Slice, Found, T]) -> T:
        """What a coroutine returns whose questions are put to the target.

        Raises:
            ProtocolViolation: ``plan_too_long``.
            ConnectorError: the target broke off too often.
        """
        try:
            part = next(questions)
            for _ in range(_MAX_QUESTIONS):
                part = questions.send(await self.count_or_refusal(part))
        except StopIteration as stop:
            answer: T = stop.value
            return answer
        questions.close()
        raise ProtocolViolation("plan_too_long", part.name, slice=part.name, questions=_MAX_QUESTIONS)

    async def occurrences(self, identifier: str) -> int | None:
        """How many records the target has under an identifier."""
        return await self.retried(lambda: self._target.occurrences(identifier))

    async def rest_after(self, broken: Interrupted, attempt: int) -> None:
        """Pause after a conversation broke off for the ``attempt``-th time in a row without anything new.

        Raises:
            Interrupted: there have been enough.
        """
        self._breaks += 1
        if attempt >= self.patience.attempts or self._breaks > self.patience.breaks:
            raise broken
        jitter = self._timing.jitter()
        await self._timing.sleep(self.patience.pause_before(max(1, attempt), jitter))

    async def retried(self, step: Callable[[], Awaitable[T]]) -> T:
        """What a step brings. Raises ``Interrupted`` when it broke off too often."""
        attempt = 0
        while True:
            self.check_budget()
            try:
                return await step()
            except Interrupted as broken:
                attempt += 1
                await self.rest_after(broken, attempt)
