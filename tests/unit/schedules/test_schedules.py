"""What runs when: fire times, pauses between attempts, and a ticker that lets work end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.breaker import pause_after
from schedules.jobs import JOBS, Job, due, fire_time
from schedules.missed import Missed
from schedules.retry import EFFECTS, HARVESTS, RetryRule
from schedules.ticker import Ticker

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
EACH = Job("each", timedelta(seconds=1), timedelta(seconds=5), missed=Missed.EACH)


@given(INSTANTS, st.sampled_from(JOBS))
def test_every_process_finds_the_same_fire_time(now: datetime, job: Job) -> None:
    fire_at = fire_time(job, now)
    assert fire_at <= now < fire_at + job.every
    assert fire_time(job, fire_at) == fire_at
    assert fire_time(job, fire_at + job.every) == fire_at + job.every


def test_jobs_have_names_of_their_own_and_leases_longer_than_nothing() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.lease > timedelta() and job.every > timedelta() for job in JOBS)


@pytest.mark.parametrize("rule", [EFFECTS, HARVESTS])
def test_pauses_grow_to_a_limit_and_end(rule: RetryRule) -> None:
    pauses = [rule.wait_after(attempt) for attempt in range(1, rule.most_attempts)]
    assert pauses[0] == rule.first
    assert pauses == sorted(pauses, key=lambda pause: pause or timedelta())
    assert max(pause or timedelta() for pause in pauses) <= rule.longest
    assert rule.wait_after(rule.most_attempts) is None


def test_a_member_that_keeps_failing_is_left_in_peace_for_longer_up_to_a_day() -> None:
    pauses = [pause_after(failures) for failures in range(1, 12)]
    hours = [pause.total_seconds() / 3600 if pause else None for pause in pauses]
    assert hours == [None, None, 1, 2, 4, 8, 16, 24, 24, 24, 24]
    assert pause_after(10_000) == timedelta(days=1)


@given(INSTANTS, st.sampled_from(JOBS), st.integers(0, 10**7))
def test_a_run_is_due_once_however_late_somebody_looks(now: datetime, job: Job, seconds: int) -> None:
    first = due(job, None, now).fire_at
    assert first == fire_time(job, now)
    assert due(job, first, now).fire_at is None
    later = now + timedelta(seconds=seconds)
    following = due(job, first, later).fire_at
    assert following == (fire_time(job, later) if fire_time(job, later) > first else None)


@given(INSTANTS, st.integers(0, 200))
def test_of_a_job_that_must_not_miss_any_every_run_is_due_in_order(now: datetime, missed: int) -> None:
    last = fire_time(EACH, now)
    later = last + missed * EACH.every
    made = []
    while (fire_at := due(EACH, last, later).fire_at) is not None:
        made.append(fire_at)
        last = fire_at
    assert made == [fire_time(EACH, now) + number * EACH.every for number in range(1, missed + 1)]


def test_what_was_missed_longer_ago_than_a_day_is_not_made_up_for() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    fire_at = due(EACH, now - timedelta(days=30), now).fire_at
    assert fire_at == now - timedelta(days=1) + EACH.every


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
