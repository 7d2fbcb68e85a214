"""Append-only rows: what happened to requests, supplies and loans, and anonymous facts for the assessment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select

from hub.storage.tables.columns import core
from hub.storage.tables.lending import AssessmentFact, HistoryEvent

HISTORY, FACT = core(HistoryEvent), core(AssessmentFact)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened. Opaque references only (P9)."""

    subject_kind: str
    subject: str
    event: str
    happened_at: datetime
    recorded_at: datetime
    state: str = ""
    actor: str = ""
    node: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def append(connection: Connection, row: HistoryRow) -> None:
    """Add to the history."""
    connection.execute(insert(HISTORY).values(**asdict(row)))


def of(connection: Connection, subjects: Collection[tuple[str, str]]) -> list[HistoryRow]:
    """The history of these (kind, id), in the order in which it happened."""
    if not subjects:
        return []
    chosen = or_(
        *(and_(HISTORY.c.subject_kind == kind, HISTORY.c.subject == subject) for kind, subject in subjects)
    )
    found = select(HISTORY).where(chosen).order_by(HISTORY.c.happened_at, HISTORY.c.recorded_at, HISTORY.c.id)
    return [
        HistoryRow(**{name: value for name, value in row.items() if name != "id"})
        for row in connection.execute(found).mappings()
    ]


def add_fact(
    connection: Connection, kind: str, *, owner: str, home: str, node: str, item_class: str, at: datetime
) -> None:
    """Keep an anonymous fact: after the purge of readers nothing could rebuild it."""
    connection.execute(
        insert(FACT).values(kind=kind, owner=owner, home=home, node=node, item_class=item_class, at=at)
    )


def everything(connection: Connection) -> list[HistoryRow]:
    """The whole history in the order in which it was applied."""
    return [
        HistoryRow(**{name: value for name, value in row.items() if name != "id"})
        for row in connection.execute(select(HISTORY).order_by(HISTORY.c.id)).mappings()
    ]
