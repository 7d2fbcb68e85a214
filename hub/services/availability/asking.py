"""Asking all members of an edition at once, each on its own line, under one deadline.

Owns: who is asked, and that the answer is whole when the deadline passes, whoever is silent then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from connectors.errors import ConnectorError, Interrupted
from hub.errors import Refusal
from hub.kernel.ports import Clock, Sleeper
from hub.services.availability.answers import Answered, Question, Reply
from hub.services.availability.breaker import ANSWERING
from hub.services.availability.memory import Kept, Line, LiveMemory

log = logging.getLogger(__name__)

#: who waits less than this for a member has not found it silent
PATIENCE: Final = 1.0


async def ask_all(
    questions: Sequence[Question], memory: LiveMemory, clock: Clock, sleeper: Sleeper, deadline: float
) -> list[Reply]:
    """The reply to each question, in their order; after ``deadline`` seconds those missing are ``late``."""
    memory.close_idle(clock.now())
    if not questions:
        return []
    asked = [_Asked(question, memory, clock) for question in questions]
    tasks = [asyncio.create_task(one.ask()) for one in asked]
    alarm = asyncio.ensure_future(sleeper.sleep(deadline))
    try:
        waiting: set[asyncio.Future[Reply]] = set(tasks)
        while waiting and not alarm.done():
            either: set[asyncio.Future[Any]] = {alarm, *waiting}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            waiting = {task for task in waiting if not task.done()}
    finally:
        alarm.cancel()
        for task in tasks:
            if not task.done():
                memory.give_up(task)
    return [
        one.reply(task) if task not in waiting else one.late(deadline)
        for one, task in zip(asked, tasks, strict=True)
    ]


class _Asked:
    """One question on its way."""

    def __init__(self, question: Question, memory: LiveMemory, clock: Clock) -> None:
        self._question = question
        self._memory = memory
        self._clock = clock
        self._line: Line | None = None
        self._put_at = self._began_at = clock.now()

    async def ask(self) -> Reply:
        """Wait for the turn, and ask unless somebody just did."""
        record = self._question.record
        if (recent := self._recent()) is not None:
            return recent
        if self._question.harvested:
            return Reply(Answered.HARVESTED, None)
        described = (record.protocol, record.address, self._question.options)
        line = self._memory.line(record.source, described)
        async with line.turn:
            now = self._began_at = self._clock.now()
            if (recent := self._recent()) is not None:
                return recent
            if not line.breaker.may_ask(now):
                return Reply(Answered.RESTING, None, silent_since=line.breaker.silent_since)
            self._line = line
            items = await line.source(self._question.connect, now).ask(self._question.identifiers)
            line.breaker = ANSWERING
            kept = Kept(self._clock.now(), items)
            self._memory.keep(record.source, record.id, kept)
            return Reply(Answered.LIVE, kept.at, items)

    def _recent(self) -> Reply | None:
        kept = self._memory.kept(self._question.record.source, self._question.record.id, self._clock.now())
        return None if kept is None else Reply(Answered.RECENT, kept.at, kept.items)

    def reply(self, task: asyncio.Task[Reply]) -> Reply:
        """What a finished task came to."""
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, Refusal):
            return Reply(Answered.FAILED, None, problem="not_permitted")
        if not isinstance(error, ConnectorError):
            log.error("asking %s failed", self._question.record.source, exc_info=error)
            return Reply(Answered.FAILED, None, problem="connector_failed")
        if isinstance(error, Interrupted):
            self._found_silent()
        elif self._line is not None:
            # It refuses, but it speaks.
            self._line.breaker = ANSWERING
        return Reply(Answered.FAILED, None, problem=error.code, silent_since=self._silent_since())

    def late(self, deadline: float) -> Reply:
        """The reply of a member that has not answered yet."""
        # Behind somebody else's question, or hurried, it had no chance to answer.
        waited = (self._began_at - self._put_at).total_seconds()
        if deadline - waited >= PATIENCE:
            self._found_silent()
        return Reply(Answered.LATE, None, problem="timed_out", silent_since=self._silent_since())

    def _found_silent(self) -> None:
        if self._line is not None:
            self._line.breaker = self._line.breaker.failed(self._clock.now())

    def _silent_since(self) -> datetime | None:
        return None if self._line is None else self._line.breaker.silent_since
