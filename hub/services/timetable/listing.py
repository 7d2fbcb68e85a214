"""What coordinators see of the timetable: what comes next, what goes on, what became of the last runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from hub.messages.catalogue import messages, text
from hub.services.context import Hub, Principal
from hub.services.harvesting.claimed import job_of
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.problems import say_stored
from hub.services.harvesting.settling import timetable_of
from hub.services.network_document.network import Network
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests, jobs, timetables
from hub.storage.harvests.values import SourceRow
from hub.storage.jobs import JobRunRow
from hub.storage.timetables import TimetableRow
from schedules.harvests import MemberCalendar, upcoming
from schedules.notation import NUMBER_OF_DAYS, WEEKDAYS

#: what a run came to; all of them together are what was received, but for ``expected``
COUNTS = ("expected", "received", "stored", "unchanged", "deleted", "quarantined")


class ListInput(Input):
    """How many of each source's runs are wanted."""

    runs: int = Field(default=3, ge=1, le=50)


async def list_timetable(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """Every source that can be harvested, with its timetable, the next run and the newest ones."""
    teller = _Teller(hub.network(), hub.clock.now(), principal.language, query.runs)
    return {"zone": hub.network().calendars.zone, "sources": await hub.store.read(teller.sources)}


class _Teller:
    """Tells of the sources at one moment in one language."""

    def __init__(self, network: Network, now: datetime, language: str, runs: int) -> None:
        self._network = network
        self._now = now
        self._language = language
        self._runs = runs

    def sources(self, connection: Connection) -> list[dict[str, Any]]:
        """Every source but those of records given by hand."""
        found = [row for row in harvests.sources(connection) if row.protocol != BY_HAND]
        return [self._source(connection, row) for row in found]

    def _source(self, connection: Connection, source: SourceRow) -> dict[str, Any]:
        row = timetables.find(connection, source.name)
        current = jobs.unfinished(connection, job_of(source.name))
        history = jobs.history(connection, job_of(source.name), self._runs)
        state = self._state(row, current)
        nodes = self._network.nodes
        known = source.member in nodes
        return {
            "source": source.name,
            "member": source.member,
            "member_name": nodes[source.member].name(self._language) if known else source.member,
            "state": state,
            "state_name": self._say(f"state_{state}"),
            "timetable": self._written(row) if row is not None else None,
            "next_at": _moment(self._next(connection, source, row, current)),
            "failures": row.failures if row is not None else 0,
            "paused_until": _moment(row.paused_until) if row is not None else None,
            "current": self._run(connection, current) if current is not None else None,
            "runs": [self._run(connection, run) for run in history if run.finished_at is not None],
        }

    def _state(self, row: TimetableRow | None, current: JobRunRow | None) -> str:
        if current is not None and current.state == "running":
            return "stopping" if current.stop_asked else "running"
        if current is not None:
            return "starting" if current.starts == 0 else "paused"
        if row is None:
            return "by_hand"
        return "resting" if row.paused_until is not None and row.paused_until > self._now else "ready"

    def _next(
        self, connection: Connection, source: SourceRow, row: TimetableRow | None, current: JobRunRow | None
    ) -> datetime | None:
        if current is not None and current.state == "waiting":
            return current.resume_at
        if row is None:
            return None
        last = max(row.since, jobs.last_fire(connection, job_of(source.name)) or row.since)
        member = MemberCalendar(self._network.calendars, source.member)
        return upcoming(timetable_of(row), member, last, self._now, row.paused_until)

    def _written(self, row: TimetableRow) -> dict[str, str]:
        return {
            "times": row.times,
            "days": row.days,
            "days_name": self._days(row.days),
            "full": row.full,
            "full_name": self._full(row.full),
            "window": row.window,
            "missed": row.missed,
            "missed_name": self._say(f"missed_{row.missed}"),
        }

    def _days(self, days: str) -> str:
        key = f"timetable.days_{days}"
        return text(key, self._language) if key in messages() else self._weekdays(days)

    def _full(self, full: str) -> str:
        key = f"timetable.full_{full}"
        if key in messages():
            return text(key, self._language)
        number = NUMBER_OF_DAYS.fullmatch(full)
        if number is None:
            return self._say("full_weekdays", days=self._weekdays(full))
        return self._say("full_open_days" if number[2] else "full_days", number=number[1])

    def _weekdays(self, days: str) -> str:
        named = [self._say(f"day_{day.strip()}") for day in days.split(",") if day.strip() in WEEKDAYS]
        return self._say("and").join(named)

    def _run(self, connection: Connection, run: JobRunRow) -> dict[str, Any]:
        ended, began = run.finished_at, run.started_at
        counts = {name: run.details.get(name) for name in COUNTS}
        if run.state == "running":
            counts["received"] = _received_so_far(connection, run)
        return {
            "fire_at": _moment(run.fire_at),
            "cause": run.cause,
            "cause_name": self._say(f"cause_{run.cause}"),
            "state": run.state,
            "state_name": self._say(f"run_{run.state}"),
            "starts": run.starts,
            "holder": run.holder,
            "started_at": _moment(began),
            "finished_at": _moment(ended),
            "resume_at": _moment(run.resume_at),
            "seconds": round((ended - began).total_seconds(), 1) if ended and began else None,
            "problem": self._problem(run.problem),
            **counts,
        }

    def _problem(self, problem: str) -> str:
        if not problem:
            return ""
        key = f"timetable.problem_{problem}"
        return text(key, self._language) if key in messages() else say_stored(problem, self._language)

    def _say(self, name: str, **values: object) -> str:
        return text(f"timetable.{name}", self._language, **values)


def _received_so_far(connection: Connection, run: JobRunRow) -> int:
    source = run.job.partition("/")[2]
    newest = harvests.runs(connection, source, 1)
    return newest[0].tally.received if newest else 0


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


OPERATIONS = (
    Operation(
        "timetable.list", "GET", "/api/v1/timetable", COORDINATORS, ListInput,
        "Every source with its timetable, its next run, what goes on now and its newest runs.",
        ask=list_timetable,
    ),
)  # fmt: skip
