"""Many rows in a few steps, on both databases: none is lost between steps; conditions find what they name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from hub.storage import harvests
from hub.storage.bulk import among, insert_rows, next_numbers
from hub.storage.harvests import SourceRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import HarvestSlice, SourceRecord
from hub.storage.tables.columns import core

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
RECORD, SLICE = core(SourceRecord), core(HarvestSlice)
SOURCE = SourceRow("njlib", "NJ", "z3950", "tcp://127.0.0.1:9999/Books", {}, {}, NOW)
ALIKE = {
    "source": "njlib", "state": "live", "format": "cnmarc", "encoding": "utf-8", "digest": "-", "seen_run": 1,
    "missing_run": None, "changed_at": NOW,
}  # fmt: skip
ODD = ["'", '"', "書\\", "a,b", "", " ", "\U00020000", "{}"]


def insert_records(connection: Connection, identifiers: list[str]) -> list[int]:
    numbers = list(next_numbers(connection, RECORD, len(identifiers)))
    rows = [(n, i, i.encode(), 0.5) for n, i in zip(numbers, identifiers, strict=True)]
    insert_rows(connection, RECORD, ("id", "identifier", "raw", "confidence"), rows, ALIKE)
    return numbers


@pytest.mark.parametrize("count", [0, 1, 9, 10, 99, 100, 111, 321])
async def test_every_row_arrives_whatever_their_number(store: Store, count: int) -> None:
    identifiers = [f"r{number}" for number in range(count)]
    await store.write(lambda c: harvests.add_source(c, SOURCE))
    numbers = await store.write(lambda c: insert_records(c, identifiers))
    found = await store.read(lambda c: harvests.live_records(c, 0, 1000))
    assert [(row.id, row.identifier) for row in found] == list(zip(numbers, identifiers, strict=True))
    assert all(row.changed_at == NOW and row.raw == row.identifier.encode() for row in found)


async def test_numbers_are_given_out_once(store: Store) -> None:
    await store.write(lambda c: harvests.add_source(c, SOURCE))
    first = await store.write(lambda c: insert_records(c, ["a", "b"]))
    second = await store.write(lambda c: insert_records(c, ["c", "d"]))
    assert len({*first, *second}) == 4
    assert sorted([*first, *second]) == [*first, *second]


async def test_rows_that_stand_are_left_alone(store: Store) -> None:
    def insert(connection: Connection, hits: int, *names: str) -> None:
        run = harvests.unfinished_run(connection, "njlib")
        number = run[0].id if run else harvests.start_run(connection, "njlib", full=True, now=NOW).id
        alike = {
            "run": number, "state": "done", "hits": hits, "received": 0, "stored": 0, "unchanged": 0,
            "deleted": 0, "quarantined": 0, "clashes": 0,
        }  # fmt: skip
        insert_rows(
            connection, SLICE, ("slice",), [(name,) for name in names], alike, unless=("run", "slice")
        )

    await store.write(lambda c: harvests.add_source(c, SOURCE))
    await store.write(lambda c: insert(c, 1, "a", "b"))
    await store.write(lambda c: insert(c, 2, "b", "c"))
    found = await store.read(
        lambda c: c.execute(select(SLICE.c.slice, SLICE.c.hits).order_by(SLICE.c.slice)).all()
    )
    assert [tuple(row) for row in found] == [("a", 1), ("b", 1), ("c", 2)]


async def test_a_condition_names_any_texts_or_numbers(store: Store) -> None:
    await store.write(lambda c: harvests.add_source(c, SOURCE))
    numbers = await store.write(lambda c: insert_records(c, [*ODD, "1", "x"]))

    def texts(connection: Connection, wanted: list[str]) -> set[str]:
        which = among(connection, RECORD.c.identifier, wanted)
        return set(connection.scalars(select(RECORD.c.identifier).where(which)))

    def found(connection: Connection, wanted: list[int]) -> set[int]:
        return set(connection.scalars(select(RECORD.c.id).where(among(connection, RECORD.c.id, wanted))))

    assert await store.read(lambda c: texts(c, ODD)) == set(ODD)
    assert await store.read(lambda c: texts(c, ["1", "absent"])) == {"1"}
    assert await store.read(lambda c: texts(c, [])) == set()
    assert await store.read(lambda c: found(c, numbers[:3])) == set(numbers[:3])
    assert await store.read(lambda c: found(c, [])) == set()
