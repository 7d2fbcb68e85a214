"""What a hub keeps between questions: one line to each member, and the answers of the last moment.

Owns: the order in which one member is asked (one question at a time), its connection, its silence.
Must not: decide about deadlines; whoever waits for an answer does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from connectors.availability.values import AvailabilitySource, LiveItem
from hub.services.availability.breaker import ANSWERING, Breaker

log = logging.getLogger(__name__)

#: an answer is given again for so long, with its age
KEPT: Final = timedelta(seconds=45)
MOST_KEPT: Final = 10_000
#: a connection that nobody used for so long is let go
IDLE: Final = timedelta(seconds=60)


#: protocol, address and options of a source
Described: TypeAlias = tuple[str, str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and when it came."""

    at: datetime
    items: tuple[LiveItem, ...]


@dataclass(slots=True)
class Line:
    """The one connection to a member's system, and who is next on it."""

    described: Described  #: what the system is asked by; a line is made anew when that changes
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    breaker: Breaker = ANSWERING
    used_at: datetime | None = None
    _source: AvailabilitySource | None = None

    def source(self, connect: Callable[[], AvailabilitySource], now: datetime) -> AvailabilitySource:
        """The member's system, connected where it is not. Raises what ``connect`` raises."""
        self.used_at = now
        if self._source is None:
            self._source = connect()
        return self._source

    def is_idle(self, now: datetime) -> bool:
        """Whether it is open and nobody has used it for long."""
        since = self.used_at
        return (
            self._source is not None and since is not None and now - since > IDLE and not self.turn.locked()
        )

    async def close(self) -> None:
        """Let go of the connection, after the question that is on it."""
        async with self.turn:
            source, self._source = self._source, None
            if source is not None:
                await source.close()


class LiveMemory:
    """Lines and answers of one hub. Lives in one event loop."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._answers: dict[tuple[str, int], Kept] = {}
        self._ending: set[asyncio.Task[Any]] = set()

    def line(self, name: str, described: Described) -> Line:
        """The line to a source; a new one where the description of the source was changed."""
        known = self._lines.get(name)
        if known is not None and known.described == described:
            return known
        if known is not None:
            self._end(known)
        made = self._lines[name] = Line(described)
        return made

    def kept(self, source: str, record: int, now: datetime) -> Kept | None:
        """The last answer about a record, if it is of this moment."""
        found = self._answers.get((source, record))
        return found if found is not None and now - found.at <= KEPT else None

    def keep(self, source: str, record: int, answer: Kept) -> None:
        """Remember an answer."""
        self._answers.pop((source, record), None)
        self._answers[source, record] = answer
        while len(self._answers) > MOST_KEPT:
            del self._answers[next(iter(self._answers))]

    def close_idle(self, now: datetime) -> int:
        """Let go of connections that nobody used for long; how many."""
        idle = [line for line in self._lines.values() if line.is_idle(now)]
        for line in idle:
            self._end(line)
        return len(idle)

    def give_up(self, question: asyncio.Task[Any]) -> None:
        """Stop a question that nobody waits for any more; it closes its connection in its own time."""
        question.cancel()
        self._see_off(question)

    async def close(self) -> None:
        """Let go of every connection, and wait until they are closed."""
        for line in self._lines.values():
            self._end(line)
        self._lines.clear()
        while self._ending:
            await asyncio.wait(self._ending)

    def _end(self, line: Line) -> None:
        self._see_off(asyncio.get_running_loop().create_task(line.close()))

    def _see_off(self, task: asyncio.Task[Any]) -> None:
        # The event loop itself holds tasks only weakly.
        self._ending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._ending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("a connection to a member ended badly: %s", error)
