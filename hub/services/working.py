"""The bodies of the jobs: what each due run does."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from hub.errors import HubError
from hub.services.carrying import trips
from hub.services.clustering import cluster
from hub.services.context import Hub, Transaction
from hub.services.effects import perform_due
from hub.services.indexing import feed
from hub.services.lending import deadlines
from hub.services.lending.deadlines import DueSubject
from hub.services.purging import purge
from hub.storage import descriptions

log = logging.getLogger(__name__)


async def expire_deadlines(hub: Hub) -> int:
    """Fire every deadline that has passed, each in its own transaction; how many fired.

    Expiring one thing can put another past its deadline, so the look is repeated until nothing new is due. A
    deadline that firing leaves as it was is fired once a sweep: the doctor names it.
    """
    fired: set[DueSubject] = set()
    while True:
        now = hub.clock.now()
        due = await hub.store.read(lambda connection, now=now: deadlines.due(connection, now))  # type: ignore[misc]  # a default pins the loop's value
        fresh = [subject for subject in due if subject not in fired]
        if not fresh:
            return len(fired)
        for subject in fresh:
            await hub.store.write(
                lambda connection, subject=subject: deadlines.expire(  # type: ignore[misc]  # as above
                    Transaction(connection, hub.clock.now(), hub.network(), subject.key), subject
                )
            )
            fired.add(subject)


async def make_trips(hub: Hub) -> int:
    """Make the trips of today and tomorrow from the timetable."""
    return await hub.store.write(
        lambda connection: trips.ensure(Transaction(connection, hub.clock.now(), hub.network(), "hub/trips"))
    )


async def refresh_network(hub: Hub) -> int:
    """Take up a network document that another process put in force."""
    await hub.store.read(hub.refresh_network)
    return 0


async def close_idle_lines(hub: Hub) -> int:
    """Let go of connections to members that no reader has used for a while; how many."""
    return hub.live.close_idle(hub.clock.now())


async def cluster_changed(hub: Hub) -> int:
    """Unite the records that changed; how many were waiting."""
    waiting = await hub.store.read(descriptions.count_pending)
    if waiting:
        await cluster(hub)
    return waiting


Body = Callable[[Hub], Awaitable[int]]
#: ``start_harvests`` is the business of the process that serves: what it starts outlives the tick
JOBS: Mapping[str, Body] = {
    "feed_index": feed,
    "cluster_changed": cluster_changed,
    "expire_deadlines": expire_deadlines,
    "perform_effects": perform_due,
    "make_trips": make_trips,
    "purge_expired": purge,
    "refresh_network": refresh_network,
    "close_idle_lines": close_idle_lines,
}


async def work_off(hub: Hub, *, hourly: bool = True) -> None:
    """Do everything that is due now, in a fixed order: called after each move of a settable clock.

    Without ``hourly`` two jobs that need not run at every move are left for another time: making the trips of
    tomorrow, and feeding the search index, a projection whose commits take long.
    """
    if hourly:
        await JOBS["make_trips"](hub)
    await JOBS["expire_deadlines"](hub)
    await JOBS["perform_effects"](hub)
    if hourly:
        await JOBS["feed_index"](hub)


async def run_job(hub: Hub, name: str, bodies: Mapping[str, Body] = JOBS) -> str:
    """Run one job; what it failed at as text, empty when it worked. Failures are logged, never raised."""
    try:
        await bodies[name](hub)
    except HubError as error:
        log.warning("job %s: %s", name, error)
        return str(error)
    except Exception as error:
        log.exception("job %s failed", name)
        return f"{type(error).__name__}: {error}"
    return ""
