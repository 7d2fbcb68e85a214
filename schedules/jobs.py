"""The hub's own jobs: their rhythm, and which runs of them are due. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schedules.missed import Missed, Outstanding, outstanding

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
#: runs missed longer ago than this are not made up for
LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """Due every ``every``; a run whose holder is silent for ``lease`` is taken over by another."""

    name: str
    every: timedelta
    lease: timedelta
    shared: bool = True  #: one run in the whole network; False: one in every hub process
    missed: Missed = Missed.LATEST


#: Deadlines and effects are cheap to look for. Which harvests are due stands in the timetable of each source.
JOBS: tuple[Job, ...] = (
    Job("feed_index", timedelta(milliseconds=500), timedelta(minutes=2), shared=False),
    Job("cluster_changed", timedelta(seconds=30), timedelta(minutes=5)),
    Job("expire_deadlines", timedelta(seconds=20), timedelta(minutes=5)),
    Job("perform_effects", timedelta(seconds=5), timedelta(minutes=5)),
    Job("start_harvests", timedelta(seconds=20), timedelta(minutes=1), shared=False),
    Job("make_trips", timedelta(hours=1), timedelta(minutes=10)),
    Job("refresh_network", timedelta(seconds=20), timedelta(minutes=1), shared=False),
    Job("close_idle_lines", timedelta(seconds=20), timedelta(minutes=1), shared=False),
    Job("purge_expired", timedelta(hours=24), timedelta(hours=1)),
)


def fire_time(job: Job, now: datetime) -> datetime:
    """The due time that ``now`` belongs to: the same for every process that ticks within one period."""
    periods = (now - EPOCH) // job.every
    return EPOCH + periods * job.every


def due(job: Job, last: datetime | None, now: datetime) -> Outstanding:
    """The run of ``job`` to start now; ``last`` is the fire time of its newest run, None when it has none."""
    newest = fire_time(job, now)
    if last is None or job.missed is not Missed.EACH:
        return outstanding([newest] if last is None or newest > last else [], now, job.missed)
    first = max(fire_time(job, last), fire_time(job, now - LOOK_BACK)) + job.every
    count = max(0, (newest - first) // job.every + 1)
    return outstanding([first + number * job.every for number in range(count)], now, job.missed)
