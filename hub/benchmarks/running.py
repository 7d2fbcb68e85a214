"""A benchmark by its name: checked, given a place to work, and measured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from hub.benchmarks.benchmark import BenchmarkOrder
from hub.benchmarks.measuring import measured
from hub.benchmarks.records import records_of
from hub.benchmarks.table import BENCHMARKS
from hub.errors import NotFound, Refusal
from hub.services.progress import Progress, unwatched

FEWEST_RECORDS = 20  #: fewer give no figures worth a look, and no pairs at all


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which benchmark, and with what."""

    name: str
    rounds: int = 5
    records: int | None = None  #: None: as many as the benchmark usually takes
    file: Path | None = None


async def run(
    wanted: Wanted,
    folder: Path,
    stopwatch: Callable[[], float],
    language: str,
    progress: Progress = unwatched,
) -> dict[str, Any]:
    """Measure a benchmark with scratch files in ``folder``, on the disk that is of interest.

    Raises:
        NotFound: there is no such benchmark or no such file.
        Refusal: there is nothing to measure with.
        Broken: a peer that is installed does not work.
    """
    benchmark = BENCHMARKS.get(wanted.name)
    if benchmark is None:
        raise NotFound("bench.no_benchmark", field="name", name=wanted.name, names=", ".join(BENCHMARKS))
    records = _enough(wanted.file, wanted.records or benchmark.records)
    with tempfile.TemporaryDirectory(prefix=f"bench-{wanted.name}-", dir=folder) as scratch:
        order = BenchmarkOrder(records, wanted.rounds, Path(scratch), stopwatch, wanted.file, progress)
        return await measured(benchmark, order, language)


def _enough(file: Path | None, records: int) -> int:
    """The records that can be measured with: what is asked for, or what the file has."""
    if file is None:
        return max(records, FEWEST_RECORDS)
    if not file.is_file():
        raise NotFound("bench.no_file", field="file", file=file)
    found = sum(1 for _ in islice(records_of(file, records), records))
    if found < FEWEST_RECORDS:
        raise Refusal("bench.too_few_records", field="file", file=file, found=found, needed=FEWEST_RECORDS)
    return found
