"""The outbox: order, no reuse of positions, and no entry behind a position already read."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, create_engine

from hub.storage import outbox
from hub.storage.store import Store


def put(keys: list[str], connection: Connection, topic: str = "index") -> None:
    outbox.put(connection, topic, keys)


async def test_entries_come_back_in_order_and_in_pieces(store: Store) -> None:
    await store.write(lambda c: put(["a", "b", "a", "c"], c))
    await store.write(lambda c: put(["other"], c, topic="elsewhere"))
    first = await store.read(lambda c: outbox.after(c, "index", 0, 2))
    rest = await store.read(lambda c: outbox.after(c, "index", first[-1].position, 9))
    assert [entry.key for entry in (*first, *rest)] == ["a", "b", "c"]
    assert await store.read(lambda c: outbox.last_position(c, "index")) == rest[-1].position


async def test_a_forgotten_position_is_never_given_again(store: Store) -> None:
    await store.write(lambda c: put(["a", "b"], c))
    last = await store.read(lambda c: outbox.last_position(c, "index"))
    assert await store.write(lambda c: outbox.forget(c, "index", last)) == 2
    assert await store.read(lambda c: outbox.last_position(c, "index")) == 0
    await store.write(lambda c: put(["c"], c))
    assert [entry.key for entry in await store.read(lambda c: outbox.after(c, "index", last, 9))] == ["c"]


async def test_what_was_rolled_back_is_not_heard_of(store: Store) -> None:
    def fail(connection: Connection) -> None:
        put(["lost"], connection)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)
    assert await store.read(lambda c: outbox.after(c, "index", 0, 9)) == []


def waiting(connection: Connection) -> bool:
    """Whether some transaction waits for an advisory lock."""
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(connection.exec_driver_sql(locks).scalar_one())


@pytest.mark.postgresql
def test_a_slow_transaction_cannot_appear_behind_a_position_already_read(postgresql_database: str) -> None:
    """The slow one puts first and commits last: a second writer must wait for it rather than overtake it."""
    engine = create_engine(postgresql_database, isolation_level="SERIALIZABLE")

    def second() -> None:
        with engine.begin() as connection:
            outbox.put(connection, "index", ["second"])

    with engine.connect() as slow, engine.connect() as reader:
        transaction = slow.begin()
        outbox.put(slow, "index", ["first"])
        racing = threading.Thread(target=second)
        racing.start()
        while racing.is_alive() and not waiting(reader):
            reader.rollback()
        assert outbox.after(reader, "index", 0, 9) == [], "the second committed a higher position first"
        reader.rollback()
        transaction.commit()
        racing.join(10)
        assert [entry.key for entry in outbox.after(reader, "index", 0, 9)] == ["first", "second"]
    engine.dispose()


@pytest.mark.postgresql
def test_a_reader_that_follows_many_writers_misses_nothing(postgresql_database: str) -> None:
    engine = create_engine(postgresql_database, pool_size=6)

    def write(writer: int) -> None:
        for number in range(25):
            with engine.begin() as connection:
                outbox.put(connection, "index", [f"{writer}-{number}"])

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in writers:
        thread.start()
    heard: list[str] = []
    position = 0
    working = True
    while working:
        working = any(thread.is_alive() for thread in writers)  # asked before reading: the last look sees all
        with engine.connect() as connection:
            for entry in outbox.after(connection, "index", position, 7 if working else 1000):
                heard.append(entry.key)
                position = entry.position
    engine.dispose()
    assert sorted(heard) == sorted(f"{writer}-{number}" for writer in range(4) for number in range(25))
