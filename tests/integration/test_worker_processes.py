"""Any number of hub processes: each due run is started once, and a killed one is taken over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from hub.storage import jobs
from hub.storage.engine import open_store
from hub.storage.jobs import JobRunRow
from tests.worker_process import EACH_SECOND, run

#: what a hub imports is imported once, in the process that all of them are forked from
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.worker_process"])
#: however busy the machine is
LONGEST = 120.0


@dataclass
class Worker:
    """One hub process, and what it has written down."""

    process: BaseProcess
    diary: Path
    killed: bool = False

    def entries(self) -> list[tuple[str, str, int]]:
        """What became of which run under which token."""
        words = [line.split() for line in self.lines() if line != "ready"]
        return [(what, fire_at, int(token)) for what, fire_at, token in words]

    def lines(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def is_ready(self) -> bool:
        return "ready" in self.lines()

    def is_at_work(self) -> bool:
        """Whether it is in the middle of a run."""
        entries = self.entries()
        return bool(entries) and entries[-1][0] == "begun"

    def kill(self) -> None:
        self.killed = True
        self.process.kill()
        self.process.join()

    def said(self) -> str:
        return self.diary.with_suffix(".log").read_text()


@contextmanager
def worker(folder: Path, name: str, url: str = "", data: str = "") -> Iterator[Worker]:
    """A hub process over the database at ``url``, or over its own folder."""
    diary = folder / f"{name}.diary"
    settings = {"TONGJIE_DATA": str(folder / (data or name)), "TONGJIE_DATABASE_URL": url}
    process = PROCESSES.Process(target=run, args=(settings, diary))
    process.start()
    found = Worker(process, diary)
    try:
        yield found
        if not found.killed:
            process.terminate()
            process.join(LONGEST)
            assert process.exitcode == 0, found.said()
    finally:
        process.kill()
        process.join()


def until(condition: Callable[[], bool], workers: list[Worker]) -> None:
    """Wait for something that the workers bring about."""
    deadline = time.monotonic() + LONGEST
    while not condition():
        for one in workers:
            assert one.killed or one.process.is_alive(), one.said()
        assert time.monotonic() < deadline, [one.entries()[-3:] for one in workers]
        time.sleep(0.01)


def kill_one_at_work(workers: list[Worker]) -> Worker:
    """Kill whichever worker is next found in the middle of a run."""
    living = [one for one in workers if not one.killed]
    until(lambda: any(one.is_at_work() for one in living), living)
    victim = next(one for one in living if one.is_at_work())
    victim.kill()
    return victim


def settled(workers: list[Worker], runs: int) -> Callable[[], bool]:
    """Whether so many runs have been ended."""
    return lambda: sum(what == "ended" for one in workers for what, *_ in one.entries()) >= runs


async def ledger(url: str) -> list[JobRunRow]:
    """Every run, the oldest first."""
    store = open_store(url, durable=False)
    try:
        return (await store.read(lambda c: jobs.history(c, EACH_SECOND.name, 1000)))[::-1]
    finally:
        store.close()


def assert_each_started_once(rows: list[JobRunRow], workers: list[Worker], taken_over: int) -> None:
    entries = [entry for one in workers for entry in one.entries()]
    begun = Counter(fire_at for what, fire_at, _ in entries if what == "begun")
    ended = Counter(fire_at for what, fire_at, _ in entries if what == "ended")
    fires = [row.fire_at for row in rows]
    assert fires == [fires[0] + number * EACH_SECOND.every for number in range(len(fires))], "none is missing"
    assert {datetime.fromisoformat(fire_at) for fire_at in begun} == set(fires)
    assert {row.state for row in rows} == {"done"}
    tokens = [
        token
        for row in rows
        for token in sorted(t for w, f, t in entries if w == "begun" and f == row.fire_at.isoformat())
    ]
    assert tokens == sorted(set(tokens)), "fencing tokens grow strictly"
    twice = sorted(fire_at for fire_at, times in begun.items() if times > 1)
    assert twice == [row.fire_at.isoformat() for row in rows if row.starts > 1]
    assert len(twice) == taken_over
    assert set(begun.values()) <= {1, 2}
    assert set(ended.values()) == {1}, "what was begun twice was ended once"


def four_processes(url: str, folder: Path, seconds: int) -> list[Worker]:
    """Four hubs work ``seconds`` due runs off; two are killed on the way."""
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(folder, f"hub{number}", url)) for number in range(4)]
        until(lambda: all(one.is_ready() for one in workers), workers)
        kill_one_at_work(workers)
        until(settled(workers, seconds // 2), workers)
        kill_one_at_work(workers)
        until(settled(workers, seconds), workers)
    return workers


@pytest.mark.postgresql
async def test_four_processes_start_each_run_once_though_two_are_killed(
    empty_postgresql_database: str, tmp_path: Path
) -> None:
    workers = four_processes(empty_postgresql_database, tmp_path, 6)
    assert_each_started_once(await ledger(empty_postgresql_database), workers, taken_over=2)


@pytest.mark.postgresql
@pytest.mark.soak
async def test_four_processes_start_each_run_once_for_a_minute(
    empty_postgresql_database: str, tmp_path: Path
) -> None:
    workers = four_processes(empty_postgresql_database, tmp_path, 60)
    rows = await ledger(empty_postgresql_database)
    assert_each_started_once(rows, workers, taken_over=2)
    print(f"{len(rows)} runs by {[sum(e[0] == 'ended' for e in one.entries()) for one in workers]}")


async def test_one_process_on_sqlite_makes_up_for_the_time_it_was_dead(tmp_path: Path) -> None:
    with worker(tmp_path, "first", data="data") as first:
        until(settled([first], 1), [first])
        kill_one_at_work([first])
    with worker(tmp_path, "second", data="data") as second:
        until(settled([first, second], 4), [first, second])
    rows = await ledger(f"sqlite:///{tmp_path}/data/hub.sqlite")
    assert_each_started_once(rows, [first, second], taken_over=1)
    assert rows[-1].fire_at - rows[0].fire_at >= timedelta(seconds=3)
