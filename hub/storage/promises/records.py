"""P8: bibliographic bytes are kept as they came, and what could not be read says why."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.catalogue import Quarantine, SourceRecord
from hub.storage.tables.columns import core

RECORD, QUARANTINE = core(SourceRecord), core(Quarantine)


def records_hold_their_bytes(connection: Connection, now: datetime) -> list[Violation]:
    """The bytes kept are the bytes that came."""
    del now
    rows = connection.execution_options(stream_results=True).execute(
        select(RECORD.c.source, RECORD.c.identifier, RECORD.c.digest, RECORD.c.raw)
    )
    return [
        Violation("P8", "source_record", f"{row.source}:{row.identifier}", "bytes_differ", {})
        for row in rows
        if hashlib.sha256(row.raw).hexdigest() != row.digest
    ]


def quarantine_holds_its_bytes(connection: Connection, now: datetime) -> list[Violation]:
    """The same for what was put aside."""
    del now
    rows = connection.execute(select(QUARANTINE.c.id, QUARANTINE.c.digest, QUARANTINE.c.raw))
    return [
        Violation("P8", "quarantine", str(row.id), "bytes_differ", {})
        for row in rows
        if hashlib.sha256(row.raw).hexdigest() != row.digest
    ]


def quarantine_says_why(connection: Connection, now: datetime) -> list[Violation]:
    """What was put aside has its reason."""
    del now
    rows = connection.execute(select(QUARANTINE.c.id).where(QUARANTINE.c.reason == ""))
    return [Violation("P8", "quarantine", str(row.id), "no_reason", {}) for row in rows]


CHECKS = (records_hold_their_bytes, quarantine_holds_its_bytes, quarantine_says_why)
