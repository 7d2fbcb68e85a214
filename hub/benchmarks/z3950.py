"""``z3950``: fetching every record of a target beside yaz-client, from our own server and from Zebra."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from connectors.marc.writing import to_iso2709
from connectors.transport import TcpAddress
from connectors.z3950.apdu import RetrievedRecord
from connectors.z3950.client import open_client
from connectors.z3950.pqf import parse
from connectors.z3950.settings import Settings
from hub.benchmarks import yaz_client
from hub.benchmarks import zebra as zebra_target
from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome, Prepared, Side
from hub.benchmarks.peers import without_programs
from hub.benchmarks.records import records_of
from hub.benchmarks.served import served

EVERYTHING = '@attr 1=_ALLRECORDS @attr 2=103 ""'
CHUNK = 100  #: records of one request, by both clients
IN_FLIGHT = {"": 1, "_two_in_flight": 2}  #: requests sent before the first is answered; yaz-client sends one


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """A file of records, served by us and, where it is installed, by Zebra."""
    file = order.folder / "served.mrc"
    count = _write(file, order)
    no_peer = without_programs("yaz_client", yaz_client.PROGRAMS)
    no_zebra = without_programs("zebra", zebra_target.PROGRAMS)
    async with AsyncExitStack() as stack:
        targets = {"tongjie_server": stack.enter_context(served(file))}
        if no_zebra is None:
            zebra = zebra_target.zebra(order.folder / "zebra", file)
            targets["zebra"] = await stack.enter_async_context(zebra)
        yield Prepared(
            tuple(
                _fetching(order, name, address, count, way, with_peer=no_peer is None)
                for name, address in targets.items()
                for way in IN_FLIGHT
            ),
            tuple(absent for absent in (no_peer, no_zebra) if absent is not None),
        )


def _write(file: Path, order: BenchmarkOrder) -> int:
    count = 0
    with file.open("wb") as opened:
        for record in records_of(order.file, order.records):
            opened.write(to_iso2709(record))
            count += 1
    return count


def _fetching(
    order: BenchmarkOrder, target: str, address: TcpAddress, count: int, way: str, *, with_peer: bool
) -> Measure:
    figure = Figure(f"from_{target}{way}_records_per_second")

    async def ours() -> Outcome:
        began = order.stopwatch()
        size = await _fetched(address, count, IN_FLIGHT[way])
        return Outcome({figure.name: count / (order.stopwatch() - began)}, _came(count, size))

    async def peer() -> Outcome:
        file = order.folder / "fetched.mrc"
        began = order.stopwatch()
        size = await yaz_client.fetch(address, EVERYTHING, count, CHUNK, file)
        seconds = order.stopwatch() - began
        file.unlink(missing_ok=True)
        return Outcome({figure.name: count / seconds}, _came(count, size))

    sides = (Side("tongjie", ours), Side("yaz_client", peer))
    return Measure(f"fetch_from_{target}{way}", (figure,), sides if with_peer else sides[:1])


async def _fetched(address: TcpAddress, count: int, in_flight: int) -> int:
    """The bytes of all records, from connecting to closing."""
    client = await open_client(Settings(address, address.path))
    size = 0
    try:
        found = await client.search(parse(EVERYTHING))
        async for slots in client.fetch(1, found.hits, chunk=CHUNK, in_flight=in_flight):
            size += sum(len(slot.content) for slot in slots if isinstance(slot, RetrievedRecord))
    finally:
        await client.close()
    return size


def _came(count: int, size: int) -> str:
    return f"{count} records, {size} bytes"


BENCHMARK = Benchmark("z3950", "bench.z3950", 10_000, prepared)
