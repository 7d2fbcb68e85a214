"""Taking what was deleted out of the database's files too: SQLite leaves it in freed pages and in its log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from hub.storage.sqlite_engine import BUSY_MILLISECONDS


def scrub(url: str) -> None:
    """Write the database anew without its freed pages, and empty the write-ahead log.

    Nobody else may be reading. Needs as much room again as the database takes. PostgreSQL is left to its own
    VACUUM and to whoever looks after its log and backups.
    """
    found = make_url(url)
    if found.get_backend_name() != "sqlite" or not found.database:
        return
    with closing(
        sqlite3.connect(Path(found.database), timeout=BUSY_MILLISECONDS / 1000, isolation_level=None)
    ) as connection:
        # VACUUM keeps in the log what it writes: without the checkpoint the old pages stay in the file.
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
