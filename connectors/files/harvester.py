"""Harvesting a folder of files: every file is a slice, counted first and read afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from connectors.errors import ConnectorError, Misconfigured
from connectors.files.folder import Drop, Role, find_drops
from connectors.files.loading import LastWords, last_words
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

#: Option names and what they mean; a folder needs none.
OPTIONS: Final[dict[str, str]] = {}

_BATCH: Final = 500
#: File times are of another machine's clock.
_OVERLAP: Final = timedelta(hours=1)


class FileHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(self, folder: Path) -> None:
        """``folder`` may also be one file."""
        self._folder = folder

    async def probe(self) -> TargetProfile:
        """Look at the folder; see the port."""
        drops = await asyncio.to_thread(find_drops, self._folder)
        words = await asyncio.to_thread(last_words, drops)
        counts = await asyncio.to_thread(_count, words, drops)
        roles = Counter(drop.role for drop in drops)
        return TargetProfile(
            protocol="file",
            server="",
            total=sum(counts.values()),
            total_exact=True,
            findings={
                "syntaxes": Finding(
                    ",".join(sorted({drop.path.suffix.lstrip(".") for drop in drops} - {""}))
                ),
                "incremental": Finding("file-time"),
                "deletions": Finding("persistent" if roles[Role.DELETED] else "no"),
                **{role.value: Finding(roles[role]) for role in Role},
            },
        )

    async def fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        """Fetch what the order asks for; see the port."""
        try:
            async for event in self._fetch(order):
                yield event
        except ConnectorError as error:
            yield Finished(error.code, {"where": error.where, **error.values})

    async def _fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        drops = _ordered(await asyncio.to_thread(find_drops, self._folder), order)
        if order.full and not any(drop.role is Role.FULL for drop in drops):
            # An empty folder is a missing delivery, not a library that lost all its books.
            yield Finished("no_full_load", {"folder": str(self._folder)})
            return
        words = await asyncio.to_thread(last_words, drops)
        counts = await asyncio.to_thread(_count, words, drops)
        yield Counted(sum(counts.values()), "before")
        problem: Finished | None = None
        for drop in drops:
            if drop.slice in order.done_slices:
                continue
            yield SliceStarted(drop.slice, counts[drop.slice])
            received = 0
            records = words.records(drop)
            while batch := await asyncio.to_thread(_batch, records):
                received += len(batch)
                yield Fetched(drop.slice, batch)
            exact = received == counts[drop.slice]
            if not exact:
                problem = problem or Finished("files_changed", {"file": drop.name})
            yield SliceDone(drop.slice, received, exact)
        after = _ordered(await asyncio.to_thread(find_drops, self._folder), order)
        changed = next(iter(_differing(drops, after)), None)
        if changed is None:
            yield Counted(sum(counts.values()), "after")
            yield problem or Finished(None)
        else:
            yield Counted(None, "after")
            yield problem or Finished("files_changed", {"file": changed.name})


def _batch(records: Iterator[RawRecord]) -> tuple[RawRecord, ...]:
    return tuple(islice(records, _BATCH))


def _ordered(drops: Iterable[Drop], order: HarvestOrder) -> tuple[Drop, ...]:
    if order.full or order.since is None:
        return tuple(drops)
    start = order.since - _OVERLAP
    return tuple(drop for drop in drops if drop.modified >= start)


def _count(words: LastWords, drops: Iterable[Drop]) -> dict[str, int]:
    return {drop.slice: sum(1 for _ in words.records(drop)) for drop in drops}


def _differing(before: tuple[Drop, ...], after: tuple[Drop, ...]) -> list[Drop]:
    return sorted(set(before) ^ set(after), key=lambda drop: drop.name)


def open_files(address: str, options: Options, sleep: Sleep = asyncio.sleep) -> FileHarvester:
    """A harvester for a path or a ``file:///path``.

    Raises:
        Misconfigured: the address is of another kind.
    """
    del options, sleep  # a folder has none, and nothing to wait for
    parts = urlsplit(address)
    if not address or parts.scheme not in ("", "file") or (parts.scheme and parts.netloc):
        raise Misconfigured("bad_address", address, address=address, expected="/folder")
    return FileHarvester(Path(unquote(parts.path) if parts.scheme else address))
