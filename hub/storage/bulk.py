"""Many rows in a few steps: what a harvest stores by the thousand.

Owns: statements that take as many rows or values as there are without growing with them.
Must not: know a table.

SQLite's driver lets another thread have its turn at every row that it steps over, and SQLAlchemy copies every
value of every row; so here SQLite is given a hundred rows in one step and its values past SQLAlchemy.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    any_,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql

#: rows in one step: twice as many gain nothing, and so many have far fewer values than SQLite allows
_STEPS = (100, 10, 1)


def insert_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    alike: Mapping[str, Any] | None = None,
    *,
    unless: Sequence[str] = (),
) -> None:
    """Insert ``rows``, whose values are those of the columns ``names``; ``alike`` are the same in every row.

    A row is left out where one with the same columns ``unless`` stands. The values of ``names`` go to the
    database as they are: text, numbers and bytes, no dates or documents.
    """
    shared = dict(alike or {})
    if connection.dialect.name == "sqlite":
        _insert_in_steps(connection, table, tuple(names), rows, shared, tuple(unless))
    elif rows:
        statement: Any = insert(table)
        if unless:
            statement = postgresql.insert(table).on_conflict_do_nothing(index_elements=list(unless))
        connection.execute(statement, [{**dict(zip(names, row, strict=True)), **shared} for row in rows])


def among(
    connection: Connection, where: Column[Any], values: Collection[str] | Collection[int]
) -> ColumnElement[bool]:
    """Whether a column of texts or numbers has one of these values, in the same words for any number."""
    if connection.dialect.name == "sqlite":
        each = func.json_each(json.dumps(list(values))).table_valued("value")
        return where.in_(select(each.c.value))
    return where == any_(bindparam(None, list(values), type_=postgresql.ARRAY(where.type)))


def next_numbers(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Numbers for ``count`` new rows of a table that numbers its rows in ``id``, for nobody else to take."""
    if connection.dialect.name == "sqlite":
        # There is one writer, and it numbers just so by itself.
        last = connection.execute(select(func.max(table.c.id))).scalar_one() or 0
        return range(last + 1, last + 1 + count)
    asked = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return connection.scalars(asked, {"name": table.name, "count": count}).all()


def _insert_in_steps(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    alike: Mapping[str, Any],
    unless: tuple[str, ...],
) -> None:
    shared = [_as_stored(table.c[name], value, connection.dialect) for name, value in alike.items()]
    start = 0
    for step in _STEPS:
        while len(rows) - start >= step:
            values = chain(shared, chain.from_iterable(rows[start : start + step]))
            connection.exec_driver_sql(
                _statement(table.name, tuple(alike), names, step, unless), tuple(values)
            )
            start += step


def _as_stored(where: Column[Any], value: Any, dialect: Dialect) -> Any:
    process = where.type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


@lru_cache(maxsize=64)
def _statement(
    table: str, alike: tuple[str, ...], names: tuple[str, ...], rows: int, unless: tuple[str, ...]
) -> str:
    """For so many rows at once. Values alike are numbered first, and every row refers to them."""
    first = ", ".join(f"?{number}" for number in range(1, len(alike) + 1))
    parts = []
    for start in range(len(alike) + 1, len(alike) + 1 + rows * len(names), len(names)):
        own = ", ".join(f"?{number}" for number in range(start, start + len(names)))
        parts.append(f"({first}, {own})" if first else f"({own})")
    columns = ", ".join(f'"{name}"' for name in (*alike, *names))
    passed_over = f" ON CONFLICT ({', '.join(unless)}) DO NOTHING" if unless else ""
    return f'INSERT INTO "{table}" ({columns}) VALUES {", ".join(parts)}{passed_over}'
