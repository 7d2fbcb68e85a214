"""What becomes of the records of a file given by hand: stored, or only told what would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from hub.services.context import Hub
from hub.services.harvesting.intake import Intake
from hub.storage import harvests
from hub.storage.harvests.values import SourceRow, Tally


class Keeper(Protocol):
    """Takes the records of one file, batch by batch."""

    async def keep(self, intake: Intake) -> Tally:
        """What became of these records."""
        ...

    async def finish(self, file: str, total: Tally, unmapped: Mapping[str, int]) -> None:
        """The file has ended."""
        ...


@dataclass(slots=True)
class Storing:
    """Stores them, as a run over the member's own source of files."""

    hub: Hub
    source: str
    run: int

    @classmethod
    async def begin(cls, hub: Hub, row: SourceRow) -> Storing:
        """Begin a run over this source, which is made when it is not there.

        How its files are written is remembered in its profile, for when its quarantine is read again.
        """

        def start(connection: Connection) -> int:
            if harvests.find_source(connection, row.name) is None:
                harvests.add_source(connection, row)
            else:
                harvests.amend_profile(connection, row.name, row.profile)
            return harvests.start_run(connection, row.name, full=False, now=hub.clock.now()).id

        return cls(hub, row.name, await hub.store.write(start))

    async def keep(self, intake: Intake) -> Tally:
        """Store them; the unreadable ones go into quarantine."""

        def store(connection: Connection) -> Tally:
            now = self.hub.clock.now()
            counts = harvests.store_batch(connection, self.source, self.run, intake.rows, now)
            if intake.quarantined:
                harvests.quarantine_batch(connection, self.source, self.run, intake.quarantined, now)
            return counts.tally(len(intake.quarantined))

        return await self.hub.store.write(store)

    async def finish(self, file: str, total: Tally, unmapped: Mapping[str, int]) -> None:
        """Close the run: what was in the file was expected, and all of it came."""

        def end(connection: Connection) -> None:
            harvests.record_slice(connection, self.run, file, state="done", hits=total.received, tally=total)
            harvests.finish_run(
                connection, self.run, state="complete", now=self.hub.clock.now(), expected=total.received
            )
            harvests.set_unmapped(connection, self.source, unmapped)

        await self.hub.store.write(end)


@dataclass(slots=True)
class Rehearsing:
    """Counts what would be stored, reading only."""

    hub: Hub
    source: str
    rehearsal: harvests.Rehearsal = field(default_factory=harvests.Rehearsal)

    async def keep(self, intake: Intake) -> Tally:
        """What storing them would come to."""
        counts = await self.hub.store.read(
            lambda connection: self.rehearsal.batch(connection, self.source, intake.rows)
        )
        return counts.tally(len(intake.quarantined))

    async def finish(self, file: str, total: Tally, unmapped: Mapping[str, int]) -> None:
        """Nothing was begun."""
        del file, total, unmapped
