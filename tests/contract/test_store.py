"""What every store promises, whatever its database."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from hub.errors import Broken
from hub.storage.store import Store
from hub.storage.tables.columns import core
from hub.storage.tables.operations import Outbox

OUTBOX = core(Outbox)


def add(key: str, connection: Connection) -> str:
    connection.execute(insert(OUTBOX).values(topic="test", key=key))
    return key


def keys(connection: Connection) -> list[str]:
    return list(connection.scalars(select(OUTBOX.c.key).order_by(OUTBOX.c.key)))


async def test_a_write_is_read_back(store: Store) -> None:
    assert await store.write(lambda connection: add("a", connection)) == "a"
    assert await store.read(keys) == ["a"]


async def test_what_a_write_raises_reaches_its_caller_and_leaves_nothing(store: Store) -> None:
    def fail(connection: Connection) -> None:
        add("lost", connection)
        raise LookupError("the decision failed")

    outcomes = await asyncio.gather(
        store.write(lambda connection: add("a", connection)),
        store.write(fail),
        store.write(lambda connection: add("b", connection)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [str, LookupError, str]
    assert await store.read(keys) == ["a", "b"]


async def test_a_database_error_undoes_only_its_own_write(store: Store) -> None:
    def twice(connection: Connection) -> None:
        connection.execute(insert(OUTBOX).values(position=1, topic="test", key="first"))
        connection.execute(insert(OUTBOX).values(position=1, topic="test", key="second"))

    with pytest.raises(DBAPIError):
        await store.write(twice)
    await store.write(lambda connection: add("after", connection))
    assert await store.read(keys) == ["after"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        await store.read(lambda connection: add("a", connection))
    assert await store.read(keys) == []


async def test_a_read_sees_one_snapshot(store: Store) -> None:
    await store.write(lambda connection: add("a", connection))
    loop = asyncio.get_running_loop()

    def look_twice(connection: Connection) -> tuple[int | None, int | None]:
        before = connection.scalar(select(func.count()).select_from(OUTBOX))
        write = store.write(lambda writing: add("b", writing))
        asyncio.run_coroutine_threadsafe(write, loop).result(10)
        return before, connection.scalar(select(func.count()).select_from(OUTBOX))

    assert await store.read(look_twice) == (1, 1)
    assert await store.read(keys) == ["a", "b"]


async def test_decisions_behave_as_if_each_were_alone(store: Store) -> None:
    """Each reads the highest number and writes the next: any overlap would repeat one."""

    def next_number(connection: Connection) -> int:
        highest = connection.scalar(select(func.max(OUTBOX.c.key)).where(OUTBOX.c.topic == "test"))
        number = int(highest or 0) + 1
        connection.execute(insert(OUTBOX).values(topic="test", key=f"{number:04}"))
        return number

    numbers = await asyncio.gather(*(store.write(next_number) for _ in range(40)))
    assert sorted(numbers) == list(range(1, 41))


async def test_a_cancelled_caller_does_not_disturb_the_others(store: Store) -> None:
    tasks = [asyncio.create_task(store.write(lambda c, n=n: add(f"{n:02}", c))) for n in range(20)]  # type: ignore[misc]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    acknowledged = {outcome for outcome in outcomes if isinstance(outcome, str)}
    assert acknowledged >= {f"{n:02}" for n in range(1, 20, 2)}
    assert acknowledged <= set(await store.read(keys))


async def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(Broken, match="stopping"):
        await store.write(lambda connection: add("a", connection))
    with pytest.raises(Broken, match="stopping"):
        await store.read(keys)


async def test_closing_finishes_what_was_accepted(store: Store) -> None:
    writes = [asyncio.create_task(store.write(lambda c, n=n: add(str(n), c))) for n in range(9)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert await asyncio.gather(*writes) == [str(n) for n in range(9)]
