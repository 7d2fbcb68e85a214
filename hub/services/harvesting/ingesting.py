"""Files given by hand (``tongjie ingest``): one source per member; a file adds to it and deletes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from connectors.marc.files import read_file
from connectors.ports import RawRecord
from hub.errors import NotFound
from hub.services.context import Hub
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.intake import Habits, profile_for, take_in
from hub.services.harvesting.keeping import Keeper, Rehearsing, Storing
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.options import refuse_unknown_encoding, refuse_unknown_profile
from hub.services.progress import Progress, unwatched
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
    source = SourceRow(f"ingest-{order.member}", order.member, BY_HAND, "", {}, {}, hub.clock.now())
    pieces = read_file(order.file)
    first = await asyncio.to_thread(lambda: list(islice(pieces, LOOKED_AT)))
    profile = order.profile
    if profile == "auto":
        received = [RawRecord(raw, None) for raw in first]
        profile = await asyncio.to_thread(profile_for, received, order.encoding)
    habits = Habits(locations_of(network.nodes, order.member, {}), order.encoding, profile)
    keeper = Rehearsing(hub, source.name) if order.dry_run else await Storing.begin(hub, source)
    return await _load(keeper, order, chain(first, pieces), habits, progress)


async def _load(
    keeper: Keeper, order: FileOrder, pieces: Iterator[bytes], habits: Habits, progress: Progress
) -> dict[str, Any]:
    total, reasons, unmapped = Tally(), Counter[str](), Counter[str]()
    while batch := await asyncio.to_thread(lambda: list(islice(pieces, BATCH))):
        received = [RawRecord(raw, None) for raw in batch]
        intake = await asyncio.to_thread(take_in, received, habits, total.received)
        total += await keeper.keep(intake)
        reasons.update(row.reason for row in intake.quarantined)
        unmapped.update(intake.unmapped)
        progress(order.file.name, total.received)
    await keeper.finish(order.file.name, total, unmapped)
    return {
        "read": total.received, "stored": total.stored, "unchanged": total.unchanged,
        "quarantined": total.quarantined, "reasons": dict(reasons), "clashes": total.clashes,
        "profile": habits.profile or "-", "unmapped": dict(unmapped),
    }  # fmt: skip
