"""Records as rows of a table, and what of them no column holds.

Owns: which subfield goes into which column, and the two layouts.
Must not: drop anything without naming it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from connectors.marc.tables.columns import attributes, headings
from connectors.marc.tables.rows import FORMULA
from hub.kernel.record import Field, Record

_JOINED: Final = ";"
_LONGEST_CELL: Final = 32_767


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record in the order of ``heading_row``, and the names of what no column holds."""

    cells: tuple[str, ...]
    not_carried: tuple[str, ...]


def heading_row() -> tuple[str, ...]:
    """The headings of all columns."""
    return tuple(headings().values())


def row_of(record: Record) -> Row:
    """A CNMARC record as a row; several values of one column are joined where it can be split again."""
    places = {column.place: column for column in attributes().values()}
    cells: dict[str, list[str]] = {}
    lost: Counter[str] = Counter()
    for field in record.fields:
        for place, value in _values(field):
            column = places.get(place)
            if column is None or (column.name in cells and not column.split):
                lost[place] += 1
            else:
                cells.setdefault(column.name, []).append(value)
    texts = tuple(_JOINED.join(cells.get(name, ())) for name in attributes())
    return Row(texts, tuple(lost))


def to_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The header and the rows as CSV in UTF-8 with a byte-order mark, which spreadsheets need."""
    yield b"\xef\xbb\xbf"
    for row in chain([heading_row()], rows):
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow(map(_guarded, row))
        yield line.getvalue().encode("utf-8", "replace")


def to_xlsx(rows: Iterable[Sequence[str]], file: BinaryIO) -> None:
    """The header and the rows as a workbook of one sheet.

    Every cell is text, so that no barcode is rounded and nothing is taken for a formula.
    """
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    try:
        sheet.append(heading_row())
        for row in rows:
            sheet.append([_cell(sheet, text) for text in row])
    finally:
        sheet.close()
    workbook.save(file)


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _values(field: Field) -> Iterator[tuple[str, str]]:
    if field.is_control or not field.subfields:
        yield field.tag, field.value
    for part in field.subfields:
        yield f"{field.tag}${part.code}", part.value


def _guarded(text: str) -> str:
    """The text in one line, with an apostrophe where a spreadsheet would take it for a formula."""
    line = " ".join(text.splitlines())
    return f"'{line}" if FORMULA.match(line) else line
