"""Harvesting a folder of files: every file is a slice, counted first and read afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from connectors.errors import ConnectorError, Unreadable
from connectors.files.folder import Drop, Listing, find_drops
from connectors.files.loading import Delivery, read_delivery
from connectors.files.naming import Role
from connectors.files.settings import Settings, settings
from connectors.options import Options
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
from connectors.profile import Finding, TargetProfile
from connectors.transport import Sleep

_BATCH: Final = 500
#: File times are of another machine's clock.
_OVERLAP: Final = timedelta(hours=1)
_YOUNG: Final = 60.0  # seconds since a file was written, within which it is looked at twice


class FileHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(
        self, settings: Settings, *, sleep: Sleep = asyncio.sleep, now: Callable[[], float] = time.time
    ) -> None:
        """``now`` gives the seconds of the epoch, as the times of files are."""
        self._settings = settings
        self._sleep = sleep
        self._now = now

    async def probe(self) -> TargetProfile:
        """Look at the folder; see the port."""
        listing = await self._listing()
        with TemporaryDirectory(prefix="drops-") as workspace:
            delivery = await asyncio.to_thread(read_delivery, listing.drops, Path(workspace))
        roles = Counter(drop.role for drop in listing.drops)
        endings = {drop.path.suffix.lstrip(".") for drop in listing.drops} - {""}
        return TargetProfile(
            protocol="file",
            server="",
            total=sum(delivery.counts.values()),
            total_exact=not delivery.broken,
            findings={
                "syntaxes": Finding(",".join(sorted(endings))),
                "incremental": Finding("file-time"),
                "deletions": Finding("persistent" if roles[Role.DELETED] else "no"),
                **{role.value: Finding(roles[role]) for role in Role},
                "unreadable": Finding(len(delivery.broken)),
                "unfinished": Finding(len(listing.unfinished)),
            },
        )

    async def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch what the order asks for; see the port.

        A file that cannot be read is a diagnostic in its place: the others are delivered, and the harvest is
        incomplete. Files still being written are left for the next time; where the full load waits for one of
        them, it is incomplete too.
        """
        try:
            listing = await self._listing()
            drops = _ordered(listing.drops, order)
            if order.full and not any(drop.role is Role.FULL for drop in drops):
                # An empty folder is a missing delivery, not a library that lost all its books.
                yield Finished("no_full_load", {"folder": str(self._settings.folder)})
                return
            with TemporaryDirectory(prefix="drops-") as workspace:
                delivery = await asyncio.to_thread(read_delivery, drops, Path(workspace))
                async with aclosing(self._deliver(delivery, listing, order)) as events:
                    async for event in events:
                        yield event
        except ConnectorError as error:
            yield Finished(error.code, {"where": error.where, **error.values})

    async def _listing(self) -> Listing:
        """The folder, with files that are still growing among the unfinished ones."""
        chosen = self._settings
        found = await asyncio.to_thread(find_drops, chosen.folder, marked=chosen.marked)
        oldest_young = (self._now() - _YOUNG) * 1e9
        if chosen.marked or all(drop.modified_ns < oldest_young for drop in found.drops):
            return found
        await self._sleep(chosen.settle)
        again = await asyncio.to_thread(find_drops, chosen.folder)
        return again.without(frozenset(drop.name for drop in set(again.drops) - set(found.drops)))

    async def _deliver(
        self, delivery: Delivery, listing: Listing, order: HarvestOrder
    ) -> AsyncGenerator[HarvestEvent, None]:
        total = sum(delivery.counts.values())
        yield Counted(total, "before")
        problem = _problem(delivery, listing, order)
        for drop in delivery.drops:
            if drop.slice in order.done_slices:
                continue
            yield SliceStarted(drop.slice, delivery.counts[drop.slice])
            received = 0
            async with aclosing(_batches(delivery.records(drop))) as batches:
                async for batch in batches:
                    received += len(batch)
                    yield Fetched(drop.slice, batch)
            exact = received == delivery.counts[drop.slice] and drop.slice not in delivery.broken
            if not exact:
                problem = problem or _changed(drop)
            yield SliceDone(drop.slice, received, exact)
        after = await asyncio.to_thread(find_drops, self._settings.folder, marked=self._settings.marked)
        left_alone = frozenset(drop.name for drop in listing.unfinished)
        now = _ordered(after.without(left_alone).drops, order)
        changed = min(set(now) ^ set(delivery.drops), key=lambda drop: drop.name, default=None)
        yield Counted(total if changed is None else None, "after")
        yield problem or (Finished(None) if changed is None else _changed(changed))


async def _batches(records: Iterator[RawRecord]) -> AsyncGenerator[tuple[RawRecord, ...], None]:
    """The records in batches; they end early where the file went away, which their number then shows."""
    loop = asyncio.get_running_loop()
    # One thread from the first to the last: an XML parser must not pass from thread to thread.
    with ThreadPoolExecutor(1, "file-reader") as reader:
        while True:
            try:
                batch = await loop.run_in_executor(reader, lambda: tuple(islice(records, _BATCH)))
            except Unreadable:
                return
            if not batch:
                return
            yield batch


def _problem(delivery: Delivery, listing: Listing, order: HarvestOrder) -> Finished | None:
    """Why the delivery is not whole from the beginning."""
    if delivery.broken:
        failure = next(iter(delivery.broken.values()))
        return Finished(failure.code, dict(failure.values))
    awaited = listing.awaited() if order.full else None
    return None if awaited is None else _changed(awaited)


def _changed(drop: Drop) -> Finished:
    return Finished("files_changed", {"file": drop.name})


def _ordered(drops: Iterable[Drop], order: HarvestOrder) -> tuple[Drop, ...]:
    if order.full or order.since is None:
        return tuple(drops)
    start = order.since - _OVERLAP
    return tuple(drop for drop in drops if drop.modified >= start)


def open_files(address: str, options: Options, sleep: Sleep = asyncio.sleep) -> FileHarvester:
    """A harvester for a path or a ``file:///path``.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return FileHarvester(settings(address, options), sleep=sleep)
