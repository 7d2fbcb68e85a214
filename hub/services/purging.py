"""The purge: what its purpose no longer needs is erased, by schedule (promise P9)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from hub.services.context import Hub
from hub.services.performing import COMMANDS_KEPT
from hub.storage import commands, jobs, people

RUNS_KEPT = timedelta(days=30)


async def purge(hub: Hub) -> int:
    """Erase expired persons and sessions, and answers and job runs nobody asks for again; how many went."""
    now = hub.clock.now()

    def erase(connection: Connection) -> int:
        return (
            people.purge_persons(connection, now)
            + people.purge_sessions(connection, now)
            + commands.forget(connection, now - COMMANDS_KEPT)
            + jobs.forget(connection, now - RUNS_KEPT)
        )

    return await hub.store.write(erase)
