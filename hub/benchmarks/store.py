"""``store``: group commit and harvest batches beside the bare SQLite driver, on the same disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from connectors.marc.writing import to_iso2709
from hub.benchmarks import bare_sqlite
from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome, Prepared, Side
from hub.benchmarks.records import records_of
from hub.storage import outbox
from hub.storage.engine import embedded_url, open_store
from hub.storage.harvests.records import store_batch
from hub.storage.harvests.runs import start_run
from hub.storage.harvests.sources import add_source
from hub.storage.harvests.values import RecordRow, SourceRow
from hub.storage.schema import upgrade
from hub.storage.statements import BATCH, batches
from hub.storage.store import Store

CALLERS = (1, 8, 64)
WRITES, WRITES_EACH = 256, 16  #: of one round, shared by the callers; and of each caller at least
NAME = "bench"  #: of the topic and of the source
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
PASSES = tuple(Figure(f"harvest_{name}_rows_per_second") for name in ("new", "unchanged", "changed"))


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the databases of the rounds are made: each a copy of an empty one."""

    order: BenchmarkOrder
    empty: Path

    @contextmanager
    def database(self) -> Iterator[Path]:
        """A database of the round's own, removed afterwards."""
        path = self.order.folder / "round.sqlite"
        shutil.copyfile(self.empty, path)
        try:
            yield path
        finally:
            for file in self.order.folder.glob("round.sqlite*"):
                file.unlink()


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """An empty database to copy, and the rows of a harvest."""
    url = embedded_url(order.folder)
    upgrade(url)
    disk = Disk(order, Path(url.removeprefix("sqlite:///")))
    rows = [
        RecordRow(str(number), to_iso2709(record), record.flavour.value, "utf-8")
        for number, record in enumerate(records_of(order.file, order.records))
    ]
    measures = [
        _committing(disk, callers, min(max(WRITES, WRITES_EACH * callers), order.records))
        for callers in CALLERS
    ]
    yield Prepared((*measures, _harvesting(disk, rows)))


def _committing(disk: Disk, callers: int, writes: int) -> Measure:
    figure = Figure(f"writes_per_second_{callers}_callers")

    async def ours() -> Outcome:
        with disk.database() as path:
            with closing(open_store(f"sqlite:///{path}")) as store:
                began = disk.order.stopwatch()
                await asyncio.gather(*(_write(store, number, writes, callers) for number in range(callers)))
                seconds = disk.order.stopwatch() - began
            return Outcome({figure.name: writes / seconds}, _written(path))

    async def bare() -> Outcome:
        with disk.database() as path:
            with bare_sqlite.connected(path) as connection:
                _, seconds = disk.order.seconds(lambda: bare_sqlite.commit_each(connection, NAME, writes))
            return Outcome({figure.name: writes / seconds}, _written(path))

    return Measure(f"commits_{callers}_callers", (figure,), (Side("tongjie", ours), Side("sqlite3", bare)))


async def _write(store: Store, caller: int, writes: int, callers: int) -> None:
    """One caller's share of the writes, each waited for before the next."""
    for number in range(caller, writes, callers):
        await store.write(partial(outbox.put, topic=NAME, keys=[str(number)]))


def _written(path: Path) -> str:
    return f"{bare_sqlite.entries(path, NAME)} rows committed"


def _harvesting(disk: Disk, rows: list[RecordRow]) -> Measure:
    changed = [
        RecordRow(row.identifier, row.raw + b"\n", row.format, row.encoding, row.confidence, items=row.items)
        for row in rows
    ]
    passes = tuple(zip(PASSES, (rows, rows, changed), strict=True))

    async def ours() -> Outcome:
        values = {}
        with disk.database() as path:
            with closing(open_store(f"sqlite:///{path}")) as store:
                await store.write(_add_source)
                for figure, given in passes:
                    seconds = await _harvested(disk.order, store, given)
                    values[figure.name] = len(given) / seconds
            return Outcome(values, bare_sqlite.kept(path))

    async def bare() -> Outcome:
        values = {}
        with disk.database() as path:
            with bare_sqlite.connected(path) as connection:
                for run, (figure, given) in enumerate(passes):
                    began = disk.order.stopwatch()
                    for batch in batches(given, BATCH):
                        bare_sqlite.upsert(connection, NAME, run, batch)
                    values[figure.name] = len(given) / (disk.order.stopwatch() - began)
            return Outcome(values, bare_sqlite.kept(path))

    return Measure("harvest", PASSES, (Side("tongjie", ours), Side("sqlite3", bare)))


async def _harvested(order: BenchmarkOrder, store: Store, rows: list[RecordRow]) -> float:
    """The seconds that one run over the rows took."""
    run = await store.write(partial(start_run, source=NAME, full=True, now=MADE_AT))
    began = order.stopwatch()
    for batch in batches(rows, BATCH):
        await store.write(partial(store_batch, source=NAME, run=run.id, rows=batch, now=MADE_AT))
    return order.stopwatch() - began


_add_source = partial(add_source, source=SourceRow(NAME, NAME, "file", "records.mrc", {}, {}, MADE_AT))

BENCHMARK = Benchmark("store", "bench.store", 5_000, prepared)
