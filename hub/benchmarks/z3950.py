"""``z3950``: fetching every record beside yaz-client and ZOOM, from our own server and from Zebra."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from connectors.marc.writing import to_iso2709
from connectors.transport import TcpAddress
from connectors.z3950.apdu import RetrievedRecord
from connectors.z3950.client import open_client
from connectors.z3950.pqf import parse
from connectors.z3950.settings import Settings
from hub.benchmarks import yaz_client, zoom
from hub.benchmarks import zebra as zebra_target
from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome, Prepared, Side
from hub.benchmarks.peers import without_programs
from hub.benchmarks.records import records_of
from hub.benchmarks.served import served

EVERYTHING = '@attr 1=_ALLRECORDS @attr 2=103 ""'
CHUNKS = (100, 500)  #: records of one request, by all clients
IN_FLIGHT = {"": 1, "_two_in_flight": 2}  #: requests at the target at once; both peers send one
MICROSECONDS = 1_000_000


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """A file of records, served by us and, where it is installed, by Zebra."""
    file = order.folder / "served.mrc"
    count = 0
    with file.open("wb") as opened:
        for record in records_of(order.file, order.records):
            opened.write(to_iso2709(record))
            count += 1
    absent = {
        "yaz_client": without_programs("yaz_client", yaz_client.PROGRAMS),
        "zoom": zoom.absent(),
        "zebra": without_programs("zebra", zebra_target.PROGRAMS),
    }
    async with AsyncExitStack() as stack:
        targets = {"tongjie_server": stack.enter_context(served(file))}
        if absent["zebra"] is None:
            zebra = zebra_target.zebra(order.folder / "zebra", file)
            targets["zebra"] = await stack.enter_async_context(zebra)
        peers = [name for name in ("yaz_client", "zoom") if absent[name] is None]
        measures = (
            measure
            for name, address in targets.items()
            for chunk in (CHUNKS if name == "zebra" else CHUNKS[:1])
            for measure in _Fetching(order, name, address, count, chunk).measures(peers)
        )
        yield Prepared(tuple(measures), tuple(one for one in absent.values() if one is not None))


@dataclass(frozen=True, slots=True)
class _Fetching:
    """One target's records fetched with requests of one size."""

    order: BenchmarkOrder
    target: str
    address: TcpAddress
    count: int
    chunk: int

    def measures(self, peers: list[str]) -> Iterator[Measure]:
        """Records a second beside all peers, and processor time beside the one within our process."""
        for way, in_flight in IN_FLIGHT.items():
            name = f"from_{self.target}_by_{self.chunk}{way}"
            rate = Figure(f"{name}_records_per_second")
            sides = [self._ours(rate, in_flight), *(self._peer(peer, rate) for peer in peers)]
            yield Measure(f"fetch_{name}", (rate,), tuple(sides))
        name = f"from_{self.target}_by_{self.chunk}"
        cost = Figure(f"{name}_processor_microseconds_per_record", more_is_better=False)
        sides = [self._ours(cost, max(IN_FLIGHT.values()))]
        if "zoom" in peers:
            sides.append(self._peer("zoom", cost))
        yield Measure(f"processor_{name}", (cost,), tuple(sides))

    def _ours(self, figure: Figure, in_flight: int) -> Side:
        async def run() -> Outcome:
            began = self._clock(figure)()
            size = await _fetched(self.address, self.chunk, in_flight)
            return self._outcome(figure, self._clock(figure)() - began, size)

        return Side("tongjie", run)

    def _peer(self, peer: str, figure: Figure) -> Side:
        async def run_yaz_client() -> Outcome:
            file = self.order.folder / "fetched.mrc"
            began = self._clock(figure)()
            size = await yaz_client.fetch(self.address, EVERYTHING, self.count, self.chunk, file)
            seconds = self._clock(figure)() - began
            file.unlink(missing_ok=True)
            return self._outcome(figure, seconds, size)

        def run_zoom() -> Outcome:
            began = self._clock(figure)()
            size = zoom.fetch(self.address, EVERYTHING, self.count, self.chunk)
            return self._outcome(figure, self._clock(figure)() - began, size)

        async def run_zoom_in_a_thread() -> Outcome:
            return await asyncio.to_thread(run_zoom)

        return Side(peer, run_yaz_client if peer == "yaz_client" else run_zoom_in_a_thread)

    def _clock(self, figure: Figure) -> Callable[[], float]:
        return self.order.stopwatch if figure.more_is_better else self.order.processor

    def _outcome(self, figure: Figure, seconds: float, size: int) -> Outcome:
        per_second = self.count / seconds
        value = per_second if figure.more_is_better else MICROSECONDS / per_second
        return Outcome({figure.name: value}, f"{self.count} records, {size} bytes")


async def _fetched(address: TcpAddress, chunk: int, in_flight: int) -> int:
    """The bytes of all records, from connecting to closing."""
    client = await open_client(Settings(address, address.path))
    size = 0
    try:
        found = await client.search(parse(EVERYTHING))
        async for slots in client.fetch(1, found.hits, chunk=chunk, in_flight=in_flight):
            size += sum(len(slot.content) for slot in slots if isinstance(slot, RetrievedRecord))
    finally:
        await client.close()
    return size


BENCHMARK = Benchmark("z3950", "bench.z3950", 50_000, prepared)
