"""What one harvest run does with what a connector brings: batches read, stored in order, counted by slice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from connectors.ports import Counted, Fetched, Finished, HarvestEvent, RawRecord, SliceDone, SliceStarted
from hub.services.context import Hub
from hub.services.harvesting.intake import Habits, Intake, profile_for
from hub.services.harvesting.overlapping import Overlapping
from hub.services.harvesting.reading import take_in_elsewhere
from hub.services.harvesting.tenure import Tenure
from hub.services.progress import Progress
from hub.storage import harvests
from hub.storage.harvests.values import RunRow, Sighting, SourceRow, StoredCounts, Tally

#: records that are read together; stored together, they take 20 milliseconds
BATCH = 1_000
#: records from which it is told how a source states its holdings
LOOKED_AT = 200
#: until a connector has said its last word
SILENT_END = Finished("disconnected", {"reason": "the connector ended without a last word"})


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of one slice, in the order they came."""

    slice: str
    begins: bool  #: they are the first of their slice
    hits: int  #: what the target said the slice has
    position: int  #: ordinal of the first record in the run
    records: Sequence[RawRecord]
    habits: Habits
    done: SliceDone | None  #: the slice ends with them


@dataclass(slots=True)
class Taking:
    """What a run remembers while it goes on.

    Fetching, reading and storing overlap: ``tally`` tells what is stored, and lags behind what was received
    until ``drain`` returns.
    """

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
    current: Tally = field(default_factory=Tally)  #: of the slice whose records are being stored
    unmapped: Counter[str] = field(default_factory=Counter)
    inexact: int = 0
    finished: Finished = field(default=SILENT_END)
    _hits: int = 0
    _begins: bool = True
    _received: int = 0
    _waiting: list[RawRecord] = field(default_factory=list)
    _steps: Overlapping[Batch, Intake] = field(init=False)

    def __post_init__(self) -> None:
        self._received = self.settled.received
        self._steps = Overlapping(self._read, self._store)

    @property
    def tally(self) -> Tally:
        """What became of everything stored so far."""
        return self.settled + self.current

    @property
    def steps(self) -> Overlapping[Batch, Intake]:
        """The reading and storing under way, to be entered before the first event."""
        return self._steps

    async def take(self, event: HarvestEvent) -> None:
        """Act on one event of the connector."""
        if isinstance(event, Counted):
            self.counted[event.moment] = event
        elif isinstance(event, SliceStarted):
            # What is left of a slice that broke off is dropped: it is fetched again.
            self._waiting.clear()
            self._hits, self._begins = event.hits or 0, True
        elif isinstance(event, Fetched):
            self._waiting.extend(event.records)
            if len(self._waiting) >= BATCH:
                await self._put(event.slice, None)
        elif isinstance(event, SliceDone):
            await self._put(event.slice, event)
        else:
            self.finished = event

    async def drain(self) -> None:
        """Return when everything taken is stored."""
        await self._steps.drain()

    async def _put(self, name: str, done: SliceDone | None) -> None:
        received, self._waiting = self._waiting, []
        if received and "holdings" not in self.source.profile and not self.habits.profile:
            await self._find_profile(received)
        hits = self._hits or (done.received if done is not None else 0)
        batch = Batch(name, self._begins, hits, self._received, received, self.habits, done)
        self._begins = False
        self._received += len(received)
        await self._steps.put(batch)

    async def _read(self, batch: Batch) -> Intake:
        return await take_in_elsewhere(self.hub, batch.records, batch.habits, batch.position)

    async def _store(self, batch: Batch, intake: Intake) -> None:
        if batch.begins:
            self.current = Tally()
        now = self.hub.clock.now()
        counts = await self.hub.store.write(lambda connection: self._keep(connection, batch, intake, now))
        self.current += counts.tally(len(intake.quarantined))
        self.unmapped.update(intake.unmapped)
        if batch.done is not None:
            self.settled, self.current = self.tally, Tally()
            self.done.add(batch.slice)
            self.inexact += not batch.done.exact
        before = self.counted.get("before")
        self.progress(self.source.name, self.tally.received, before.total if before else None)

    def _keep(self, connection: Connection, batch: Batch, intake: Intake, now: datetime) -> StoredCounts:
        self.tenure.hold(connection)
        source, run = self.source.name, self.row.id
        seen = Sighting.in_slice(run, batch.slice, self.row.attempts)
        counts = harvests.store_batch(
            connection, source, run, intake.rows, now, newest_wins=self.newest_wins, seen=seen
        )
        if intake.quarantined:
            harvests.quarantine_batch(connection, source, run, intake.quarantined, now)
        if batch.done is not None:
            harvests.record_slice(
                connection, run, batch.slice,
                state="done" if batch.done.exact else "inexact", hits=batch.hits,
                tally=self.current + counts.tally(len(intake.quarantined)),
            )  # fmt: skip
        return counts

    async def _find_profile(self, received: list[RawRecord]) -> None:
        """Find how the source states its holdings, from the first records that came, and keep it."""
        found = await asyncio.to_thread(profile_for, received[:LOOKED_AT], self.habits.encoding)
        self.habits = Habits(self.habits.locations, self.habits.encoding, found)
        self.source.profile["holdings"] = found

        def keep(connection: Connection) -> None:
            self.tenure.hold(connection)
            harvests.amend_profile(connection, self.source.name, {"holdings": found})

        await self.hub.store.write(keep)
