"""The ledger of a hub that has stopped, table by table, without what only numbers the rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

#: everything that is decided: what people asked for, where every volume is and how it came there
TABLES = (
    "request", "supply", "reservation", "loan", "suggestion", "exception_case",
    "custody", "routing_slip", "tote", "tote_content", "trip", "trip_stop",
    "history_event", "custody_event", "assessment_fact",
)  # fmt: skip
#: rows are numbered in the order in which they came; a number given to what a kill undid is not given again
NUMBERS = frozenset({"id"})
NUMBERED = frozenset({"history_event", "custody_event", "assessment_fact"})

Row = dict[str, object]
Ledger = dict[str, list[Row]]


def ledger(data: Path) -> Ledger:
    """Every row of every table, in an order that does not depend on when it was written."""
    with closing(sqlite3.connect(f"file:{data / 'hub.sqlite'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return {table: _rows(connection, table) for table in TABLES}


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    dropped = NUMBERS if table in NUMBERED else frozenset()
    found = [
        {name: row[name] for name in row.keys() if name not in dropped}  # noqa: SIM118  # a Row iterates values
        for row in connection.execute(f"SELECT * FROM {table}")
    ]
    return sorted(found, key=lambda row: repr(sorted(row.items())))


def differences(first: Ledger, second: Ledger) -> list[str]:
    """What one ledger has and the other has not, in words for a failing test."""
    told = []
    for table in TABLES:
        ours, theirs = ([repr(row) for row in side[table]] for side in (first, second))
        told += [f"{table}: only in the first: {row}" for row in ours if row not in theirs]
        told += [f"{table}: only in the second: {row}" for row in theirs if row not in ours]
    return told
