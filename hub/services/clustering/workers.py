"""What child processes do for the clustering: describe raw records, score pairs. Values in, values out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from connectors.marc.reading import ReadRecord, read
from dedupe.description import Description, describe, from_dict, to_dict
from dedupe.features.table import prepare
from dedupe.keys import keys_of
from dedupe.verdict import matcher_version, score_pairs
from dedupe.works import work_key
from hub.storage.descriptions import DescriptionRow, WaitingRecord
from hub.storage.edges import Scored

T = TypeVar("T")


async def in_worker(executor: Executor | None, work: Callable[..., T], *arguments: object) -> T:
    """Run ``work`` in a child process, or in a thread where the hub has none."""
    if executor is None:
        return await asyncio.to_thread(work, *arguments)
    return await asyncio.get_running_loop().run_in_executor(executor, work, *arguments)


def describe_records(records: Sequence[WaitingRecord]) -> list[DescriptionRow]:
    """Describe records. One that cannot be read has an empty description and is compared with nothing."""
    return [_describe(record) for record in records]


def score_bodies(bodies: Mapping[int, Mapping[str, Any]], pairs: Sequence[tuple[int, int]]) -> list[Scored]:
    """Score pairs of stored descriptions; only those at or above the review threshold come back."""
    return score_pairs({record: prepare(from_dict(dict(body))) for record, body in bodies.items()}, pairs)


def _describe(record: WaitingRecord) -> DescriptionRow:
    known = {"cnmarc", "unimarc", "marc21"}
    outcome = read(
        record.raw,
        format=record.format if record.format in known else "auto",
        encoding=record.encoding or "auto",
    )
    description = describe(outcome.record) if isinstance(outcome, ReadRecord) else Description()
    return DescriptionRow(
        record.id,
        matcher_version(),
        record.digest,
        work_key(description),
        to_dict(description),
        tuple((key.value, key.refinements) for key in keys_of(description)),
    )
