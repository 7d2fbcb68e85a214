"""``marc``: reading ISO 2709 beside pymarc and mrrc, on the same file, and the memory that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from hub.benchmarks.benchmark import (
    Absent,
    Benchmark,
    BenchmarkOrder,
    Figure,
    Measure,
    Outcome,
    Prepared,
    Side,
)
from hub.benchmarks.marc_readers import Count, Reader, mrrc_reader, our_records, ours, pymarc_reader
from hub.benchmarks.memory import resident_megabytes
from hub.benchmarks.records import write_file

FULL = Figure("full_decode_records_per_second")
THREE = Figure("three_fields_records_per_second")
SAMPLE = 100  #: records that tell the peers the encoding
#: how often the records stand in the file on which the memory is watched: 300,000 for the usual 20,000
REPEATED = 15


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """A file of records, and a long one of the same records that is read while the memory is watched."""
    file = order.file or order.folder / "records.mrc"
    if order.file is None:
        write_file(file, order.records)
    figures, without_memory = _memory(file, order)
    readers, without_peers = _readers(_usual_encoding(file))
    full = tuple(_side(order, file, FULL, reader.name, reader.everything) for reader in readers)
    three = tuple(_side(order, file, THREE, reader.name, reader.wanted) for reader in readers)
    yield Prepared(
        (Measure("full_decode", (FULL,), full), Measure("three_fields", (THREE,), three)),
        without_memory + without_peers,
        figures,
    )


def _readers(encoding: str) -> tuple[list[Reader], tuple[Absent, ...]]:
    readers = [ours(), pymarc_reader(encoding)]
    if encoding != "utf-8":
        return readers, (Absent("mrrc", "bench.other_encoding", {"encoding": encoding}),)
    optional = mrrc_reader()
    if optional is None:
        return readers, (Absent("mrrc", "bench.no_package", {"packages": "mrrc"}),)
    return [*readers, optional], ()


def _side(order: BenchmarkOrder, file: Path, figure: Figure, name: str, count: Count) -> Side:
    async def run() -> Outcome:
        done, seconds = order.seconds(lambda: count(file, order.records))
        return Outcome({figure.name: int(done.split(" ", 1)[0]) / seconds}, done)

    return Side(name, run)


def _usual_encoding(file: Path) -> str:
    read_ones = (read(piece) for piece in islice(read_file(file), SAMPLE))
    encodings = Counter(outcome.encoding for outcome in read_ones if isinstance(outcome, ReadRecord))
    return encodings.most_common(1)[0][0] if encodings else "utf-8"


def _memory(file: Path, order: BenchmarkOrder) -> tuple[dict[str, float], tuple[Absent, ...]]:
    """The memory in use after the first tenth of a long file and at its highest afterwards."""
    if resident_megabytes() is None:
        return {}, (Absent("memory", "bench.no_memory_figures"),)
    long = order.folder / "long.mrc"
    _repeat(file, long)
    early = highest = 0.0
    number = 0
    tenth = max(1, order.records * REPEATED // 10)
    for number, _ in enumerate(our_records(long, order.records * REPEATED), start=1):
        if number % (tenth // 10 or 1) == 0 and number >= tenth:
            now = resident_megabytes() or 0.0
            early, highest = early or now, max(highest, now)
    long.unlink()
    return {
        "memory_records.tongjie": number,
        "memory_after_a_tenth_megabytes.tongjie": early,
        "memory_highest_megabytes.tongjie": highest,
    }, ()


def _repeat(file: Path, long: Path) -> None:
    with long.open("wb") as written:
        for _ in range(REPEATED):
            with file.open("rb") as opened:
                while chunk := opened.read(1 << 20):
                    written.write(chunk)


BENCHMARK = Benchmark("marc", "bench.marc", 20_000, prepared)
