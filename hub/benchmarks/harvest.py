"""``harvest``: a whole harvest of Zebra, verified and stored, beside fetching its records and no more."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from connectors.marc.writing import to_iso2709
from connectors.transport import TcpAddress
from connectors.z3950.client import open_client
from connectors.z3950.pqf import parse
from connectors.z3950.settings import Settings
from hub.benchmarks import zebra as zebra_target
from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome, Prepared, Side
from hub.benchmarks.peers import without_programs
from hub.benchmarks.records import records_of
from hub.benchmarks.served import served
from hub.errors import Broken
from hub.services import networks
from hub.services.context import Hub
from hub.services.harvesting.running import SourceReport, run_source
from hub.services.progress import unwatched
from hub.storage import harvests
from hub.storage.engine import embedded_url, open_store
from hub.storage.harvests.values import SourceRow
from hub.storage.schema import upgrade

EVERYTHING = '@attr 1=_ALLRECORDS @attr 2=103 ""'
RATE = Figure("records_per_second")
#: both sides ask alike: the comparison is of what happens to the records besides
CHUNK, IN_FLIGHT = 500, 1
#: a member whose system serves the whole network; its records carry volumes
SOURCE, MEMBER = "bench", "JLT"
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
PROCESSES = 1  #: that read records, as in a hub on a machine with two cores


@dataclass(frozen=True, slots=True)
class Harvesting:
    """A target, what it holds, and an empty database to begin each round with."""

    order: BenchmarkOrder
    address: TcpAddress
    count: int
    empty: Path
    workers: Executor

    async def raw(self) -> Outcome:
        """Everything from one result set, looked at by nobody."""
        began = self.order.stopwatch()
        received = 0
        client = await open_client(Settings(self.address, self.address.path, pipeline=IN_FLIGHT))
        try:
            hits = (await client.search(parse(EVERYTHING))).hits
            while received < hits:
                received += len(await client.present(received + 1, min(CHUNK, hits - received)))
        finally:
            await client.close()
        return Outcome({RATE.name: received / (self.order.stopwatch() - began)}, _came(received))

    async def verified(self) -> Outcome:
        """In slices, counted, read, stored with volumes and checkpoints, and found complete."""
        path = self.order.folder / "round.sqlite"
        await asyncio.to_thread(shutil.copyfile, self.empty, path)
        try:
            with closing(open_store(f"sqlite:///{path}")) as store:
                network = await store.write(
                    lambda connection: networks.keep(connection, networks.shipped(), MADE_AT)
                )
                hub = Hub(
                    store, _Clock(), _Sleeper(), random.Random(0), lambda: network, workers=self.workers
                )
                report = await self._harvested(hub)
        finally:
            for file in self.order.folder.glob("round.sqlite*"):
                file.unlink()
        if report.verdict.state != "complete":
            raise Broken("bench.incomplete_harvest", problem=report.verdict.problem)
        return Outcome({RATE.name: self.count / report.seconds}, _came(report.tally.stored))

    async def _harvested(self, hub: Hub) -> SourceReport:
        address = f"tcp://{self.address.host}:{self.address.port}/{self.address.path}"
        options = {"chunk": CHUNK, "pipeline": IN_FLIGHT}
        source = SourceRow(SOURCE, MEMBER, "z3950", address, options, {}, MADE_AT)
        await hub.store.write(lambda connection: harvests.add_source(connection, source))
        return await run_source(hub, source, full=True, progress=unwatched, stopwatch=self.order.stopwatch)


class _Clock:
    def now(self) -> datetime:
        return MADE_AT


class _Sleeper:
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """Records served by Zebra, or by our own server where Zebra is not installed, and an empty database."""
    records, disk = order.folder / "served.mrc", order.folder / "empty"
    count = await asyncio.to_thread(_write, records, order)
    disk.mkdir()
    url = embedded_url(disk)
    await asyncio.to_thread(upgrade, url)
    no_zebra = without_programs("zebra", zebra_target.PROGRAMS)
    async with AsyncExitStack() as stack:
        if no_zebra is None:
            target = zebra_target.zebra(order.folder / "zebra", records)
            address = await stack.enter_async_context(target)
        else:
            address = stack.enter_context(served(records))
        workers = stack.enter_context(ProcessPoolExecutor(PROCESSES, get_context("spawn")))
        harvesting = Harvesting(order, address, count, Path(url.removeprefix("sqlite:///")), workers)
        sides = (Side("tongjie", harvesting.verified), Side("raw_fetch", harvesting.raw))
        yield Prepared((Measure("harvest", (RATE,), sides),), () if no_zebra is None else (no_zebra,))


def _write(file: Path, order: BenchmarkOrder) -> int:
    count = 0
    with file.open("wb") as opened:
        for record in records_of(order.file, order.records):
            opened.write(to_iso2709(record))
            count += 1
    return count


def _came(count: int) -> str:
    return f"{count} records"


BENCHMARK = Benchmark("harvest", "bench.harvest", 50_000, prepared)
