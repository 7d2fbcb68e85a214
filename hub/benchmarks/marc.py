"""``marc``: reading ISO 2709 beside pymarc, on the same file, and the memory that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pymarc

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
from hub.benchmarks.memory import resident_megabytes
from hub.benchmarks.records import write_file
from hub.kernel.record import Record

FULL = Figure("full_decode_records_per_second")
THREE = Figure("three_fields_records_per_second")
#: the identifier, the title and the ISBN, where MARC 21 and UNIMARC keep each
WANTED = (("001", ""), ("245", "a"), ("200", "a"), ("020", "a"), ("010", "a"))
SAMPLE = 100  #: records that tell pymarc the encoding, which it does not find by itself

Count = Callable[[int], str]


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """A file of records, read once while the memory is watched."""
    file = order.file or order.folder / "records.mrc"
    if order.file is None:
        write_file(file, order.records)
    encoding = _usual_encoding(file)
    figures, absent = _memory(file, order.records)
    full = (
        _side("tongjie", order, FULL, lambda count: _everything(_ours(file, count))),
        _side("pymarc", order, FULL, lambda count: _everything_of_pymarc(_pymarc(file, encoding, count))),
    )
    three = (
        _side("tongjie", order, THREE, lambda count: _wanted(_ours(file, count))),
        _side("pymarc", order, THREE, lambda count: _wanted_of_pymarc(_pymarc(file, encoding, count))),
    )
    yield Prepared(
        (Measure("full_decode", (FULL,), full), Measure("three_fields", (THREE,), three)), absent, figures
    )


def _side(name: str, order: BenchmarkOrder, figure: Figure, count: Count) -> Side:
    async def run() -> Outcome:
        done, seconds = order.seconds(lambda: count(order.records))
        return Outcome({figure.name: int(done.split(" ", 1)[0]) / seconds}, done)

    return Side(name, run)


def _ours(file: Path, count: int) -> Iterator[Record]:
    for piece in islice(read_file(file), count):
        outcome = read(piece)
        if isinstance(outcome, ReadRecord):
            yield outcome.record


def _pymarc(file: Path, encoding: str, count: int) -> Iterator[pymarc.Record]:
    codec = encoding if encoding in ("gb18030", "big5") else "iso8859-1"
    with file.open("rb") as opened:
        reader = pymarc.MARCReader(opened, force_utf8=encoding == "utf-8", file_encoding=codec)
        yield from (record for record in islice(reader, count) if record is not None)


def _everything(records: Iterable[Record]) -> str:
    number = fields = subfields = 0
    for record in records:
        number += 1
        fields += len(record.fields)
        for field in record.fields:
            subfields += len(field.subfields)
    return f"{number} records, {fields} fields, {subfields} subfields"


def _everything_of_pymarc(records: Iterable[pymarc.Record]) -> str:
    number = fields = subfields = 0
    for record in records:
        number += 1
        fields += len(record.fields)
        for field in record.fields:
            subfields += len(field.subfields)
    return f"{number} records, {fields} fields, {subfields} subfields"


def _wanted(records: Iterable[Record]) -> str:
    number = found = characters = 0
    for record in records:
        number += 1
        for tag, code in WANTED:
            if (value := record.first(tag, code)) is not None:
                found += 1
                characters += len(value)
    return f"{number} records, {found} values, {characters} characters"


def _wanted_of_pymarc(records: Iterable[pymarc.Record]) -> str:
    number = found = characters = 0
    for record in records:
        number += 1
        for tag, code in WANTED:
            field = record.get(tag)
            value = None if field is None else field.get(code) if code else field.data
            if value is not None:
                found += 1
                characters += len(value)
    return f"{number} records, {found} values, {characters} characters"


def _usual_encoding(file: Path) -> str:
    read_ones = (read(piece) for piece in islice(read_file(file), SAMPLE))
    encodings = Counter(outcome.encoding for outcome in read_ones if isinstance(outcome, ReadRecord))
    return encodings.most_common(1)[0][0] if encodings else "utf-8"


def _memory(file: Path, count: int) -> tuple[dict[str, float], tuple[Absent, ...]]:
    """The memory in use after the first tenth of the records and at its highest afterwards."""
    if resident_megabytes() is None:
        return {}, (Absent("memory", "bench.no_memory_figures"),)
    early = highest = 0.0
    tenth = max(1, count // 10)
    for number, _ in enumerate(_ours(file, count), start=1):
        if number % tenth == 0:
            now = resident_megabytes() or 0.0
            early, highest = early or now, max(highest, now)
    return {
        "memory_after_a_tenth_megabytes.tongjie": early,
        "memory_highest_megabytes.tongjie": highest,
    }, ()


BENCHMARK = Benchmark("marc", "bench.marc", 20_000, prepared)
