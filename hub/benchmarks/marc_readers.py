"""The readers of MARC that ``marc`` compares: each reads a file wholly, and a few values of each record.

Each side counts what it read, in its own quickest way to look at every subfield; the counts must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import pymarc

from connectors.marc.files import read_file
from connectors.marc.glance import Glance
from connectors.marc.reading import ReadRecord, read
from hub.kernel.record import Record

#: the identifier, the title and the ISBN, where MARC 21 and UNIMARC keep each
WANTED = (("001", ""), ("245", "a"), ("200", "a"), ("020", "a"), ("010", "a"))

Count = Callable[[Path, int], str]


@dataclass(frozen=True, slots=True)
class Reader:
    """One library's way to read the first records of a file; each answers with what it has read."""

    name: str
    everything: Count
    wanted: Count


def our_records(file: Path, count: int) -> Iterator[Record]:
    """The first readable records of a file."""
    for piece in islice(read_file(file), count):
        outcome = read(piece)
        if isinstance(outcome, ReadRecord):
            yield outcome.record


def ours() -> Reader:
    """The hub's own readers."""

    def everything(file: Path, count: int) -> str:
        number = fields = subfields = characters = 0
        for record in our_records(file, count):
            number += 1
            for _, content, pairs in record.contents():
                fields += 1
                subfields += len(pairs)
                characters += len(content)
                for _, value in pairs:
                    characters += len(value)
        return _all(number, fields, subfields, characters)

    return Reader(
        "tongjie", everything, lambda file, count: _some(islice(Glance(WANTED).of_file(file), count))
    )


def pymarc_reader(encoding: str) -> Reader:
    """pymarc, told the encoding, which it does not find by itself."""
    codec = encoding if encoding in ("gb18030", "big5") else "iso8859-1"

    def records(file: Path, count: int) -> Iterator[pymarc.Record]:
        with file.open("rb") as opened:
            reader = pymarc.MARCReader(opened, force_utf8=encoding == "utf-8", file_encoding=codec)
            yield from (record for record in islice(reader, count) if record is not None)

    def everything(file: Path, count: int) -> str:
        number = fields = subfields = characters = 0
        for record in records(file, count):
            number += 1
            for field in record.fields:
                fields += 1
                subfields += len(field.subfields)
                for _, value in field.subfields:
                    characters += len(value)
                if not field.subfields:
                    characters += len(field.data or "")
        return _all(number, fields, subfields, characters)

    def wanted(file: Path, count: int) -> str:
        return _some(map(_values_of_pymarc, records(file, count)))

    return Reader("pymarc", everything, wanted)


def _values_of_pymarc(record: pymarc.Record) -> list[str | None]:
    values: list[str | None] = []
    for tag, code in WANTED:
        field = record.get(tag)
        values.append(None if field is None else field.get(code) if code else field.data)
    return values


def mrrc_reader() -> Reader | None:
    """mrrc, a reader written in Rust, which knows no encoding but UTF-8; None where it is not installed."""
    try:
        mrrc: Any = import_module("mrrc")
    except ImportError:
        return None

    def records(file: Path, count: int) -> Iterator[Any]:
        yield from (record for record in islice(mrrc.MARCReader(str(file)), count) if record is not None)

    def everything(file: Path, count: int) -> str:
        number = fields = subfields = characters = 0
        for record in records(file, count):
            number += 1
            for field in record.fields():
                fields += 1
                found = field.subfields()
                subfields += len(found)
                for subfield in found:
                    characters += len(subfield.value)
                if not found:
                    characters += len(field.data)
        return _all(number, fields, subfields, characters)

    def wanted(file: Path, count: int) -> str:
        return _some(map(_values_of_mrrc, records(file, count)))

    return Reader("mrrc", everything, wanted)


def _values_of_mrrc(record: Any) -> list[str | None]:
    values: list[str | None] = []
    for tag, code in WANTED:
        if code:
            field = record.get_field(tag)
            values.append(None if field is None else field.get(code))
        else:
            values.append(record.control_field(tag))
    return values


def _all(number: int, fields: int, subfields: int, characters: int) -> str:
    return f"{number} records, {fields} fields, {subfields} subfields, {characters} characters"


def _some(records: Iterable[Sequence[str | None] | None]) -> str:
    number = found = characters = 0
    for values in filter(None, records):
        number += 1
        present = [*filter(None, values)]
        found += len(present)
        characters += sum(map(len, present))
    return f"{number} records, {found} values, {characters} characters"
