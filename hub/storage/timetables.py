"""The timetables of sources, and the state of their circuit breakers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from hub.storage.statements import upsert
from hub.storage.tables.columns import core
from hub.storage.tables.operations import SourceTimetable

TIMETABLE = core(SourceTimetable)


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """When a source is harvested, as it is written."""

    source: str
    times: str
    days: str
    full: str
    window: str
    missed: str
    since: datetime
    failures: int = 0
    paused_until: datetime | None = None


def put(connection: Connection, row: TimetableRow) -> None:
    """Give a source its timetable in place of any it has."""
    upsert(connection, TIMETABLE, [asdict(row)], ["source"])


def remove(connection: Connection, source: str) -> bool:
    """Take a source's timetable away; False when it had none."""
    return bool(connection.execute(delete(TIMETABLE).where(TIMETABLE.c.source == source)).rowcount)


def find(connection: Connection, source: str) -> TimetableRow | None:
    """The timetable of a source, or None."""
    row = connection.execute(select(TIMETABLE).where(TIMETABLE.c.source == source)).mappings().one_or_none()
    return None if row is None else TimetableRow(**row)


def listed(connection: Connection) -> list[TimetableRow]:
    """Every timetable, by source."""
    found = connection.execute(select(TIMETABLE).order_by(TIMETABLE.c.source)).mappings()
    return [TimetableRow(**row) for row in found]


def set_breaker(connection: Connection, source: str, failures: int, paused_until: datetime | None) -> None:
    """Note how often the source has failed in a row, and until when it is left alone."""
    connection.execute(
        update(TIMETABLE)
        .where(TIMETABLE.c.source == source)
        .values(failures=failures, paused_until=paused_until)
    )
