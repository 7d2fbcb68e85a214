"""Harvest runs and their slices: a killed run goes on after the last slice it finished."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from hub.storage.harvests.values import RunRow, Tally
from hub.storage.statements import upsert
from hub.storage.tables.catalogue import HarvestRun, HarvestSlice
from hub.storage.tables.columns import core

RUN, SLICE = core(HarvestRun), core(HarvestSlice)
TALLIED = tuple(item.name for item in fields(Tally))


def start_run(connection: Connection, source: str, *, full: bool, now: datetime) -> RunRow:
    """Begin a run. One that was never finished is closed as incomplete: only the newest can be resumed."""
    abandon_run(connection, source, now)
    values = {"source": source, "started_at": now, "state": "running", "full": full}
    number = connection.execute(insert(RUN).values(values).returning(RUN.c.id)).scalar_one()
    return find_run(connection, number)


def abandon_run(connection: Connection, source: str, now: datetime) -> None:
    """Close a run of the source that was cut off: it is not to be gone on with."""
    connection.execute(
        update(RUN)
        .where(RUN.c.source == source, RUN.c.state == "running")
        .values(state="incomplete", finished_at=now, problem="superseded")
    )


def unfinished_run(connection: Connection, source: str) -> tuple[RunRow, frozenset[str]] | None:
    """The run of the source that was cut off, with the slices it need not fetch again; or None.

    Its tally is what those slices came to: the others are fetched, and counted, anew.
    """
    statement = select(RUN).where(RUN.c.source == source, RUN.c.state == "running")
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    columns = (SLICE.c.slice, *_tallied(SLICE))
    done = connection.execute(select(*columns).where(SLICE.c.run == row["id"], SLICE.c.state == "done")).all()
    settled = Tally()
    for _, *figures in done:
        settled += Tally(*figures)
    return replace(_run(row), tally=settled), frozenset(name for name, *_ in done)


def resume_run(connection: Connection, run: int) -> None:
    """Note that a run which was cut off is gone on with."""
    connection.execute(update(RUN).where(RUN.c.id == run).values(attempts=RUN.c.attempts + 1, problem=""))


def note_problem(connection: Connection, run: int, problem: str) -> None:
    """Say why a run that is not finished does not go on for the time being."""
    connection.execute(update(RUN).where(RUN.c.id == run).values(problem=problem))


def slices_of(connection: Connection, run: int) -> list[tuple[str, str, int, Tally]]:
    """The slices of a run that ended: name, state, what the target promised, what became of it."""
    columns = (SLICE.c.slice, SLICE.c.state, SLICE.c.hits, *_tallied(SLICE))
    found = connection.execute(select(*columns).where(SLICE.c.run == run).order_by(SLICE.c.slice))
    return [(name, state, hits, Tally(*figures)) for name, state, hits, *figures in found]


def record_slice(connection: Connection, run: int, name: str, *, state: str, hits: int, tally: Tally) -> None:
    """Checkpoint one slice: ``done`` or ``inexact``, what the target promised, what became of it.

    Call it in the transaction that stores the slice's last records. The run's own figures follow; a slice
    fetched again counts once, as the last time.
    """
    mine = (SLICE.c.run == run, SLICE.c.slice == name)
    before = connection.execute(select(*_tallied(SLICE)).where(*mine)).mappings().one_or_none()
    added = tally - (Tally(**before) if before else Tally())
    row = {"run": run, "slice": name, "state": state, "hits": hits, **asdict(tally)}
    upsert(connection, SLICE, [row], ["run", "slice"])
    connection.execute(
        update(RUN)
        .where(RUN.c.id == run)
        .values({column: RUN.c[column] + number for column, number in asdict(added).items()})
    )


def finish_run(
    connection: Connection,
    run: int,
    *,
    state: str,
    now: datetime,
    expected: int | None = None,
    problem: str = "",
) -> RunRow:
    """End a run as ``complete``, ``incomplete`` or ``failed``, with the total that the target named."""
    connection.execute(
        update(RUN)
        .where(RUN.c.id == run)
        .values(state=state, finished_at=now, expected=expected, problem=problem)
    )
    return find_run(connection, run)


def source_of_run(connection: Connection, run: int) -> str | None:
    """The source that the run of this number was over; None where somebody made the number up."""
    return connection.scalar(select(RUN.c.source).where(RUN.c.id == run))


def find_run(connection: Connection, run: int) -> RunRow:
    """The run of this number.

    Raises:
        sqlalchemy.exc.NoResultFound: there is none: numbers come from ``start_run``.
    """
    return _run(connection.execute(select(RUN).where(RUN.c.id == run)).mappings().one())


def runs(connection: Connection, source: str, limit: int = 20) -> list[RunRow]:
    """The newest runs of a source, newest first."""
    statement = select(RUN).where(RUN.c.source == source).order_by(RUN.c.id.desc()).limit(limit)
    return [_run(row) for row in connection.execute(statement).mappings()]


def last_complete_run(connection: Connection, source: str, *, full: bool = False) -> RunRow | None:
    """The newest complete run of a source, or the newest ``full`` one.

    An incremental harvest asks for what changed since its start.
    """
    complete = [RUN.c.source == source, RUN.c.state == "complete", *([RUN.c.full] if full else [])]
    statement = select(RUN).where(*complete).order_by(RUN.c.id.desc()).limit(1)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _run(row)


def _tallied(table: Any) -> list[Any]:
    return [table.c[name] for name in TALLIED]


def _run(row: RowMapping) -> RunRow:
    values = dict(row)
    tally = Tally(**{name: values.pop(name) for name in TALLIED})
    return RunRow(tally=tally, **values)
