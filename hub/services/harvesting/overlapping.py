"""Steps that overlap and yet end in order: while one batch is stored, the next is read and another comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

#: batches under way at once; more would only wait in memory
UNDER_WAY = 3


class Overlapping(Generic[Given, Made]):
    """Begins ``make`` for what is put in at once, and calls ``finish`` with what came of it, one at a time.

    An asynchronous context manager. ``put`` waits while ``UNDER_WAY`` are not finished, so that whoever
    brings more than can be dealt with is held up and memory stays flat. What a step raises is raised by the
    next ``put`` or ``drain``, and nothing that was put in after it is finished.
    """

    def __init__(
        self, make: Callable[[Given], Awaitable[Made]], finish: Callable[[Given, Made], Awaitable[None]]
    ) -> None:
        self._make = make
        self._finish = finish
        self._under_way: deque[asyncio.Task[None]] = deque()

    async def __aenter__(self) -> Overlapping[Given, Made]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._under_way:
            task.cancel()
        # They were begun here and must have ended before whoever began them goes on.
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def put(self, given: Given) -> None:
        """Begin with one more, waiting while too many are under way."""
        while len(self._under_way) >= UNDER_WAY:
            await self._oldest()
        before = self._under_way[-1] if self._under_way else None
        self._under_way.append(asyncio.create_task(self._pass_through(given, before)))

    async def drain(self) -> None:
        """Return when all that was put in is finished."""
        while self._under_way:
            await self._oldest()

    async def _oldest(self) -> None:
        await self._under_way[0]
        self._under_way.popleft()

    async def _pass_through(self, given: Given, before: asyncio.Task[None] | None) -> None:
        making = asyncio.ensure_future(self._make(given))
        try:
            if before is not None:
                await asyncio.shield(before)
            await self._finish(given, await making)
        finally:
            making.cancel()
