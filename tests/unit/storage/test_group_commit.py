"""The one writer of SQLite: one commit for many writes, and nobody told before it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, insert, select, text

from hub.errors import Broken
from hub.storage.group_commit import GroupCommitWriter, GroupLimits
from hub.storage.sqlite_engine import reading_engine, writing_engine
from hub.storage.tables.columns import core
from hub.storage.tables.operations import Outbox

OUTBOX = core(Outbox)
SECONDS = 10


class Bench:
    """A writer whose commits are counted and whose queue can be filled while it is held."""

    def __init__(self, path: Path, limits: GroupLimits, elapsed: Callable[[], float]) -> None:
        self.engine = writing_engine(path, durable=False)
        self.reading = reading_engine(path, connections=1)
        self.commits = 0
        self.queued: list[Future[object]] = []
        event.listen(self.engine, "commit", self._count)
        self.writer = GroupCommitWriter(self.engine, limits, elapsed)

    def _count(self, _connection: Connection) -> None:
        self.commits += 1

    def queue(self, *decisions: Callable[[Connection], object]) -> list[Future[object]]:
        """Submit all of them while the writer is busy with something else, so that they wait together."""
        busy, go = threading.Event(), threading.Event()

        def hold(_connection: Connection) -> None:
            busy.set()
            assert go.wait(SECONDS)

        self.writer.submit(hold)
        assert busy.wait(SECONDS)
        self.queued = [self.writer.submit(decide) for decide in decisions]
        go.set()
        wait(self.queued, SECONDS)
        return self.queued

    def keys(self) -> list[str]:
        with self.reading.connect() as connection:
            return list(connection.scalars(select(OUTBOX.c.key).order_by(OUTBOX.c.position)))

    def close(self) -> None:
        self.writer.close()
        self.engine.dispose()
        self.reading.dispose()


Make = Callable[..., Bench]


@pytest.fixture
def make(sqlite_url: str) -> Iterator[Make]:
    made: list[Bench] = []

    def build(limits: GroupLimits | None = None, elapsed: Callable[[], float] = lambda: 0.0) -> Bench:
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        made.append(Bench(path, limits or GroupLimits(), elapsed))
        return made[-1]

    yield build
    for bench in made:
        bench.close()


def add(key: str) -> Callable[[Connection], str]:
    def decide(connection: Connection) -> str:
        connection.execute(insert(OUTBOX).values(topic="test", key=key))
        return key

    return decide


def violate(connection: Connection) -> None:
    """Break a foreign key in a way that only the commit notices."""
    connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    connection.execute(text("INSERT INTO session VALUES ('d', 'nobody', '2026-05-01', '2026-05-02')"))


def test_writes_that_wait_together_share_a_commit(make: Make) -> None:
    bench = make()
    futures = bench.queue(*(add(str(n)) for n in range(100)))
    assert [future.result() for future in futures] == [str(n) for n in range(100)]
    assert bench.commits == 1
    assert bench.keys() == [str(n) for n in range(100)]


def test_a_group_is_bounded_in_number(make: Make) -> None:
    bench = make(GroupLimits(writes=10))
    bench.queue(*(add(str(n)) for n in range(29)))  # with the write that held them: 30
    assert bench.commits == 3


def test_a_group_is_bounded_in_time(make: Make) -> None:
    """On this clock a second passes at each look: three looks fit into the limit."""
    looks = iter(range(10**6))
    bench = make(GroupLimits(seconds=3.5), elapsed=lambda: float(next(looks)))
    bench.queue(*(add(str(n)) for n in range(7)))
    assert bench.commits == 2


def test_nobody_is_told_before_the_commit(make: Make) -> None:
    bench = make()
    told: list[bool] = []

    def look(_connection: Connection) -> None:
        told.extend(future.done() for future in bench.queued)

    event.listen(bench.engine, "commit", look)
    bench.queue(add("a"), add("b"))
    assert told == [False, False]
    assert all(future.done() for future in bench.queued)


def test_an_error_undoes_only_its_own_write(make: Make) -> None:
    def fail(connection: Connection) -> None:
        add("lost")(connection)
        raise LookupError("no")

    bench = make()
    first, failed, last = bench.queue(add("a"), fail, add("b"))
    assert (first.result(), last.result()) == ("a", "b")
    assert isinstance(failed.exception(), LookupError)
    assert bench.commits == 1
    assert bench.keys() == ["a", "b"]


def test_a_failing_commit_fails_the_whole_group_and_the_next_goes_well(make: Make) -> None:
    bench = make()
    futures = bench.queue(add("a"), violate, add("b"))
    for future in futures:
        problem = future.exception()
        assert isinstance(problem, Broken)
        assert "FOREIGN KEY" in str(problem)
    assert bench.keys() == []
    assert bench.writer.submit(add("after")).result(SECONDS) == "after"
    assert bench.keys() == ["after"]


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK"])
def test_a_write_that_ends_the_transaction_fails_the_group(make: Make, ending: str) -> None:
    """SQLite does so itself when the disk is full: nobody may be told that all went well."""
    bench = make()
    futures = bench.queue(add("a"), lambda connection: connection.exec_driver_sql(ending), add("b"))
    assert [type(future.exception()) for future in futures[:2]] == [Broken, Broken]
    assert bench.writer.submit(add("after")).result(SECONDS) == "after"


def test_a_cancelled_write_is_never_performed(make: Make) -> None:
    bench = make()
    busy, go = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        busy.set()
        assert go.wait(SECONDS)

    bench.writer.submit(hold)
    assert busy.wait(SECONDS)
    withdrawn, kept = bench.writer.submit(add("withdrawn")), bench.writer.submit(add("kept"))
    assert withdrawn.cancel()
    go.set()
    assert kept.result(SECONDS) == "kept"
    with pytest.raises(CancelledError):
        withdrawn.result(SECONDS)
    assert bench.keys() == ["kept"]


def test_closing_performs_what_was_accepted(make: Make) -> None:
    bench = make(GroupLimits(writes=2))
    futures = [bench.writer.submit(add(str(n))) for n in range(20)]
    bench.close()
    assert [future.result(0) for future in futures] == [str(n) for n in range(20)]
    with pytest.raises(Broken, match="stopping"):
        bench.writer.submit(add("late"))


def test_a_locked_database_fails_the_write_and_not_the_writer(make: Make, sqlite_url: str) -> None:
    bench = make()
    bench.writer.submit(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=1")).result(
        SECONDS
    )
    other: Engine = writing_engine(Path(sqlite_url.removeprefix("sqlite:///")))
    with other.begin():
        assert isinstance(bench.writer.submit(add("a")).exception(SECONDS), Broken)
    other.dispose()
    assert bench.writer.submit(add("b")).result(SECONDS) == "b"
    assert bench.keys() == ["b"]
