"""SQLite connections as the hub needs them: durable, consistent, with the hub in charge of transactions."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

BUSY_MILLISECONDS = 10_000  # how long another process's write is waited for (backup, an operator's shell)


def compact_json(value: Any) -> str:
    """JSON as it is stored: Chinese as itself, no blanks, which halves the size of a display record."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def writing_engine(path: Path, *, durable: bool = True) -> Engine:
    """An engine of one connection that may write.

    ``durable=False`` does not wait for the disk: for databases that are thrown away (tests, simulations).
    """
    synchronous = "FULL" if durable else "OFF"
    pragmas = (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        "cache_size=-65536",
        "journal_size_limit=67108864",
    )
    return _engine(path, pragmas, begin="BEGIN IMMEDIATE", connections=1)


def reading_engine(path: Path, *, connections: int) -> Engine:
    """An engine of at most ``connections`` connections on which every write is refused by SQLite."""
    return _engine(path, ("query_only=ON", "cache_size=-16384"), begin="BEGIN", connections=connections)


def migrating_engine(path: Path) -> Engine:
    """An engine of one connection that may rebuild tables: foreign keys are not held while it does."""
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF")
    return _engine(path, pragmas, begin="BEGIN IMMEDIATE", connections=1)


def _engine(path: Path, pragmas: tuple[str, ...], *, begin: str, connections: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
        pool_size=connections,
        max_overflow=0,
        json_serializer=compact_json,
    )
    everywhere = ("foreign_keys=ON", "temp_store=MEMORY", f"busy_timeout={BUSY_MILLISECONDS}")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Python's driver would begin transactions on its own, after the first read and not before a
        # SAVEPOINT: with None it leaves them alone, and `start` begins each one explicitly.
        connection.isolation_level = None
        for pragma in (*everywhere, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
