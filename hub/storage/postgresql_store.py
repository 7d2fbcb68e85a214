"""The outgrown store: PostgreSQL, as many writers at once as the pool has connections.

Decisions are written as if they were alone, as they are on SQLite. SERIALIZABLE keeps that true: PostgreSQL
lets them run side by side and turns one away when together they could not have happened one after the other;
that one runs again from the start. A decision must therefore do nothing outside its connection.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from hub.errors import Broken
from hub.kernel.ports import Randomness
from hub.storage.sqlite_engine import compact_json

T = TypeVar("T")

# SQLSTATE: serialization_failure, deadlock_detected (PostgreSQL manual, appendix A).
RETRIED = frozenset({"40001", "40P01"})


class PostgreSQLStore:
    """A ``Store`` over a PostgreSQL database (psycopg 3), each write in its own SERIALIZABLE transaction."""

    def __init__(
        self,
        url: str,
        *,
        connections: int = 10,
        attempts: int = 30,
        randomness: Randomness | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``connections`` are shared by reads and writes; ``attempts`` bounds the tries of one write."""
        self._engine = create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            json_serializer=compact_json,
            # A plan kept from when a table was empty reads all of it once it is full: plan each time anew.
            connect_args={"prepare_threshold": None},
        )
        self._writing = self._engine.execution_options(isolation_level="SERIALIZABLE")
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="storage")
        self._attempts = attempts
        self._randomness = randomness or random.Random()
        self._sleep = sleep
        self._closed = False

    async def write(self, decide: Callable[[Connection], T]) -> T:
        """Run ``decide`` in a transaction of its own, again where PostgreSQL asks for that.

        Raises:
            Broken: the store is closed, or other writes got in the way ``attempts`` times.
        """
        return await self._in_thread(lambda: self._decide(decide))

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Run ``ask`` in a read-only transaction; it sees one snapshot from its first statement.

        Raises:
            Broken: the store is closed.
        """
        return await self._in_thread(lambda: self._ask(ask))

    def close(self) -> None:
        """Let running reads and writes end, then close every connection. Closing twice is harmless."""
        self._closed = True
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise Broken("storage.closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _decide(self, decide: Callable[[Connection], T]) -> T:
        for attempt in range(self._attempts):
            try:
                with self._writing.connect() as connection, connection.begin():
                    return decide(connection)
            except DBAPIError as problem:
                if getattr(problem.orig, "sqlstate", None) not in RETRIED:
                    raise
            self._sleep(self._randomness.random() * min(0.002 * 2**attempt, 0.25))
        raise Broken("storage.contended", attempts=self._attempts)

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        with self._reading.connect() as connection, connection.begin():
            return ask(connection)
