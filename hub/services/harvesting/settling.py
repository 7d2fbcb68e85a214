"""What a harvest came to, for the ledger of jobs: done, failed or to be gone on with; and the breaker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from connectors.errors import ERROR_CODES
from hub.services.claims import LostRun
from hub.services.harvesting.running import SourceReport
from hub.services.network_document.network import Network
from hub.storage import jobs, timetables
from hub.storage.harvests.values import SourceRow
from hub.storage.jobs import Claim, JobRunRow
from hub.storage.timetables import TimetableRow
from schedules.breaker import pause_after
from schedules.harvests import HarvestTimetable, MemberCalendar, next_fire
from schedules.notation import Notation, parse
from schedules.retry import HARVESTS
from schedules.windows import next_open

#: the member could not be talked to; other problems would be the same an hour later
CONNECTION_PROBLEMS = frozenset(ERROR_CODES) | {"connector_failed"}


def timetable_of(row: TimetableRow) -> HarvestTimetable:
    """The timetable that is written in a row."""
    return parse(Notation(row.times, row.days, row.full, row.window, row.missed))


@dataclass(frozen=True, slots=True)
class Breaker:
    """How often a source has failed in a row, and until when it is left alone."""

    failures: int = 0
    paused_until: datetime | None = None

    def after_failure(self, now: datetime) -> Breaker:
        """One failure more."""
        pause = pause_after(self.failures + 1)
        return Breaker(self.failures + 1, now + pause if pause is not None else None)


def broke_off(report: SourceReport) -> bool:
    """Whether it was the conversation with the member that failed."""
    return report.verdict.problem.partition(":")[0] in CONNECTION_PROBLEMS


def settle(
    connection: Connection,
    network: Network,
    source: SourceRow,
    claim: Claim,
    report: SourceReport,
    now: datetime,
) -> None:
    """Close the run in the ledger, or have it gone on with later, and set the source's circuit breaker.

    Raises:
        LostRun: another has taken the run over.
    """
    run = jobs.held(connection, claim)
    if run is None:
        raise LostRun("timetable.run_lost", job=claim.job)
    row = timetables.find(connection, source.name)
    calendar = MemberCalendar(network.calendars, source.member)
    resume_at = None
    outcome = _outcome(report)
    if report.verdict.state == "paused":
        window = timetable_of(row).window if row is not None else None
        resume_at = next_open(window, network.calendars, now) if _keeps_hours(run) else now
    elif broke_off(report):
        breaker = Breaker(row.failures if row is not None else 0).after_failure(now)
        timetables.set_breaker(connection, source.name, breaker.failures, breaker.paused_until)
        attempts = int(run.details.get("failures", 0)) + 1
        outcome["failures"] = attempts
        if row is not None and _keeps_hours(run):
            resume_at = _next_attempt(timetable_of(row), calendar, attempts, breaker, now)
    elif report.verdict.problem != "stopped":
        timetables.set_breaker(connection, source.name, 0, None)
    if resume_at is not None:
        jobs.let_wait(connection, claim, resume_at, report.verdict.problem, outcome)
    else:
        state, problem = _ended(report), report.verdict.problem
        jobs.finish(connection, claim, now, state=state, problem=problem, outcome=outcome)


def _keeps_hours(run: JobRunRow) -> bool:
    """Whether the run is bound to the source's timetable; one that a person started is not."""
    return run.cause == "timetable"


def _next_attempt(
    timetable: HarvestTimetable, calendar: MemberCalendar, attempts: int, breaker: Breaker, now: datetime
) -> datetime | None:
    """When a run that broke off is tried again; None when it is left to the next fire time."""
    wait = HARVESTS.wait_after(attempts)
    if wait is None:
        return None
    earliest = max(now + wait, breaker.paused_until or now)
    again = next_open(timetable.window, calendar.calendars, earliest)
    following = next_fire(timetable, calendar, now)
    return again if following is None or again < following else None


def _ended(report: SourceReport) -> str:
    if report.verdict.problem == "stopped":
        return "stopped"
    return "done" if report.verdict.state == "complete" else "failed"


def _outcome(report: SourceReport) -> dict[str, Any]:
    tally = report.tally
    return {
        "harvest_run": report.run,
        "verdict": report.verdict.state,
        "expected": report.verdict.expected,
        "received": tally.received,
        "stored": tally.stored,
        "unchanged": tally.unchanged,
        "deleted": report.absence.deleted + tally.deleted,
        "quarantined": tally.quarantined,
    }
