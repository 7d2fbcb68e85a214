"""The ledger of loans between libraries: every loan, requested or walk-up, until its return and after."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.storage import reindexing
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan

LOAN = core(Loan)


@dataclass(frozen=True, slots=True)
class LoanRow:
    """One loan. ``reader`` is an opaque reference (P9)."""

    id: str
    owner: str
    barcode: str
    reader: str
    home: str
    node: str
    lent_at: datetime
    due_at: datetime
    request: str | None = None
    state: str = "lent"
    deadline_at: datetime | None = None
    renewals: int = 0
    item_class: str = "book"
    returned_at: datetime | None = None
    return_node: str | None = None
    rules: list[Any] = field(default_factory=list)


def add(connection: Connection, row: LoanRow) -> bool:
    """Keep a new loan; False when the volume is still on loan: a database constraint, not a check."""
    try:
        with connection.begin_nested():
            connection.execute(insert(LOAN).values(**asdict(row)))
    except IntegrityError:
        return False
    reindexing.volume_changed(connection, row.owner, row.barcode)
    return True


def loan(connection: Connection, loan_id: str) -> LoanRow | None:
    """The loan, or None."""
    return _first(connection, select(LOAN).where(LOAN.c.id == loan_id))


def open_loan(connection: Connection, owner: str, barcode: str) -> LoanRow | None:
    """The loan that this volume is out on, or None."""
    out = (LOAN.c.owner == owner, LOAN.c.barcode == barcode, LOAN.c.returned_at.is_(None))
    return _first(connection, select(LOAN).where(*out))


def loan_of_request(connection: Connection, request_id: str) -> LoanRow | None:
    """The loan that filled a request, or None."""
    return _first(connection, select(LOAN).where(LOAN.c.request == request_id))


def loans_of(connection: Connection, reader: str, limit: int = 100) -> list[LoanRow]:
    """The reader's loans: those still out first, each part newest first."""
    found = select(LOAN).where(LOAN.c.reader == reader)
    ordered = found.order_by(LOAN.c.returned_at.is_not(None), LOAN.c.lent_at.desc(), LOAN.c.id)
    return [LoanRow(**row) for row in connection.execute(ordered.limit(limit)).mappings()]


def change(connection: Connection, loan_id: str, **values: object) -> None:
    """Give columns of a loan new values."""
    connection.execute(update(LOAN).where(LOAN.c.id == loan_id).values(**values))
    changed = loan(connection, loan_id) if "returned_at" in values else None
    if changed is not None:
        reindexing.volume_changed(connection, changed.owner, changed.barcode)


def count_open(connection: Connection, reader: str) -> int:
    """How many volumes the reader holds."""
    found = select(func.count()).where(LOAN.c.reader == reader, LOAN.c.returned_at.is_(None))
    return int(connection.execute(found).scalar_one())


def held_by_owner(connection: Connection, reader: str) -> dict[str, int]:
    """How many volumes of each owner the reader holds."""
    out = (LOAN.c.reader == reader, LOAN.c.returned_at.is_(None))
    found = select(LOAN.c.owner, func.count().label("volumes")).where(*out).group_by(LOAN.c.owner)
    return {row.owner: row.volumes for row in connection.execute(found)}


def count_overdue(connection: Connection, reader: str, now: datetime) -> int:
    """How many volumes the reader holds beyond their due date."""
    out = (LOAN.c.reader == reader, LOAN.c.returned_at.is_(None), LOAN.c.due_at < now)
    return int(connection.execute(select(func.count()).where(*out)).scalar_one())


def due(connection: Connection, now: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Loans whose deadline has passed, the longest overdue first."""
    found = select(LOAN.c.id, LOAN.c.deadline_at).where(LOAN.c.deadline_at <= now)
    return [
        (row.id, row.deadline_at)
        for row in connection.execute(found.order_by(LOAN.c.deadline_at, LOAN.c.id).limit(limit))
    ]


def flows(
    connection: Connection, owners: Collection[str], homes: Collection[str], since: datetime
) -> dict[tuple[str, str], int]:
    """Volumes lent by (owner, reader's home node), where the owner or the home is one of these."""
    found = (
        select(LOAN.c.owner, LOAN.c.home, func.count())
        .where(LOAN.c.lent_at >= since, LOAN.c.owner.in_(owners) | LOAN.c.home.in_(homes))
        .group_by(LOAN.c.owner, LOAN.c.home)
    )
    return {(owner, home): number for owner, home, number in connection.execute(found)}


def _first(connection: Connection, found: Select[Any]) -> LoanRow | None:
    row = connection.execute(found).mappings().first()
    return LoanRow(**row) if row else None
