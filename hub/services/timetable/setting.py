"""Giving a source its timetable, or taking it away."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.errors import NotFound, Refusal
from hub.services.context import Principal, Transaction
from hub.services.harvesting.claimed import job_of
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests, jobs, timetables
from hub.storage.harvests.values import SourceRow
from hub.storage.timetables import TimetableRow
from schedules.harvests import MemberCalendar, next_fire
from schedules.notation import BadNotation, Notation, parse, written


class SourceInput(Input):
    """One source by its name."""

    source: str


class SetInput(SourceInput):
    """A timetable as it is written, in the wall time of the source's member."""

    times: str = Field(max_length=200, examples=["02:30"])
    days: str = Field(default="every", max_length=60, examples=["working", "mon, wed"])
    full: str = Field(default="always", max_length=60, examples=["sun", "7 days", "5 open days"])
    window: str = Field(default="", max_length=20, examples=["22:00-06:00"])
    missed: str = Field(default="latest", max_length=20, examples=["skip"])


def set_timetable(tx: Transaction, principal: Principal, command: SetInput) -> dict[str, Any]:
    """Give a source its timetable; its circuit breaker is closed again. Fire times count from now.

    Raises:
        NotFound: there is no such source.
        Refusal: the timetable cannot be read, or would never come.
    """
    del principal
    source = found_source(tx, command.source)
    try:
        timetable = parse(Notation(command.times, command.days, command.full, command.window, command.missed))
    except BadNotation as error:
        raise Refusal(f"timetable.{error.code}", field=error.field, value=error.value) from None
    following = next_fire(timetable, MemberCalendar(tx.network.calendars, source.member), tx.now)
    if following is None:
        raise Refusal("timetable.never_due", field="days", value=command.days)
    kept = written(timetable)
    row = TimetableRow(source.name, kept.times, kept.days, kept.full, kept.window, kept.missed, tx.now)
    timetables.put(tx.connection, row)
    jobs.drop_planned(tx.connection, job_of(source.name), tx.now)
    return {
        "source": source.name,
        "times": kept.times,
        "days": kept.days,
        "full": kept.full,
        "window": kept.window,
        "missed": kept.missed,
        "next_at": following.isoformat(),
    }


def remove_timetable(tx: Transaction, principal: Principal, command: SourceInput) -> dict[str, Any]:
    """Harvest a source only when somebody asks for it.

    Raises:
        NotFound: it has no timetable.
    """
    del principal
    found_source(tx, command.source)
    if not timetables.remove(tx.connection, command.source):
        raise NotFound("timetable.none", field="source", source=command.source)
    waiting = jobs.unfinished(tx.connection, job_of(command.source))
    if waiting is not None and waiting.state == "waiting" and waiting.cause == "timetable":
        jobs.end(tx.connection, waiting, tx.now, state="skipped")
    return {"source": command.source}


def found_source(tx: Transaction, name: str) -> SourceRow:
    """The source of this name. Raises NotFound when there is none."""
    source = harvests.find_source(tx.connection, name)
    if source is None:
        raise NotFound("storage.no_source", field="source", name=name)
    return source


OPERATIONS = (
    Operation(
        "timetable.set", "POST", "/api/v1/timetable/{source}", COORDINATORS, SetInput,
        "Give a source its harvest times, days, full rhythm, hours and rule for missed runs.",
        decide=set_timetable,
    ),
    Operation(
        "timetable.remove", "DELETE", "/api/v1/timetable/{source}", COORDINATORS, SourceInput,
        "Take a source's timetable away.", decide=remove_timetable,
    ),
)  # fmt: skip
