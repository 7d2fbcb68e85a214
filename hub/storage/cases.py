"""Cases: exceptions that a person must look at, each with a deadline and an end."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case

CASE = core(Case)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One exception."""

    id: str
    kind: str
    subject_kind: str
    subject: str
    node: str
    details: Mapping[str, Any]
    opened_at: datetime
    deadline_at: datetime
    closed_at: datetime | None = None
    resolution: str = ""


def open_case(
    connection: Connection,
    *,
    kind: str,
    subject_kind: str,
    subject: str,
    node: str,
    details: Mapping[str, Any],
    now: datetime,
    deadline_at: datetime,
) -> str:
    """Have a person look at it; the id of the case. One open case of a kind per subject is enough."""
    about = (CASE.c.kind == kind, CASE.c.subject_kind == subject_kind, CASE.c.subject == subject)
    found = connection.execute(select(CASE.c.id).where(*about, CASE.c.closed_at.is_(None))).scalar()
    if found is not None:
        return str(found)
    # Made from what it is about, so that a repeated decision opens the same case again.
    digest = hashlib.sha256(f"{kind}\x1f{subject_kind}\x1f{subject}\x1f{now.isoformat()}".encode())
    case_id = f"C-{digest.hexdigest()[:10].upper()}"
    connection.execute(
        insert(CASE).values(
            id=case_id, kind=kind, subject_kind=subject_kind, subject=subject, node=node,
            details=dict(details), opened_at=now, deadline_at=deadline_at,
        )
    )  # fmt: skip
    return case_id


def case(connection: Connection, case_id: str) -> CaseRow | None:
    """The case, or None."""
    row = connection.execute(select(CASE).where(CASE.c.id == case_id)).mappings().first()
    return CaseRow(**row) if row else None


def open_cases(connection: Connection, nodes: Collection[str] | None = None) -> list[CaseRow]:
    """The open cases of these nodes, or of all, the most urgent first."""
    found = select(CASE).where(CASE.c.closed_at.is_(None))
    if nodes is not None:
        found = found.where(CASE.c.node.in_(nodes))
    ordered = found.order_by(CASE.c.deadline_at, CASE.c.id)
    return [CaseRow(**row) for row in connection.execute(ordered).mappings()]


def close_case(connection: Connection, case_id: str, resolution: str, now: datetime) -> bool:
    """End a case; False when it was ended before."""
    open_one = update(CASE).where(CASE.c.id == case_id, CASE.c.closed_at.is_(None))
    return connection.execute(open_one.values(closed_at=now, resolution=resolution)).rowcount == 1


def close_cases_about(
    connection: Connection, subject_kind: str, subject: str, resolution: str, now: datetime, kind: str = ""
) -> int:
    """End every open case about this subject, or only those of one kind; how many there were."""
    about = (CASE.c.subject_kind == subject_kind, CASE.c.subject == subject, CASE.c.closed_at.is_(None))
    chosen = update(CASE).where(*about)
    if kind:
        chosen = chosen.where(CASE.c.kind == kind)
    return connection.execute(chosen.values(closed_at=now, resolution=resolution)).rowcount
