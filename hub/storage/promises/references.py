"""P5: nothing that was stored is gone while something else refers to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.storage.promises.violation import Violation


def references_lead_somewhere(connection: Connection, now: datetime) -> list[Violation]:
    """Every foreign key is met. PostgreSQL sees to it; a SQLite file can lose rows by other hands."""
    del now
    if connection.dialect.name != "sqlite":
        return []
    return [
        Violation("P5", str(row[0]), str(row[1]), "refers_to_nothing", {"table": row[2]})
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]


CHECKS = (references_lead_somewhere,)
