"""A clock that somebody sets: what the demo day and the simulator run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta


def strikes_between(before: datetime, after: datetime) -> bool:
    """Whether a full hour strikes after ``before`` and not after ``after``."""
    return after.replace(minute=0, second=0, microsecond=0) > before


class SettableClock:
    """Stands still until it is set, never runs backwards; can be let go on with a real clock at the end."""

    def __init__(self, start: datetime) -> None:
        """``start`` is aware."""
        self._instant = start
        self._real: Callable[[], datetime] | None = None
        self._real_start = start

    def now(self) -> datetime:
        """The instant it was set to, plus the real time since it was let go."""
        if self._real is None:
            return self._instant
        return self._instant + (self._real() - self._real_start)

    def set(self, instant: datetime) -> datetime:
        """Move to ``instant`` if that lies ahead; an instant already passed changes nothing."""
        if instant > self.now():
            self._instant = instant
            if self._real is not None:
                self._real_start = self._real()
        return self.now()

    def advance(self, step: timedelta) -> datetime:
        """Move on by ``step``."""
        return self.set(self.now() + step)

    def run_on(self, real: Callable[[], datetime]) -> None:
        """From now on pass as ``real`` does: the demo stays usable after its scripted day."""
        if self._real is None:
            self._real, self._real_start = real, real()


class SimulatedSleeper:
    """Sleeps on a settable clock: the clock jumps, nobody waits."""

    def __init__(self, clock: SettableClock) -> None:
        """Sleep on this clock."""
        self._clock = clock

    async def sleep(self, seconds: float) -> None:
        """Move the clock on by ``seconds`` and let others run."""
        self._clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)
