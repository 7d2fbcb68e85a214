"""One harvest run over one source: begun or gone on with, fetched, judged, ended."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from connectors.errors import ConnectorError
from connectors.ports import Finished, HarvestEvent, HarvestOrder, SliceDone
from hub.errors import Refusal
from hub.services.context import Hub
from hub.services.harvesting.habits import habits_of, newest_wins
from hub.services.harvesting.opening import FULL_NEXT, open_source
from hub.services.harvesting.problems import say_stored
from hub.services.harvesting.taking import Taking
from hub.services.harvesting.tenure import PAUSES, UNDISPUTED, Tenure
from hub.services.harvesting.verdicts import RunVerdict, judge, said
from hub.services.progress import Progress
from hub.storage import harvests
from hub.storage.harvests.values import Absence, RunRow, SourceRow, Tally

log = logging.getLogger(__name__)
#: refusals that have a problem of their own
_REFUSALS: Final = {"sources.no_secret": "no_secret", "sources.address_not_permitted": "not_permitted"}

#: an incremental harvest looks back further than the last one began: clocks and indexes lag
OVERLAP = timedelta(days=2)
#: share of a source's records that one run may delete unless the operator allows more
LARGEST_DELETION = 0.2
#: a small source may lose this many records in one run whatever its size
LEAST_LIMIT = 20
NOTHING = Absence(0, 0, 0)
#: the run has asked as much of its target as it may; its checkpoints stay for the next one
BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a run came to."""

    source: str
    verdict: RunVerdict
    tally: Tally
    absence: Absence
    slices: int
    seconds: float
    run: int = 0  #: its number in the ledger of harvests

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "source": self.source,
            "complete": self.verdict.state == "complete",
            "expected": self.verdict.expected,
            "received": self.tally.received,
            "stored": self.tally.stored,
            "unchanged": self.tally.unchanged,
            "missing": self.absence.missing,
            "deleted": self.absence.deleted + self.tally.deleted,
            "quarantined": self.tally.quarantined,
            "slices": self.slices,
            "seconds": round(self.seconds, 2),
            "problem": say_stored(self.verdict.problem, language) if self.verdict.problem else "",
        }


async def run_source(
    hub: Hub,
    source: SourceRow,
    *,
    full: bool,
    progress: Progress,
    stopwatch: Callable[[], float],
    tenure: Tenure = UNDISPUTED,
) -> SourceReport:
    """Harvest one source: go on with a run that was cut off, or begin a new one.

    What the member does wrong ends in the report, never in an exception. A run that ``tenure`` pauses is
    reported as ``paused``; the next one goes on after its last checkpoint.

    Raises:
        Conflict: another has taken the run over.
    """
    started = stopwatch()
    full = full or bool(source.profile.get(FULL_NEXT))
    row, order, tally = await _begin(hub, source, full, tenure)
    done = set(order.done_slices)
    run = Taking(
        hub, source, row, progress, habits_of(hub.network(), source), tally, newest_wins(source), done, tenure
    )
    async with run.steps:
        await _fetch(run, order)
        await run.drain()
    if run.finished.problem in {*PAUSES, BUDGET_SPENT}:
        paused = await hub.store.write(lambda connection: _pause(connection, run))
        return SourceReport(
            source.name, paused, run.settled, NOTHING, len(run.done), stopwatch() - started, row.id
        )
    judged = judge(run.counted, run.finished, run.tally, run.inexact)
    # A peer may repeat in its refusal what it was sent.
    judged = replace(judged, problem=hub.secrets.conceal(judged.problem))
    verdict, absence = await hub.store.write(
        lambda connection: _end(connection, run, judged, hub.clock.now())
    )
    if verdict.problem:
        log.warning("harvest of %s is %s: %s", source.name, verdict.state, verdict.problem)
    return SourceReport(
        source.name, verdict, run.tally, absence, len(run.done), stopwatch() - started, row.id
    )


async def _fetch(run: Taking, order: HarvestOrder) -> None:
    """Act on everything the connector says, until it ends or the run is to be interrupted."""
    async with aclosing(_events(run, order)) as events:
        async for event in events:
            await run.take(event)
            reason = run.tenure.interruption(checkpoint=isinstance(event, SliceDone))
            if reason and not isinstance(event, Finished):
                run.finished = Finished(reason)
                return


async def _events(run: Taking, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
    """What the connector says; it tries again by itself where a conversation breaks off."""
    source = run.source
    try:
        async with aclosing(open_source(run.hub, source).fetch(order)) as events:
            async for event in events:
                yield event
    except ConnectorError as error:
        yield Finished(error.code, {"where": error.where, **error.values})
    except Refusal as refusal:
        yield _refused(refusal)
    except Exception as error:
        # Whatever nonsense one member brought a connector to, the harvests of the others go on.
        log.exception("the connector of %s failed", source.name)
        yield Finished("connector_failed", {"reason": f"{type(error).__name__}: {error}"})


def _refused(refusal: Refusal) -> Finished:
    """What our own configuration forbids, told so that it can be said in any language."""
    if refusal.message in _REFUSALS:
        return Finished(_REFUSALS[refusal.message], refusal.values)
    return Finished("not_permitted", {"reason": str(refusal)})


async def _begin(
    hub: Hub, source: SourceRow, full: bool, tenure: Tenure
) -> tuple[RunRow, HarvestOrder, Tally]:
    def begin(connection: Connection) -> tuple[RunRow, HarvestOrder, Tally]:
        tenure.hold(connection)
        unfinished = harvests.unfinished_run(connection, source.name)
        if unfinished is not None:
            row, done = unfinished
            harvests.resume_run(connection, row.id)
            row = replace(row, attempts=row.attempts + 1)
            return (
                row,
                HarvestOrder(full=row.full, done_slices=done, since=_since(connection, row)),
                row.tally,
            )
        row = harvests.start_run(connection, source.name, full=full, now=hub.clock.now())
        return row, HarvestOrder(full=full, since=_since(connection, row)), Tally()

    return await hub.store.write(begin)


def _pause(connection: Connection, run: Taking) -> RunVerdict:
    """Leave the run unfinished, with the reason: the next one goes on after its last checkpoint."""
    run.tenure.hold(connection)
    stated = said(run.finished)
    harvests.note_problem(connection, run.row.id, stated)
    before = run.counted.get("before")
    # Whoever started it would begin it again at once if it were only paused, and ask the target for more.
    state = "incomplete" if run.finished.problem == BUDGET_SPENT else "paused"
    return RunVerdict(state, before.total if before is not None else None, stated)


def _since(connection: Connection, row: RunRow) -> datetime | None:
    if row.full:
        return None
    last = harvests.last_complete_run(connection, row.source)
    return last.started_at - OVERLAP if last is not None else None


def _end(
    connection: Connection, run: Taking, verdict: RunVerdict, now: datetime
) -> tuple[RunVerdict, Absence]:
    run.tenure.hold(connection)
    harvests.set_unmapped(connection, run.source.name, run.unmapped)
    _finish(connection, run, verdict, now)
    if verdict.state != "complete" or not run.row.full:
        return verdict, NOTHING
    harvests.amend_profile(connection, run.source.name, {FULL_NEXT: None})
    allowed = float(run.source.options.get("largest_deletion", LARGEST_DELETION))
    limit = max(LEAST_LIMIT, int(allowed * (verdict.expected or 0)))
    absence = harvests.mark_missing_and_delete(connection, run.source.name, run.row.id, limit, now)
    if absence.refused:
        verdict = replace(verdict, problem=f"deletions_held: records={absence.refused}, limit={limit}")
        _finish(connection, run, verdict, now)
    return verdict, absence


def _finish(connection: Connection, run: Taking, verdict: RunVerdict, now: datetime) -> None:
    harvests.finish_run(
        connection,
        run.row.id,
        state=verdict.state,
        now=now,
        expected=verdict.expected,
        problem=verdict.problem,
    )
