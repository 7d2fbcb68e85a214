"""What runs when: the declarations, and which fire time a tick belongs to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """Due every ``every``; a run holds its claim for ``lease`` before another may take over."""

    name: str
    every: timedelta
    lease: timedelta
    shared: bool = True  #: one run in the whole network; False: one in every hub process


#: Deadlines and effects are cheap to look for; harvests have their own times per source.
JOBS: tuple[Job, ...] = (
    Job("feed_index", timedelta(milliseconds=500), timedelta(minutes=2), shared=False),
    Job("cluster_changed", timedelta(seconds=30), timedelta(hours=2)),
    Job("expire_deadlines", timedelta(seconds=20), timedelta(minutes=5)),
    Job("perform_effects", timedelta(seconds=5), timedelta(minutes=5)),
    Job("make_trips", timedelta(hours=1), timedelta(minutes=10)),
    Job("refresh_network", timedelta(seconds=20), timedelta(minutes=1), shared=False),
    Job("purge_expired", timedelta(hours=24), timedelta(hours=1)),
)


def fire_time(job: Job, now: datetime) -> datetime:
    """The due time that ``now`` belongs to: the same for every process that ticks within one period."""
    periods = (now - EPOCH) // job.every
    return EPOCH + periods * job.every
