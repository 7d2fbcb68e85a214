"""The one writer of a SQLite database: a thread with a queue that commits in groups.

A commit waits some milliseconds for the disk. Whatever is queued meanwhile shares the next commit: each write
runs under a savepoint of its own, the group is committed once, and only then is each caller told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from hub.errors import Broken

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """How much one commit may carry before its callers are told."""

    writes: int = 512
    seconds: float = 0.05


class _Write:
    """One queued write: what to run, and whom to tell once it is durable."""

    def __init__(self, decide: Callable[[Connection], Any]) -> None:
        self.future: Future[Any] = Future()
        self._decide = decide
        self._answer: Any = None
        self._problem: BaseException | None = None
        self._started = False

    def start(self) -> bool:
        """Whether it is still wanted; from here on its caller can no longer withdraw it."""
        self._started = self._started or self.future.set_running_or_notify_cancel()
        return self._started

    def perform(self, connection: Connection) -> None:
        """Run under a savepoint; whatever it raises undoes only itself."""
        if not self.start():
            return
        outer = connection.get_transaction()
        try:
            with connection.begin_nested():
                self._answer = self._decide(connection)
        except BaseException as problem:  # whatever it is belongs to the caller, and must not end the thread
            self._problem = problem
        if connection.get_transaction() is not outer or not _in_transaction(connection):
            # SQLite itself rolls everything back when, say, the disk is full; a write may have committed.
            raise RuntimeError("the transaction ended under a write") from self._problem

    def acknowledge(self) -> None:
        """Tell the caller how it went."""
        if not self._started:
            return
        if self._problem is None:
            self.future.set_result(self._answer)
        else:
            self.future.set_exception(self._problem)

    def fail(self, problem: BaseException) -> None:
        """Tell the caller that nothing of the group remains."""
        if self.start():
            broken = Broken("storage.commit_failed", problem=problem)
            broken.__cause__ = problem
            self.future.set_exception(broken)


class GroupCommitWriter:
    """Performs writes one after the other in its own thread and commits them in groups."""

    def __init__(
        self, engine: Engine, limits: GroupLimits | None = None, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """``elapsed`` tells seconds from any fixed start; the engine must allow one connection at least."""
        self._limits = limits or GroupLimits()
        self._elapsed = elapsed
        self._connection = engine.connect()
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self._accepting = Lock()
        self._closed = False
        self._stopping = False
        self._thread = Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    def submit(self, decide: Callable[[Connection], T]) -> Future[T]:
        """Queue a write. The future is done when its effects are durable or it has failed.

        Raises:
            Broken: the store is closed.
        """
        write = _Write(decide)
        with self._accepting:
            if self._closed:
                raise Broken("storage.closed")
            self._queue.put(write)
        return write.future

    def close(self) -> None:
        """Perform and commit what was accepted, then end the thread. Closing twice is harmless."""
        with self._accepting:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping and (first := self._queue.get()) is not None:
            self._perform_group(first)
        self._connection.close()

    def _perform_group(self, first: _Write) -> None:
        group = [first]
        try:
            with self._connection.begin():
                for write in self._arriving(group):
                    write.perform(self._connection)
        except Exception as problem:  # any failure of the commit is the failure of every write it carried
            # After a failed COMMIT SQLite is still inside the transaction: the next group has a new one.
            self._connection.invalidate()
            for write in group:
                write.fail(problem)
        else:
            for write in group:
                write.acknowledge()

    def _arriving(self, group: list[_Write]) -> Iterator[_Write]:
        """The first write of ``group``, then what is queued, added to it, up to the limits."""
        began = self._elapsed()
        yield group[0]
        while len(group) < self._limits.writes and self._elapsed() - began < self._limits.seconds:
            try:
                write = self._queue.get_nowait()
            except Empty:
                return
            if write is None:
                self._stopping = True
                return
            group.append(write)
            yield write


def _in_transaction(connection: Connection) -> bool:
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))
