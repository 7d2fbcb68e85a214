"""The peer of ``store``: Python's own SQLite driver with the same durability, and no more than it must do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from hub.storage.harvests.values import RecordRow

_PUT = "INSERT INTO outbox (topic, key) VALUES (?, ?)"
_UPSERT = """
INSERT INTO source_record
  (source, identifier, state, format, encoding, confidence, digest, raw, seen_run, changed_at)
VALUES (?, ?, 'live', ?, ?, ?, ?, ?, ?, '2026-01-01 00:00:00.000000')
ON CONFLICT (source, identifier) DO UPDATE SET
  state = 'live', format = excluded.format, encoding = excluded.encoding, confidence = excluded.confidence,
  digest = excluded.digest, raw = excluded.raw, seen_run = excluded.seen_run, changed_at = excluded.changed_at
"""


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that waits for the disk at every commit, as the hub's does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        yield connection


def commit_each(connection: sqlite3.Connection, topic: str, count: int) -> None:
    """One row, one commit, ``count`` times."""
    for number in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_PUT, (topic, str(number)))
        connection.execute("COMMIT")


def upsert(connection: sqlite3.Connection, source: str, run: int, rows: Sequence[RecordRow]) -> None:
    """Write every row anew in one transaction, whether it changed or not."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        _UPSERT,
        [
            (source, row.identifier, row.format, row.encoding, row.confidence, row.digest, row.raw, run)
            for row in rows
        ],
    )
    connection.execute("COMMIT")


def entries(path: Path, topic: str) -> int:
    """How many rows of the topic stand in the outbox."""
    with connected(path) as connection:
        number: int = connection.execute("SELECT count(*) FROM outbox WHERE topic = ?", (topic,)).fetchone()[
            0
        ]
    return number


def kept(path: Path) -> str:
    """The records kept and their bytes, in words."""
    with connected(path) as connection:
        rows, size = connection.execute("SELECT count(*), sum(length(raw)) FROM source_record").fetchone()
    return f"{rows} rows, {size} bytes"
