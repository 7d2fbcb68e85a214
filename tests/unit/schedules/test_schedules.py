"""What runs when: fire times, pauses between attempts, and a ticker that lets work end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.jobs import JOBS, Job, fire_time
from schedules.retry import FIRST, LONGEST, MOST_ATTEMPTS, wait_after
from schedules.ticker import Ticker

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside


@given(INSTANTS, st.sampled_from(JOBS))
def test_every_process_finds_the_same_fire_time(now: datetime, job: Job) -> None:
    fire_at = fire_time(job, now)
    assert fire_at <= now < fire_at + job.every
    assert fire_time(job, fire_at) == fire_at
    assert fire_time(job, fire_at + job.every) == fire_at + job.every


def test_jobs_have_names_of_their_own_and_leases_longer_than_nothing() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.lease > timedelta() and job.every > timedelta() for job in JOBS)


def test_pauses_grow_to_a_limit_and_end() -> None:
    pauses = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert pauses[0] == FIRST
    assert pauses == sorted(pauses, key=lambda pause: pause or timedelta())
    assert pauses[-1] == LONGEST
    assert wait_after(MOST_ATTEMPTS) is None


async def test_the_ticker_ticks_one_at_a_time_and_lets_work_end() -> None:
    begun, ended, go_on, ticked = 0, 0, asyncio.Event(), asyncio.Event()

    async def run(job: Job) -> None:
        nonlocal begun, ended
        begun += 1
        ticked.set()
        await go_on.wait()
        ended += 1

    ticker = Ticker(run, (Job("work", timedelta(milliseconds=5), timedelta(seconds=1)),))
    ticker.start()
    await asyncio.wait_for(ticked.wait(), 10)
    stopping = asyncio.ensure_future(ticker.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await asyncio.wait_for(stopping, 10)
    assert (begun, ended) == (1, 1), "what ran was not cut off, and nothing ran beside it"


@pytest.mark.parametrize("jobs", [(), JOBS])
async def test_a_ticker_that_never_ticked_stops(jobs: tuple[Job, ...]) -> None:
    async def run(job: Job) -> None:
        raise AssertionError(job)

    ticker = Ticker(run, tuple(Job(job.name, timedelta(days=1), job.lease) for job in jobs))
    ticker.start()
    await ticker.stop()
