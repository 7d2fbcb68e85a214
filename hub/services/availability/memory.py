"""What a hub keeps between questions: one line to each member, and the answers of the last moment.

Owns: the order in which one member is asked (one question at a time), its connection, its silence.
Must not: decide about deadlines; whoever waits for an answer does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connectors.availability.values import AvailabilitySource, LiveItem
from hub.services.availability.breaker import ANSWERING, Breaker

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
        """Let go of the connection."""
        source, self._source = self._source, None
        if source is not None:
            await source.close()


class LiveMemory:
    """Lines and answers of one hub. Lives in one event loop."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._answers: dict[tuple[str, int], Kept] = {}
        self._ending: set[asyncio.Task[None]] = set()

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

    def close_idle(self, now: datetime) -> None:
        """Let go of connections that nobody used for long."""
        for line in self._lines.values():
            if line.is_idle(now):
                self._end(line)

    def _end(self, line: Line) -> None:
        """Close a line without waiting for it."""
        task = asyncio.get_running_loop().create_task(line.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Let go of every connection."""
        await asyncio.gather(*(line.close() for line in self._lines.values()), *self._ending)
        self._lines.clear()
