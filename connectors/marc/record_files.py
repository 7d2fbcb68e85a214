"""Files of records out, in every layout that is read.

Owns: how records stand in a file, and the report of what could not be written.
Must not: convert between flavours; the crosswalk does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, TypeAlias

from connectors.marc.tables.writing import row_of, to_csv, to_xlsx
from connectors.marc.worksheet import to_worksheet
from connectors.marc.writing import Unwritable, encode_text, to_json, to_marcxml, write_iso2709
from hub.kernel.record import Flavour, Record

_BY_SUFFIX: Final = MappingProxyType(
    {
        ".xml": "marcxml", ".json": "json", ".jsonl": "json", ".mrk": "worksheet", ".txt": "worksheet",
        ".csv": "csv", ".xlsx": "xlsx",
    }
)  # fmt: skip
_XML_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
#: layouts of columns, which hold CNMARC only
TABLES: Final = frozenset(("csv", "xlsx"))


Refused: TypeAlias = Callable[[Record, Unwritable], None]


def _tell_nobody(record: Record, problem: Unwritable) -> None:
    """For those to whom the numbers are enough."""


@dataclass(slots=True)
class Report:
    """What became of the records, filled while they are written."""

    written: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  #: why records could not be written
    missing: Counter[str] = field(default_factory=Counter)  #: characters that the encoding lacks
    not_carried: Counter[str] = field(default_factory=Counter)  #: what no column of a table holds
    refused: Refused = _tell_nobody  #: told of each record that cannot be written, before the next is taken


def layout_of(path: Path) -> str:
    """The layout that a file's name asks for; ISO 2709 where it says nothing."""
    return _BY_SUFFIX.get(path.suffix.lower(), "iso2709")


def write_file(
    records: Iterable[Record],
    file: BinaryIO,
    layout: str,
    encoding: str = "utf-8",
    report: Report | None = None,
) -> Report:
    """Write the records one after the other; what cannot be written is left out and counted.

    ``layout`` is one of ``LAYOUTS``. ``encoding`` concerns ISO 2709 and worksheets; the others are in UTF-8.
    Raises ``ValueError`` for a table of records that are not CNMARC, ``KeyError`` for an unknown layout
    or encoding.
    """
    report = report or Report()
    _WRITERS[layout](records, file, encoding, report)
    return report


def _iso2709(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    for record in records:
        try:
            written = write_iso2709(record, encoding)
        except Unwritable as problem:
            report.reasons[problem.reason] += 1
            report.refused(record, problem)
            continue
        file.write(written.raw)
        report.written += 1
        report.missing.update(written.missing)


def _marcxml(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    file.write(_XML_HEAD + b"<collection>\n")
    for record in records:
        file.write(to_marcxml(record).removeprefix(_XML_HEAD))
        report.written += 1
    file.write(b"</collection>\n")


def _json(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    for record in records:
        line = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
        file.write(line.encode("utf-8", "replace") + b"\n")
        report.written += 1


def _worksheet(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    for record in records:
        lines = [encode_text(line, encoding) for line in to_worksheet(record).splitlines()]
        file.write(b"".join(line.raw + b"\n" for line in lines) + b"\n")
        report.written += 1
        report.missing.update(character for line in lines for character in line.missing)


def _csv(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    file.writelines(to_csv(_rows(records, report)))


def _xlsx(records: Iterable[Record], file: BinaryIO, encoding: str, report: Report) -> None:
    to_xlsx(_rows(records, report), file)


def _rows(records: Iterable[Record], report: Report) -> Iterator[tuple[str, ...]]:
    for record in records:
        if record.flavour is Flavour.MARC21:
            raise ValueError("the columns of tables are those of CNMARC")
        row = row_of(record)
        report.written += 1
        report.not_carried.update(row.not_carried)
        yield row.cells


_WRITERS: Final[dict[str, Callable[[Iterable[Record], BinaryIO, str, Report], None]]] = {
    "iso2709": _iso2709,
    "marcxml": _marcxml,
    "json": _json,
    "worksheet": _worksheet,
    "csv": _csv,
    "xlsx": _xlsx,
}
LAYOUTS: Final = tuple(_WRITERS)
