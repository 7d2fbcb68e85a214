"""One harvest run over one source: events in, batches into the store, a checkpoint per slice, a verdict."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from connectors.errors import ConnectorError
from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    HarvestEvent,
    HarvestOrder,
    RawRecord,
    SliceDone,
    SliceStarted,
)
from connectors.registry import open_harvester
from hub.errors import HubError
from hub.services.context import Hub
from hub.services.harvesting.intake import Habits, Intake, profile_for, take_in
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.problems import say_stored
from hub.services.harvesting.tenure import PAUSES, UNDISPUTED, Tenure
from hub.services.harvesting.verdicts import RunVerdict, judge
from hub.services.progress import Progress
from hub.storage import harvests
from hub.storage.harvests.values import Absence, RunRow, SourceRow, StoredCounts, Tally

log = logging.getLogger(__name__)

BATCH = 500
#: an incremental harvest looks back further than the last one began: clocks and indexes lag
OVERLAP = timedelta(days=2)
#: share of a source's records that one run may delete unless the operator allows more
LARGEST_DELETION = 0.2
#: a small source may lose this many records in one run whatever its size
LEAST_LIMIT = 20
NOTHING = Absence(0, 0, 0)
#: until a connector has said its last word
SILENT_END = Finished("disconnected", {"reason": "the connector ended without a last word"})


@dataclass(slots=True)
class _Run:
    """What a run remembers while it goes on."""

    hub: Hub
    source: SourceRow
    row: RunRow
    progress: Progress
    habits: Habits
    settled: Tally  #: of the slices that are done
    newest_wins: bool
    done: set[str]
    tenure: Tenure
    counted: dict[str, Counted] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    current: Tally = field(default_factory=Tally)  #: of the slice that is being fetched
    waiting: list[RawRecord] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    inexact: int = 0
    finished: Finished = field(default=SILENT_END)

    @property
    def tally(self) -> Tally:
        """What became of everything received so far."""
        return self.settled + self.current

    async def take(self, event: HarvestEvent) -> None:
        """Act on one event of the connector."""
        if isinstance(event, Counted):
            self.counted[event.moment] = event
        elif isinstance(event, SliceStarted):
            self.hits[event.slice] = event.hits or 0
            self.drop_current()
        elif isinstance(event, Fetched):
            self.waiting.extend(event.records)
            if len(self.waiting) >= BATCH:
                await self._store(event.slice, done=None)
        elif isinstance(event, SliceDone):
            await self._store(event.slice, done=event)
        else:
            self.finished = event

    def drop_current(self) -> None:
        """Forget what was counted of a slice that broke off: it is fetched again."""
        self.current = Tally()
        self.waiting.clear()

    async def _store(self, name: str, done: SliceDone | None) -> None:
        received, self.waiting = self.waiting, []
        if received and "holdings" not in self.source.profile and not self.habits.profile:
            await self._find_profile(received)
        intake = await asyncio.to_thread(take_in, received, self.habits, self.tally.received)
        now = self.hub.clock.now()
        counts = await self.hub.store.write(
            lambda connection: self._keep(connection, name, intake, done, now)
        )
        self.current += counts.tally(len(intake.quarantined))
        self.unmapped.update(intake.unmapped)
        if done is not None:
            self.settled, self.current = self.tally, Tally()
            self.done.add(name)
            self.inexact += not done.exact
        before = self.counted.get("before")
        self.progress(self.source.name, self.tally.received, before.total if before else None)

    def _keep(
        self, connection: Connection, name: str, intake: Intake, done: SliceDone | None, now: datetime
    ) -> StoredCounts:
        self.tenure.hold(connection)
        source, run = self.source.name, self.row.id
        counts = harvests.store_batch(connection, source, run, intake.rows, now, newest_wins=self.newest_wins)
        if intake.quarantined:
            harvests.quarantine_batch(connection, source, run, intake.quarantined, now)
        if done is not None:
            harvests.record_slice(
                connection, run, name,
                state="done" if done.exact else "inexact", hits=self.hits.get(name, done.received),
                tally=self.current + counts.tally(len(intake.quarantined)),
            )  # fmt: skip
        return counts

    async def _find_profile(self, received: list[RawRecord]) -> None:
        """Find how the source states its holdings, from the first records that came, and keep it."""
        found = await asyncio.to_thread(profile_for, received[:200], self.habits.encoding)
        self.habits = Habits(self.habits.locations, self.habits.encoding, found)
        self.source.profile["holdings"] = found

        def keep(connection: Connection) -> None:
            self.tenure.hold(connection)
            harvests.set_profile(connection, self.source.name, self.source.profile)

        await self.hub.store.write(keep)


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
    row, order, tally = await _begin(hub, source, full, tenure)
    run = _Run(
        hub,
        source,
        row,
        progress,
        _habits(hub, source),
        tally,
        source.protocol == "oai-pmh",
        set(order.done_slices),
        tenure,
    )
    await _fetch(run, order)
    if run.finished.problem in PAUSES:
        paused = RunVerdict("paused", None, run.finished.problem)
        return SourceReport(
            source.name, paused, run.settled, NOTHING, len(run.done), stopwatch() - started, row.id
        )
    judged = judge(run.counted, run.finished, run.tally, run.inexact)
    verdict, absence = await hub.store.write(
        lambda connection: _end(connection, run, judged, hub.clock.now())
    )
    if verdict.problem:
        log.warning("harvest of %s is %s: %s", source.name, verdict.state, verdict.problem)
    return SourceReport(
        source.name, verdict, run.tally, absence, len(run.done), stopwatch() - started, row.id
    )


async def _fetch(run: _Run, order: HarvestOrder) -> None:
    """Act on everything the connector says; it tries again by itself where a conversation breaks off."""
    source = run.source
    try:
        harvester = open_harvester(source.protocol, source.address, source.options, run.hub.sleeper.sleep)
        events = harvester.fetch(order)
        async for event in events:
            await run.take(event)
            reason = run.tenure.interruption(checkpoint=isinstance(event, SliceDone))
            if reason and not isinstance(event, Finished):
                run.finished = Finished(reason)
                break
        if isinstance(events, AsyncGenerator):
            await events.aclose()
    except ConnectorError as error:
        run.finished = Finished(error.code, {"where": error.where, **error.values})
    except HubError:
        raise
    except Exception as error:
        # Whatever nonsense one member brought a connector to, the harvests of the others go on.
        log.exception("the connector of %s failed", source.name)
        run.finished = Finished("connector_failed", {"reason": f"{type(error).__name__}: {error}"})


async def _begin(
    hub: Hub, source: SourceRow, full: bool, tenure: Tenure
) -> tuple[RunRow, HarvestOrder, Tally]:
    def begin(connection: Connection) -> tuple[RunRow, HarvestOrder, Tally]:
        tenure.hold(connection)
        unfinished = harvests.unfinished_run(connection, source.name)
        if unfinished is not None:
            row, done = unfinished
            return (
                row,
                HarvestOrder(full=row.full, done_slices=done, since=_since(connection, row)),
                row.tally,
            )
        row = harvests.start_run(connection, source.name, full=full, now=hub.clock.now())
        return row, HarvestOrder(full=full, since=_since(connection, row)), Tally()

    return await hub.store.write(begin)


def _since(connection: Connection, row: RunRow) -> datetime | None:
    if row.full:
        return None
    last = harvests.last_complete_run(connection, row.source)
    return last.started_at - OVERLAP if last is not None else None


def _end(connection: Connection, run: _Run, verdict: RunVerdict, now: datetime) -> tuple[RunVerdict, Absence]:
    run.tenure.hold(connection)
    harvests.set_unmapped(connection, run.source.name, run.unmapped)
    _finish(connection, run, verdict, now)
    if verdict.state != "complete" or not run.row.full:
        return verdict, NOTHING
    allowed = float(run.source.options.get("largest_deletion", LARGEST_DELETION))
    limit = max(LEAST_LIMIT, int(allowed * (verdict.expected or 0)))
    absence = harvests.mark_missing_and_delete(connection, run.source.name, run.row.id, limit, now)
    if absence.refused:
        verdict = replace(verdict, problem=f"deletions_held: records={absence.refused}, limit={limit}")
        _finish(connection, run, verdict, now)
    return verdict, absence


def _finish(connection: Connection, run: _Run, verdict: RunVerdict, now: datetime) -> None:
    harvests.finish_run(
        connection,
        run.row.id,
        state=verdict.state,
        now=now,
        expected=verdict.expected,
        problem=verdict.problem,
    )


def _habits(hub: Hub, source: SourceRow) -> Habits:
    network = hub.network()
    profile = source.options.get("profile") or source.profile.get("holdings") or ""
    return Habits(
        locations_of(network.nodes, source.member, source.options),
        encoding=str(source.options.get("encoding", "auto")),
        profile="" if profile == "auto" else str(profile),
    )
