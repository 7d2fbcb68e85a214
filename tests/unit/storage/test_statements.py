"""Upserts that both databases understand, and cutting lists to size."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from hub.storage.statements import batches, insert_missing, upsert
from hub.storage.store import Store
from hub.storage.tables.columns import core
from hub.storage.tables.operations import JobRun

JOBS = core(JobRun)
KEYS = ["job", "fire_at"]
AT = datetime(2026, 5, 1, tzinfo=UTC)


def rows(holder: str, **tokens: int) -> list[dict[str, object]]:
    common = {"fire_at": AT, "holder": holder, "lease_until": AT, "details": {}}
    return [{"job": job, "token": token, **common} for job, token in tokens.items()]


def stored(connection: Connection) -> dict[str, tuple[str, int]]:
    found = connection.execute(select(JOBS.c.job, JOBS.c.holder, JOBS.c.token))
    return {row.job: (row.holder, row.token) for row in found}


async def test_an_upsert_adds_and_replaces(store: Store) -> None:
    await store.write(lambda c: upsert(c, JOBS, rows("x", a=1, b=1), KEYS))
    await store.write(lambda c: upsert(c, JOBS, rows("y", b=2, c=2), KEYS))
    assert await store.read(stored) == {"a": ("x", 1), "b": ("y", 2), "c": ("y", 2)}


async def test_an_upsert_can_leave_columns_as_they_stand(store: Store) -> None:
    await store.write(lambda c: upsert(c, JOBS, rows("x", a=1), KEYS))
    await store.write(lambda c: upsert(c, JOBS, rows("y", a=2), KEYS, changed=["token"]))
    assert await store.read(stored) == {"a": ("x", 2)}


async def test_only_what_is_missing_is_inserted(store: Store) -> None:
    await store.write(lambda c: insert_missing(c, JOBS, rows("x", a=1), KEYS))
    await store.write(lambda c: insert_missing(c, JOBS, rows("y", a=2, b=2), KEYS))
    await store.write(lambda c: insert_missing(c, JOBS, [], KEYS))
    assert await store.read(stored) == {"a": ("x", 1), "b": ("y", 2)}


@given(st.lists(st.integers(), max_size=40), st.integers(1, 12))
def test_batches_are_the_list_in_pieces(values: list[int], size: int) -> None:
    pieces = list(batches(values, size))
    assert [value for piece in pieces for value in piece] == values
    assert all(0 < len(piece) <= size for piece in pieces)
