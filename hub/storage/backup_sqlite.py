"""Copying a SQLite database while it is in use, and putting a copy in its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from hub.errors import Conflict, Refusal


def dump(database: Path, copy: Path) -> str | None:
    """Copy a consistent state of ``database`` into the new file ``copy``; the revision of its schema.

    Writers go on meanwhile: the copy is of the moment it began.

    Raises:
        Refusal: there is no such database.
    """
    if not database.exists():
        raise Refusal("storage.no_database", file=database)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.execute("PRAGMA query_only=ON")
        source.backup(target)  # in one step: one snapshot
        target.execute("PRAGMA journal_mode=DELETE")
        return _revision(target)


def check(copy: Path) -> None:
    """Have SQLite check every page of ``copy``.

    Raises:
        Refusal: it is damaged.
    """
    try:
        with closing(sqlite3.connect(copy)) as connection:
            [said] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as problem:
        said = str(problem)
    if said != "ok":
        raise Refusal("storage.backup_damaged", field="file", file=copy.name, problem=said)


def is_empty(database: Path) -> bool:
    """Whether there is nothing to lose: no file, or no row in any table."""
    if not database.exists():
        return True
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = [name for (name,) in names if name != "alembic_version" and not name.startswith("sqlite_")]
        return not any(connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in tables)


def put_in_place(copy: Path, database: Path) -> None:
    """Make ``copy`` the database; it must lie on the same disk.

    Raises:
        Conflict: another process has the database open.
    """
    if database.exists():
        # A write-ahead log left beside the new file would be applied to it.
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as problem:
                raise Conflict("storage.in_use", file=database) from problem
    os.replace(copy, database)
    folder = os.open(database.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _revision(connection: sqlite3.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return str(row[0]) if row else None
