"""Statements that both databases understand but spell differently, and cutting long lists to size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

V = TypeVar("V")

BATCH = 500  # values in one IN list or one statement: well under what either database allows


def batches(values: Sequence[V], size: int = BATCH) -> Iterator[Sequence[V]]:
    """Cut ``values`` into pieces of at most ``size``, in order."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    changed: Sequence[str] | None = None,
) -> None:
    """Insert ``rows``; where a row with the same ``keys`` stands, give it the new values instead.

    All rows name the same columns. ``changed`` are the columns that an existing row takes over; by default
    every named one that is no key. ``keys`` need a primary key or a unique constraint over exactly them.
    """
    if not rows:
        return
    taken = [name for name in rows[0] if name not in keys] if changed is None else changed
    statement = _insert(connection, table)
    if taken:
        new = {name: statement.excluded[name] for name in taken}
        statement = statement.on_conflict_do_update(index_elements=list(keys), set_=new)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(keys))
    connection.execute(statement, [dict(row) for row in rows])


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> None:
    """Insert those ``rows`` whose ``keys`` no row has; leave the others as they stand."""
    upsert(connection, table, rows, keys, changed=())


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
