"""Files given by hand (``tongjie ingest``): one source per member; a file adds to it and deletes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from connectors.marc.files import read_file
from connectors.ports import RawRecord
from hub.errors import NotFound
from hub.services.context import Hub
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.intake import Habits, Intake, profile_for, take_in
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.options import refuse_unknown_encoding, refuse_unknown_profile
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


class _Undo(Exception):
    def __init__(self, tally: Tally) -> None:
        super().__init__("dry run")
        self.tally = tally


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
    source = await _source(hub, order)
    pieces = read_file(order.file)
    first = await asyncio.to_thread(lambda: list(islice(pieces, LOOKED_AT)))
    profile = order.profile
    if profile == "auto":
        profile = profile_for([RawRecord(raw, None) for raw in first], order.encoding)
    habits = Habits(locations_of(network.nodes, order.member, source.options), order.encoding, profile)
    return await _load(hub, order, source, _chain(first, pieces), habits, progress)


def _chain(first: Sequence[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from first
    yield from rest


async def _source(hub: Hub, order: FileOrder) -> SourceRow:
    row = SourceRow(f"ingest-{order.member}", order.member, BY_HAND, "", {}, {}, hub.clock.now())

    def ensure(connection: Connection) -> SourceRow:
        found = harvests.find_source(connection, row.name)
        if found is None:
            harvests.add_source(connection, row)
        return found or row

    return await hub.store.write(ensure)


async def _load(
    hub: Hub, order: FileOrder, source: SourceRow, pieces: Iterator[bytes], habits: Habits, progress: Progress
) -> dict[str, Any]:
    run = await hub.store.write(
        lambda connection: harvests.start_run(connection, source.name, full=False, now=hub.clock.now())
    )
    total, reasons, unmapped = Tally(), Counter[str](), Counter[str]()
    while batch := await asyncio.to_thread(lambda: list(islice(pieces, BATCH))):
        received = [RawRecord(raw, None) for raw in batch]
        intake = await asyncio.to_thread(take_in, received, habits, total.received)
        total += await _store(hub, source, run.id, intake, dry_run=order.dry_run)
        reasons.update(row.reason for row in intake.quarantined)
        unmapped.update(intake.unmapped)
        progress(order.file.name, total.received)

    def end(connection: Connection) -> None:
        harvests.record_slice(
            connection, run.id, order.file.name, state="done", hits=total.received,
            tally=Tally() if order.dry_run else total,
        )  # fmt: skip
        expected = 0 if order.dry_run else total.received
        problem = "dry_run" if order.dry_run else ""
        harvests.finish_run(
            connection, run.id, state="complete", now=hub.clock.now(), expected=expected, problem=problem
        )
        harvests.set_unmapped(connection, source.name, unmapped)

    await hub.store.write(end)
    return {
        "read": total.received, "stored": total.stored, "unchanged": total.unchanged,
        "quarantined": total.quarantined, "reasons": dict(reasons), "clashes": total.clashes,
        "profile": habits.profile or "-", "unmapped": dict(unmapped),
    }  # fmt: skip


async def _store(hub: Hub, source: SourceRow, run: int, intake: Intake, *, dry_run: bool) -> Tally:
    def keep(connection: Connection) -> Tally:
        now = hub.clock.now()
        counts = harvests.store_batch(connection, source.name, run, intake.rows, now)
        if intake.quarantined:
            harvests.quarantine_batch(connection, source.name, run, intake.quarantined, now)
        tally = counts.tally(len(intake.quarantined))
        if dry_run:
            raise _Undo(tally)
        return tally

    try:
        return await hub.store.write(keep)
    except _Undo as undone:
        return undone.tally
