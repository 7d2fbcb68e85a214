"""XLSX: the rows of every sheet that has a header, streamed, within limits.

Owns: reading workbooks of strangers safely: size, number of cells, no document types.
Must not: evaluate formulas or open what a workbook links to.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO, Final

import openpyxl

from connectors.marc.malformed import Malformed
from connectors.marc.tables.rows import envelope
from connectors.marc.tables.separated import header_of

#: how every XLSX begins: it is a ZIP archive
MARK: Final = b"PK\x03\x04"

_MAX_PARTS: Final = 1_000
# Python stops unpacking a part at its declared size, so the declared sizes bound the memory.
_MAX_UNPACKED: Final = 256 << 20
_MAX_COLUMNS: Final = 200
_HEAD: Final = 4096
_FIRST_ROWS: Final = 10


def pieces(file: BinaryIO, mapping: Mapping[str, str | None] | None = None) -> Iterator[bytes]:
    """The rows of the workbook, each an envelope.

    Raises ``Malformed``: ``bad_workbook`` for what is none, ``workbook_too_large`` beyond the limits,
    ``xml_entities`` for a document type, ``no_header`` when no sheet has a header of a table of books.
    """
    _check(file)
    try:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as problem:
        raise Malformed("bad_workbook", repr(problem)) from None
    found = False
    try:
        for sheet in workbook.worksheets:
            rows = _rows(sheet)
            first = list(islice(rows, _FIRST_ROWS))
            place = header_of(first, mapping)
            if place is not None:
                found = True
                yield from _envelopes(first[place], chain(first[place + 1 :], rows), mapping)
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as problem:
        raise Malformed("bad_workbook", repr(problem)) from None
    finally:
        workbook.close()
    if not found:
        raise Malformed("no_header")


def _envelopes(
    header: Sequence[str], rows: Iterator[Sequence[str]], mapping: Mapping[str, str | None] | None
) -> Iterator[bytes]:
    for row in rows:
        cells = [*row[: len(header)], *[""] * (len(header) - len(row))]
        if any(map(str.strip, cells)):
            yield envelope(header, cells, mapping)


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True, max_col=_MAX_COLUMNS):
        cells = list(map(_text, row))
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _text(value: object) -> str:
    """A cell as a person reads it: whole numbers without a point, dates as ISO 8601."""
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _check(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise Malformed(
                    "workbook_too_large", f"{sum(part.file_size for part in parts)} bytes unpacked"
                )
            for part in parts:
                with archive.open(part) as content:
                    head = content.read(_HEAD).upper()
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise Malformed("xml_entities", part.filename)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as problem:
        raise Malformed("bad_workbook", repr(problem)) from None
    file.seek(0)
