"""The store: the one way to read and write the database.

``await store.write(fn)`` runs ``fn(connection)`` and returns only when its effects are durable. Deciding
happens inside ``fn``. On SQLite all writes go through one writer thread, each under a savepoint, and are
acknowledged after the group commit; on PostgreSQL each has a transaction of its own with retry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Store(Protocol):
    """What every use case may do with the database."""

    async def write(self, decide: Callable[[Connection], T]) -> T:
        """Run ``decide`` in a write transaction; return its answer once it is durable.

        What ``decide`` raises is raised here, and nothing it wrote remains.
        """
        ...

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Run ``ask`` on a reader's connection, in a thread; it sees one consistent snapshot."""
        ...

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        ...
