"""The embedded store: one writer thread with group commit, and readers beside it that never wait for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from hub.errors import Broken
from hub.storage.group_commit import GroupCommitWriter, GroupLimits
from hub.storage.sqlite_engine import reading_engine, writing_engine

T = TypeVar("T")

#: How long the writer may compute before another thread has its turn. With Python's own five milliseconds
#: the event loop, and every fetch with it, would wait that long at each answer while a batch is stored.
SWITCH_SECONDS = 0.0005


class SQLiteStore:
    """A ``Store`` over one SQLite file (write-ahead log, ``synchronous=FULL``, foreign keys held)."""

    def __init__(
        self, path: Path, *, readers: int = 4, durable: bool = True, limits: GroupLimits | None = None
    ) -> None:
        """Open ``path``, creating an empty database where there is none; its folder must exist."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._writing = writing_engine(path, durable=durable)
        self._writer = GroupCommitWriter(self._writing, limits)
        self._reading = reading_engine(path, connections=readers)
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="storage-reader")
        self._closed = False

    async def write(self, decide: Callable[[Connection], T]) -> T:
        """Run ``decide`` in the writer thread and return its answer after the group commit.

        A caller cancelled while its write is still queued withdraws it; one cancelled later only stops
        waiting, and the write stands.

        Raises:
            Broken: the store is closed, or the commit failed and nothing of the group remains.
        """
        return await asyncio.wrap_future(self._writer.submit(decide))

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Run ``ask`` on a read-only connection in a thread; it sees one snapshot from its first statement.

        Raises:
            Broken: the store is closed.
        """
        if self._closed:
            raise Broken("storage.closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, ask)

    def close(self) -> None:
        """Commit what was accepted, let running reads end, close the file. Closing twice is harmless."""
        self._closed = True
        self._threads.shutdown(wait=True)
        self._reading.dispose()
        self._writer.close()
        self._writing.dispose()

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        with self._reading.connect() as connection, connection.begin():
            return ask(connection)
