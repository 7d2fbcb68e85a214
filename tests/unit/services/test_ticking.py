"""Jobs: claimed once whatever number of hubs tick, taken over from the dead, and never raising."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.errors import Refusal
from hub.services import working
from hub.services.claims import BEATS_PER_LEASE
from hub.services.context import Hub
from hub.services.purging import RUNS_KEPT, purge
from hub.services.ticking import Claims
from hub.services.working import Body
from hub.storage import jobs
from hub.storage.jobs import JobRunRow
from hub.storage.store import Store
from hub.storage.tables.columns import core
from hub.storage.tables.operations import JobRun
from schedules.claims import MOST_STARTS
from schedules.jobs import JOBS, Job, fire_time
from schedules.missed import Missed
from tests.hubs import clock, hub_over

RUN = core(JobRun)
JOB = Job("work", timedelta(minutes=5), timedelta(minutes=2))
#: a lease whose heartbeats a test need not wait for
BRIEF = replace(JOB, lease=timedelta(milliseconds=30))


@dataclass
class Work:
    """What the job ``work`` did, and in how many hands it was at once."""

    done: list[str] = field(default_factory=list)

    async def __call__(self, hub: Hub) -> int:
        self.done.append(hub.clock.now().isoformat())
        await asyncio.sleep(0)
        return 1


def ticking(hub: Hub, body: Body) -> Claims:
    return Claims(hub, {"work": body})


async def ledger(store: Store) -> list[JobRunRow]:
    return await store.read(lambda connection: jobs.history(connection, JOB.name))


async def test_many_hubs_tick_and_one_works(store: Store) -> None:
    time, work = clock(), Work()
    hubs = [ticking(hub_over(store, time), work) for _ in range(8)]
    await asyncio.gather(*(hub.run(JOB) for hub in hubs))
    assert len(work.done) == 1
    time.advance(JOB.every)
    await asyncio.gather(*(hub.run(JOB) for hub in hubs))
    assert len(work.done) == 2


async def test_a_run_whose_holder_died_is_taken_over_and_its_late_end_does_not_count(store: Store) -> None:
    time, work = clock(), Work()
    fire_at, began = fire_time(JOB, time.now()), time.now()
    dead = await store.write(lambda c: jobs.begin(c, JOB.name, fire_at, "dead", began, JOB.lease))
    assert dead.token == 1
    await ticking(hub_over(store, time), work).run(JOB)
    assert work.done == []
    time.advance(JOB.lease + timedelta(seconds=1))
    await ticking(hub_over(store, time), work).run(JOB)
    assert len(work.done) == 1
    assert not await store.write(lambda c: jobs.finish(c, dead, time.now(), problem="late"))
    (row,) = await ledger(store)
    assert (row.token, row.starts, row.problem, row.finished_at) == (2, 2, "", time.now())


async def test_an_abandoned_run_comes_before_the_next_one_and_none_runs_beside_it(store: Store) -> None:
    time, work = clock(), Work()
    fire_at, began = fire_time(JOB, time.now()), time.now()
    await store.write(lambda c: jobs.begin(c, JOB.name, fire_at, "dead", began, timedelta(minutes=11)))
    time.advance(2 * JOB.every)
    hub = ticking(hub_over(store, time), work)
    await hub.run(JOB)
    assert work.done == [], "its holder may still be at it"
    time.advance(timedelta(minutes=2))
    await hub.run(JOB)
    await hub.run(JOB)
    assert [(row.fire_at, row.starts) for row in await ledger(store)] == [
        (fire_at + 2 * JOB.every, 1),
        (fire_at, 2),
    ]


async def test_what_breaks_whoever_makes_it_is_given_up(sqlite_store: Store) -> None:
    time, work = clock(), Work()
    fire_at, began = fire_time(JOB, time.now()), time.now()
    await sqlite_store.write(lambda c: jobs.begin(c, JOB.name, fire_at, "dead", began, JOB.lease))
    await sqlite_store.write(lambda c: c.execute(update(RUN).values(starts=MOST_STARTS)))
    time.advance(JOB.every)
    await ticking(hub_over(sqlite_store, time), work).run(JOB)
    newest, first = await ledger(sqlite_store)
    assert (first.state, first.problem) == ("failed", "started_too_often")
    assert (newest.state, newest.fire_at) == ("done", fire_at + JOB.every)


async def test_the_lease_is_renewed_while_the_work_goes_on(sqlite_store: Store) -> None:
    time, beaten = clock(), list[int]()

    async def long(hub: Hub) -> int:
        (begun,) = await ledger(sqlite_store)
        time.advance(timedelta(minutes=1))
        for _ in range(1000):
            await asyncio.sleep(BRIEF.lease.total_seconds() / BEATS_PER_LEASE)
            (row,) = await ledger(sqlite_store)
            if row.lease_until > begun.lease_until:
                beaten.append(row.token)
                break
        return 1

    await ticking(hub_over(sqlite_store, time), long).run(BRIEF)
    assert beaten == [1]


async def test_work_is_cut_off_when_another_has_taken_it_over(store: Store) -> None:
    time, begun, ended = clock(), asyncio.Event(), asyncio.Event()

    async def endless(hub: Hub) -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    loser = asyncio.ensure_future(ticking(hub_over(store, time), endless).run(BRIEF))
    await asyncio.wait_for(begun.wait(), 10)
    (row,) = await ledger(store)
    taken = await store.write(lambda c: jobs.take(c, row, "another", time.now(), JOB.lease))
    await asyncio.wait_for(loser, 10)
    assert ended.is_set()
    assert await store.write(lambda c: jobs.finish(c, taken, time.now())), "it is the other's to close"


async def test_a_job_that_must_not_miss_any_makes_up_for_each(store: Store) -> None:
    time, work = clock(), Work()
    each = replace(JOB, missed=Missed.EACH)
    hub = ticking(hub_over(store, time), work)
    await hub.run(each)
    time.advance(4 * JOB.every)
    await hub.run(each)
    first, *_, last = reversed(await ledger(store))
    assert len(work.done) == 5
    assert last.fire_at - first.fire_at == 4 * JOB.every


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refusal("common.not_found", what="file", key="x"), "no file x"),
        (ValueError("nonsense"), "ValueError: nonsense"),
    ],
)
async def test_what_a_job_fails_at_stands_in_the_ledger(
    sqlite_store: Store, error: Exception, said: str
) -> None:
    async def fails(hub: Hub) -> int:
        raise error

    await ticking(hub_over(sqlite_store), fails).run(JOB)
    (row,) = await ledger(sqlite_store)
    assert said in row.problem
    assert row.state == "failed"
    assert row.finished_at is not None


async def test_what_every_process_does_needs_no_claim(sqlite_store: Store) -> None:
    own, work = Job("work", timedelta(seconds=1), timedelta(minutes=1), shared=False), Work()
    for _ in range(3):
        await ticking(hub_over(sqlite_store), work).run(own)
    assert len(work.done) == 3
    assert await ledger(sqlite_store) == []


async def test_old_runs_are_forgotten(store: Store) -> None:
    time, work = clock(), Work()
    hub = hub_over(store, time)
    for _ in range(2):
        await ticking(hub, work).run(JOB)
        time.advance(JOB.every)
    assert await purge(hub) == 0
    time.advance(RUNS_KEPT + timedelta(seconds=1))
    assert await purge(hub) == 1
    rows = await store.read(lambda c: c.scalars(select(RUN.c.token)).all())
    assert list(rows) == [2], "the newest stays: tokens go on from it"


def test_every_declared_job_has_a_body() -> None:
    # What starts harvests belongs to the process that serves: hub.services.timetable.starting.
    assert {job.name for job in JOBS} - {"start_harvests"} == set(working.JOBS)
