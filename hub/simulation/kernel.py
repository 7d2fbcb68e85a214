"""The simulation kernel: what happens when, on a clock that jumps from one happening to the next.

Happenings at one instant run in the order in which they were planned, so a seed gives the same history.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime

from hub.simulation.calling import Caller

Happening = Callable[[datetime], Awaitable[None]]


class Agenda:
    """Happenings by their instant."""

    def __init__(self, start: datetime) -> None:
        """The simulation begins at ``start``."""
        self._heap: list[tuple[datetime, int, Happening]] = []
        self._planned = 0
        self.now = start

    def at(self, instant: datetime, happening: Happening) -> None:
        """Plan something; what should have been earlier happens now."""
        self._planned += 1
        heapq.heappush(self._heap, (max(instant, self.now), self._planned, happening))

    def next_instant(self) -> datetime | None:
        """When the next thing happens; None when nothing is planned."""
        return self._heap[0][0] if self._heap else None

    def pop(self) -> tuple[datetime, Happening]:
        """The next happening; the agenda's time moves to it."""
        instant, _, happening = heapq.heappop(self._heap)
        self.now = instant
        return instant, happening


async def run(
    agenda: Agenda,
    caller: Caller,
    until: datetime,
    after_each: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Let everything planned before ``until`` happen; how many happenings there were.

    ``after_each`` is called after every happening: the place to check promises.
    """
    happened = 0
    while (instant := agenda.next_instant()) is not None and instant < until:
        moved = instant > agenda.now
        instant, happening = agenda.pop()
        if moved:
            await caller.move_clock(instant)
        await happening(instant)
        happened += 1
        if after_each is not None:
            await after_each()
    agenda.now = max(agenda.now, until)
    await caller.move_clock(agenda.now)
    return happened
