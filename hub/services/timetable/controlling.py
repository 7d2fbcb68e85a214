"""What a coordinator does about a run: start it now, stop it, skip the next one.

The word is written into the ledger; whichever worker looks next acts on it.
"""

from __future__ import annotations

from typing import Any

from hub.errors import Conflict
from hub.services import claims
from hub.services.context import Principal, Transaction
from hub.services.harvesting.claimed import job_of
from hub.services.harvesting.settling import timetable_of
from hub.services.operations import COORDINATORS, Operation
from hub.services.timetable.setting import SourceInput, found_source
from hub.storage import jobs, timetables
from schedules.harvests import MemberCalendar, next_fire

BY_COORDINATOR = "coordinator"


class StartInput(SourceInput):
    """Which source, and how."""

    full: bool | None = None  #: None: as its timetable has it


def start(tx: Transaction, principal: Principal, command: StartInput) -> dict[str, Any]:
    """Have a source harvested as soon as a worker looks, at whatever hour and however often it has failed.

    Raises:
        NotFound: there is no such source.
        Conflict: it is being harvested.
    """
    source = found_source(tx, command.source)
    details = {"by": principal.account} | ({} if command.full is None else {"full": command.full})
    run = claims.standing(tx.connection, job_of(source.name), tx.now)
    if run is None:
        fire_at = jobs.free_instant(tx.connection, job_of(source.name), tx.now)
        jobs.put_by(
            tx.connection, job_of(source.name), fire_at, tx.now, cause=BY_COORDINATOR, details=details
        )
    elif not jobs.wake(tx.connection, run, tx.now, cause=BY_COORDINATOR, details=details):
        raise claims.under_way(run, source.name, tx.network.calendars)
    return {"source": source.name, "state": "waiting"}


def stop(tx: Transaction, principal: Principal, command: SourceInput) -> dict[str, Any]:
    """End a source's harvest: after its batch where it goes on, at once where it waits.

    Raises:
        NotFound: there is no such source.
        Conflict: it is not being harvested.
    """
    del principal
    source = found_source(tx, command.source)
    run = jobs.unfinished(tx.connection, job_of(source.name))
    if run is None:
        raise Conflict("timetable.nothing_to_stop", field="source", source=source.name)
    if run.state == "waiting":
        jobs.end(tx.connection, run, tx.now, state="stopped", problem="stopped")
        return {"source": source.name, "state": "stopped"}
    jobs.ask_to_stop(tx.connection, run)
    return {"source": source.name, "state": "stopping"}


def skip(tx: Transaction, principal: Principal, command: SourceInput) -> dict[str, Any]:
    """Leave out a source's next run, or the rest of one that waits.

    Raises:
        NotFound: there is no such source.
        Conflict: it has no timetable, or a run goes on: that one can be stopped.
    """
    del principal
    source = found_source(tx, command.source)
    job = job_of(source.name)
    run = jobs.unfinished(tx.connection, job)
    if run is not None:
        if run.state != "waiting":
            raise Conflict("timetable.goes_on", field="source", source=source.name)
        jobs.end(tx.connection, run, tx.now, state="skipped")
        return {"source": source.name, "skipped": run.fire_at.isoformat()}
    row = timetables.find(tx.connection, source.name)
    if row is None:
        raise Conflict("timetable.none", field="source", source=source.name)
    last = max(tx.now, jobs.last_fire(tx.connection, job) or tx.now)
    member = MemberCalendar(tx.network.calendars, source.member)
    fire_at = next_fire(timetable_of(row), member, last)
    if fire_at is None:
        raise Conflict("timetable.none", field="source", source=source.name)
    jobs.pass_over(tx.connection, job, [fire_at], tx.now, cause=BY_COORDINATOR)
    return {"source": source.name, "skipped": fire_at.isoformat()}


OPERATIONS = (
    Operation(
        "timetable.start", "POST", "/api/v1/timetable/{source}/start", COORDINATORS, StartInput,
        "Harvest a source as soon as a worker looks, whatever its timetable says.", decide=start,
    ),
    Operation(
        "timetable.stop", "POST", "/api/v1/timetable/{source}/stop", COORDINATORS, SourceInput,
        "Stop a source's harvest after the batch it is at.", decide=stop,
    ),
    Operation(
        "timetable.skip", "POST", "/api/v1/timetable/{source}/skip", COORDINATORS, SourceInput,
        "Leave out a source's next run.", decide=skip,
    ),
)  # fmt: skip
