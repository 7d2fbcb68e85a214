"""P9: append-only rows hold no personal data, and personal rows do not outlive their purpose."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.accounts import ReaderPerson
from hub.storage.tables.columns import core
from hub.storage.tables.lending import AssessmentFact, HistoryEvent, Loan, Request
from hub.storage.tables.operations import Effect
from hub.storage.tables.transport import CustodyEvent

PERSON = core(ReaderPerson)
HISTORY, EFFECT, CUSTODY = core(HistoryEvent), core(Effect), core(CustodyEvent)
REQUEST, LOAN, FACT = core(Request), core(Loan), core(AssessmentFact)

#: the purge runs daily; a row may be a little late
GRACE = timedelta(days=2)


def persons_expire(connection: Connection, now: datetime) -> list[Violation]:
    """P9: nobody is kept beyond the purpose, unless a loan or request is still open."""
    busy = or_(
        PERSON.c.reader.in_(select(LOAN.c.reader).where(LOAN.c.returned_at.is_(None))),
        PERSON.c.reader.in_(select(REQUEST.c.reader).where(REQUEST.c.outcome == "open")),
    )
    rows = connection.execute(select(PERSON.c.reader).where(PERSON.c.expires_at < now - GRACE, ~busy))
    return [Violation("P9", "reader_person", row.reader, "kept_too_long", {}) for row in rows]


def append_only_rows_are_anonymous(connection: Connection, now: datetime) -> list[Violation]:
    """P9: no name and no card number stands in a row that cannot be erased."""
    del now
    secrets = [
        value
        for row in connection.execute(select(PERSON.c.name, PERSON.c.card))
        for value in (row.name, row.card)
        if len(value) > 1
    ]
    found: list[Violation] = []
    places = (
        ("history_event", HISTORY.c.id, HISTORY.c.details),
        ("effect", EFFECT.c.key, EFFECT.c.payload),
        ("custody_event", CUSTODY.c.id, CUSTODY.c.place),
        ("assessment_fact", FACT.c.id, FACT.c.node),
    )
    for table, key, column in places:
        for row in connection.execute(select(key.label("key"), column.label("body"))):
            readable = row.body if isinstance(row.body, str) else json.dumps(row.body, ensure_ascii=False)
            if any(secret in readable for secret in secrets):
                found.append(Violation("P9", table, str(row.key), "names_a_reader", {}))
    return found


CHECKS = (persons_expire, append_only_rows_are_anonymous)
