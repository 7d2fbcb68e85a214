"""Files given by hand (``tongjie ingest``): one source per member; a file adds to it and deletes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.marc.files import read_file
from connectors.ports import RawRecord
from hub.errors import NotFound
from hub.services.context import Hub
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.intake import Habits, Intake, profile_for
from hub.services.harvesting.keeping import Keeper, Rehearsing, Storing
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.options import refuse_unknown_encoding, refuse_unknown_profile
from hub.services.harvesting.overlapping import Overlapping
from hub.services.harvesting.reading import take_in_elsewhere
from hub.services.progress import Progress, unwatched
from hub.storage import harvests
from hub.storage.harvests.values import SourceRow, Tally

BATCH = 1000
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class FileOrder:
    """What to read and how."""

    file: Path
    member: str
    encoding: str = "auto"
    profile: str = "auto"
    dry_run: bool = False


async def ingest(hub: Hub, order: FileOrder, progress: Progress = unwatched) -> dict[str, Any]:
    """Read a member's file into the store.

    Raises:
        NotFound: no such node or file.
        Refusal: no such holdings profile or encoding.
    """
    network = hub.network()
    if order.member not in network.nodes:
        raise NotFound("common.not_found", field="member", what="node", key=order.member)
    refuse_unknown_profile(order.profile)
    refuse_unknown_encoding(order.encoding)
    if not order.file.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(order.file))
    with ThreadPoolExecutor(1, "file-reader") as reader:
        pieces = _Pieces(read_file(order.file), reader)
        first = await pieces.next(LOOKED_AT)
        profile = order.profile
        if profile == "auto":
            received = [RawRecord(raw, None) for raw in first]
            profile = await asyncio.to_thread(profile_for, received, order.encoding)
        name = f"ingest-{order.member}"
        there = await hub.store.read(lambda connection: harvests.find_source(connection, name))
        options = there.options if there is not None else {}
        habits = Habits(locations_of(network.nodes, order.member, options), order.encoding, profile)
        written = {"holdings": profile, "encoding": order.encoding}
        source = SourceRow(name, order.member, BY_HAND, "", {}, written, hub.clock.now())
        keeper = Rehearsing(hub, source.name) if order.dry_run else await Storing.begin(hub, source)
        loading = _Loading(hub, keeper, order, habits, progress)
        async with Overlapping(loading.read, loading.keep) as steps:
            while first:
                await steps.put(first)
                first = await pieces.next(BATCH)
            await steps.drain()
    return await loading.finish()


@dataclass(slots=True)
class _Pieces:
    """The pieces of a file, cut in one thread from the first to the last: XML parsers stay in theirs."""

    pieces: Iterator[bytes]
    reader: Executor

    async def next(self, count: int) -> list[bytes]:
        return await asyncio.get_running_loop().run_in_executor(
            self.reader, lambda: list(islice(self.pieces, count))
        )


@dataclass(slots=True)
class _Loading:
    """One file on its way into the store."""

    hub: Hub
    keeper: Keeper
    order: FileOrder
    habits: Habits
    progress: Progress
    total: Tally = field(default_factory=Tally)
    reasons: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    _begun: int = 0

    async def read(self, batch: list[bytes]) -> Intake:
        received = [RawRecord(raw, None) for raw in batch]
        position, self._begun = self._begun, self._begun + len(batch)
        return await take_in_elsewhere(self.hub, received, self.habits, position)

    async def keep(self, batch: list[bytes], intake: Intake) -> None:
        del batch
        self.total += await self.keeper.keep(intake)
        self.reasons.update(row.reason for row in intake.quarantined)
        self.unmapped.update(intake.unmapped)
        self.progress(self.order.file.name, self.total.received)

    async def finish(self) -> dict[str, Any]:
        await self.keeper.finish(self.order.file.name, self.total, self.unmapped)
        total = self.total
        return {
            "read": total.received, "stored": total.stored, "unchanged": total.unchanged,
            "quarantined": total.quarantined, "reasons": dict(self.reasons), "clashes": total.clashes,
            "profile": self.habits.profile or "-", "unmapped": dict(self.unmapped),
        }  # fmt: skip
