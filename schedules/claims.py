"""Who may make a run that somebody began. Pure; the hub keeps the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

#: a run begun this often without coming to an end is given up: it may be what kills those who make it
MOST_STARTS = 20


class Unfinished(Protocol):
    """A run that has not ended, as the ledger has it."""

    @property
    def state(self) -> str:
        """``running``, or ``waiting`` to be gone on with."""
        ...

    @property
    def lease_until(self) -> datetime:
        """Until when its holder has claimed it; each heartbeat moves this on."""
        ...

    @property
    def resume_at(self) -> datetime | None:
        """When it may be gone on with, if it waits."""
        ...

    @property
    def starts(self) -> int:
        """How often it was begun or gone on with."""
        ...


def is_free(run: Unfinished, now: datetime) -> bool:
    """Whether anyone may take the run: it waits and its time has come, or its holder is silent."""
    if run.state == "waiting":
        return run.resume_at is not None and run.resume_at <= now
    return run.lease_until < now


def is_hopeless(run: Unfinished) -> bool:
    """Whether the run has been begun so often that it is given up."""
    return run.starts >= MOST_STARTS
