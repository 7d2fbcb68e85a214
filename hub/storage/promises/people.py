"""P9: append-only rows hold no personal data, and personal rows do not outlive their purpose."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.accounts import AccessLog, ReaderPerson
from hub.storage.tables.columns import core
from hub.storage.tables.lending import AssessmentFact, Case, HistoryEvent, Loan, Request
from hub.storage.tables.operations import Effect
from hub.storage.tables.transport import CustodyEvent

PERSON = core(ReaderPerson)
HISTORY, EFFECT, CUSTODY = core(HistoryEvent), core(Effect), core(CustodyEvent)
REQUEST, LOAN, FACT = core(Request), core(Loan), core(AssessmentFact)
CASE, ACCESS = core(Case), core(AccessLog)

#: the purge runs daily; a row may be a little late
GRACE = timedelta(days=2)


def persons_expire(connection: Connection, now: datetime) -> list[Violation]:
    """Nobody is kept beyond the purpose, unless a loan or request is still open."""
    busy = or_(
        PERSON.c.reader.in_(select(LOAN.c.reader).where(LOAN.c.returned_at.is_(None))),
        PERSON.c.reader.in_(select(REQUEST.c.reader).where(REQUEST.c.outcome == "open")),
    )
    rows = connection.execute(select(PERSON.c.reader).where(PERSON.c.expires_at < now - GRACE, ~busy))
    return [Violation("P9", "reader_person", row.reader, "kept_too_long", {}) for row in rows]


def persons_have_a_purpose(connection: Connection, now: datetime) -> list[Violation]:
    """Personal data are kept for something."""
    del now
    rows = connection.execute(select(PERSON.c.reader).where(PERSON.c.purpose == ""))
    return [Violation("P9", "reader_person", row.reader, "no_purpose", {}) for row in rows]


def append_only_rows_are_anonymous(connection: Connection, now: datetime) -> list[Violation]:
    """No name and no card number stands in a row that cannot be erased."""
    del now
    persons = connection.execute(select(PERSON.c.name, PERSON.c.card))
    secrets = Secrets(value for row in persons for value in (row.name, row.card))
    return [
        Violation("P9", table, str(row.key), "names_a_reader", {})
        for table, key, columns in APPEND_ONLY
        for row in connection.execute(select(key.label("key"), *columns))
        if any(secrets.stand_in(_readable(value)) for value in tuple(row)[1:])
    ]


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Secrets:
    """Names and card numbers, found in a text in a time that does not grow with how many there are."""

    def __init__(self, values: Iterable[str]) -> None:
        """Single characters are no secret: they stand in every text."""
        self._values = frozenset(value for value in values if len(value) > 1)
        self._lengths = sorted({len(value) for value in self._values})

    def stand_in(self, text: str) -> bool:
        """Whether any of them is part of the text."""
        return any(
            text[start : start + length] in self._values
            for length in self._lengths
            for start in range(len(text) - length + 1)
        )


#: rows that are never erased: their table, key, and the columns in which somebody could be named
APPEND_ONLY: tuple[tuple[str, Column[Any], tuple[Column[Any], ...]], ...] = (
    ("history_event", HISTORY.c.id, (HISTORY.c.details, HISTORY.c.actor)),
    ("effect", EFFECT.c.key, (EFFECT.c.payload, EFFECT.c.target, EFFECT.c.problem)),
    ("custody_event", CUSTODY.c.id, (CUSTODY.c.place, CUSTODY.c.actor)),
    ("assessment_fact", FACT.c.id, (FACT.c.home, FACT.c.node)),
    ("exception_case", CASE.c.id, (CASE.c.details, CASE.c.resolution)),
    ("request", REQUEST.c.id, (REQUEST.c.reader,)),
    ("loan", LOAN.c.id, (LOAN.c.reader,)),
    ("access_log", ACCESS.c.id, (ACCESS.c.reader, ACCESS.c.actor)),
)

CHECKS = (persons_expire, persons_have_a_purpose, append_only_rows_are_anonymous)
