"""Storage of cataloguers' decisions: append-only, undone by a mark, kept by record key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from hub.storage.statements import batches
from hub.storage.tables.clusters import Decision
from hub.storage.tables.columns import core

DECISION = core(Decision)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Two records are one edition, or are not, by somebody's word."""

    id: int
    kind: str  #: same or different
    first: str
    second: str
    who: str
    at: datetime
    why: str
    undone_at: datetime | None


def add(connection: Connection, kind: str, first: str, second: str, who: str, at: datetime, why: str) -> int:
    """Write a decision down; its number."""
    one, other = sorted((first, second))
    values = {"kind": kind, "first": one, "second": other, "who": who, "at": at, "why": why}
    done = connection.execute(insert(DECISION).values(values))
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def find(connection: Connection, decision: int) -> DecisionRow | None:
    """The decision with this number."""
    row = connection.execute(select(DECISION).where(DECISION.c.id == decision)).mappings().one_or_none()
    return DecisionRow(**row) if row else None


def undo(connection: Connection, decision: int, at: datetime) -> None:
    """Mark a decision as undone; it stays on record."""
    connection.execute(update(DECISION).where(DECISION.c.id == decision).values(undone_at=at))


def in_force(connection: Connection, keys: Collection[str] | None = None) -> list[DecisionRow]:
    """The decisions that were not undone, all or those about one of these records, oldest first."""
    standing = select(DECISION).where(DECISION.c.undone_at.is_(None))
    if keys is None:
        rows = connection.execute(standing).mappings().all()
        return sorted((DecisionRow(**row) for row in rows), key=lambda decision: decision.id)
    found: dict[int, DecisionRow] = {}
    for part in batches(sorted(keys)):
        about = or_(DECISION.c.first.in_(part), DECISION.c.second.in_(part))
        found.update(
            {row["id"]: DecisionRow(**row) for row in connection.execute(standing.where(about)).mappings()}
        )
    return sorted(found.values(), key=lambda decision: decision.id)


def newest(connection: Connection, limit: int, offset: int) -> list[DecisionRow]:
    """Decisions, undone ones too, the newest first."""
    rows = connection.execute(select(DECISION).order_by(DECISION.c.id.desc()).limit(limit).offset(offset))
    return [DecisionRow(**row) for row in rows.mappings()]


def rename(connection: Connection, keys: Mapping[str, str], at: datetime) -> int:
    """Write decisions about records anew under the records' new keys; how many, undone ones among them.

    One about two keys that turn out to be one record is undone: there is nothing left to decide.
    """
    about: dict[int, DecisionRow] = {}
    for part in batches(sorted(keys)):
        either = or_(DECISION.c.first.in_(part), DECISION.c.second.in_(part))
        for row in connection.execute(select(DECISION).where(either)).mappings():
            about[row["id"]] = DecisionRow(**row)
    for decision in about.values():
        first, second = sorted(keys.get(key, key) for key in (decision.first, decision.second))
        changed: dict[str, object] = {"first": first, "second": second}
        if first == second and decision.undone_at is None:
            changed["undone_at"] = at
        connection.execute(update(DECISION).where(DECISION.c.id == decision.id).values(changed))
    return len(about)
