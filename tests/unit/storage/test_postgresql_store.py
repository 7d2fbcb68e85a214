"""What only PostgreSQL needs: running a decision again, and never keeping a plan."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from hub.errors import Broken
from hub.storage import outbox
from hub.storage.postgresql_store import PostgreSQLStore

pytestmark = pytest.mark.postgresql

RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"


class Waits:
    """Remembers how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def postgresql(postgresql_database: str, waits: Waits) -> Iterator[PostgreSQLStore]:
    store = PostgreSQLStore(
        postgresql_database, connections=2, attempts=4, randomness=random.Random(1), sleep=waits.sleep
    )
    yield store
    store.close()


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_decision_turned_away_runs_again_from_the_start(
    postgresql: PostgreSQLStore, waits: Waits, state: str
) -> None:
    tries = 0

    def decide(connection: Connection) -> int:
        nonlocal tries
        tries += 1
        outbox.put(connection, "index", [f"try {tries}"])
        if tries < 3:
            connection.execute(text(RAISE.format(state=state)))
        return tries

    assert await postgresql.write(decide) == 3
    assert [e.key for e in await postgresql.read(lambda c: outbox.after(c, "index", 0, 9))] == ["try 3"]
    assert len(waits.seconds) == 2


async def test_a_decision_always_turned_away_ends_in_words(postgresql: PostgreSQLStore, waits: Waits) -> None:
    with pytest.raises(Broken, match="after 4 attempts nothing was changed"):
        await postgresql.write(lambda connection: connection.execute(text(RAISE.format(state="40001"))))
    assert len(waits.seconds) == 4
    assert all(0 <= seconds <= 0.25 for seconds in waits.seconds)


async def test_plans_are_not_kept(postgresql: PostgreSQLStore) -> None:
    """One made while a table was empty would read the whole of it when it is full."""

    def repeat(connection: Connection) -> int:
        for _ in range(20):
            outbox.last_position(connection, "index")
        return int(connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) or 0)

    assert await postgresql.read(repeat) == 0
