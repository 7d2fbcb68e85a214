"""Jobs: claimed once whatever number of hubs tick, taken over from the dead, and never raising."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.errors import Refusal
from hub.services import working
from hub.services.context import Hub
from hub.services.purging import RUNS_KEPT, purge
from hub.services.ticking import Claims
from hub.storage import jobs
from hub.storage.store import Store
from hub.storage.tables.columns import core
from hub.storage.tables.operations import JobRun
from schedules.jobs import JOBS, Job, fire_time
from tests.hubs import clock, hub_over

RUN = core(JobRun)
JOB = Job("work", timedelta(minutes=5), timedelta(minutes=2))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the job ``work`` did."""
    done: list[str] = []

    async def body(hub: Hub) -> int:
        done.append(hub.clock.now().isoformat())
        await asyncio.sleep(0)
        return 1

    put(monkeypatch, body)
    return done


def put(monkeypatch: pytest.MonkeyPatch, body: Callable[[Hub], Awaitable[int]]) -> None:
    monkeypatch.setattr(working, "JOBS", {**working.JOBS, "work": body})


async def test_many_hubs_tick_and_one_works(store: Store, work: list[str]) -> None:
    time = clock()
    hubs = [Claims(hub_over(store, time)) for _ in range(8)]
    await asyncio.gather(*(hub.run(JOB) for hub in hubs))
    assert len(work) == 1
    time.advance(JOB.every)
    await asyncio.gather(*(hub.run(JOB) for hub in hubs))
    assert len(work) == 2


async def test_a_run_whose_holder_died_is_taken_over_and_its_late_end_does_not_count(
    store: Store, work: list[str]
) -> None:
    time = clock()
    fire_at, began = fire_time(JOB, time.now()), time.now()
    dead = await store.write(lambda c: jobs.claim(c, JOB.name, fire_at, "dead", began, JOB.lease))
    assert dead == 1
    await Claims(hub_over(store, time)).run(JOB)
    assert work == []
    time.advance(JOB.lease + timedelta(seconds=1))
    await Claims(hub_over(store, time)).run(JOB)
    assert len(work) == 1
    assert not await store.write(lambda c: jobs.finish(c, JOB.name, fire_at, dead, time.now(), "late"))
    (row,) = await store.read(lambda c: c.execute(select(RUN)).all())
    assert (row.token, row.problem, row.finished_at) == (2, "", time.now())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refusal("common.not_found", what="file", key="x"), "no file x"),
        (ValueError("nonsense"), "ValueError: nonsense"),
    ],
)
async def test_what_a_job_fails_at_stands_in_the_ledger(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    async def fails(hub: Hub) -> int:
        raise error

    put(monkeypatch, fails)
    await Claims(hub_over(sqlite_store)).run(JOB)
    (row,) = await sqlite_store.read(lambda c: c.execute(select(RUN)).all())
    assert said in row.problem
    assert row.finished_at is not None


async def test_what_every_process_does_needs_no_claim(sqlite_store: Store, work: list[str]) -> None:
    own = Job("work", timedelta(seconds=1), timedelta(minutes=1), shared=False)
    for _ in range(3):
        await Claims(hub_over(sqlite_store)).run(own)
    assert len(work) == 3
    assert await sqlite_store.read(lambda c: c.execute(select(RUN)).all()) == []


async def test_old_runs_are_forgotten(store: Store, work: list[str]) -> None:
    time = clock()
    hub = hub_over(store, time)
    await Claims(hub).run(JOB)
    assert await purge(hub) == 0
    time.advance(RUNS_KEPT + timedelta(seconds=1))
    assert await purge(hub) == 1


def test_every_declared_job_has_a_body() -> None:
    assert {job.name for job in JOBS} <= set(working.JOBS)
