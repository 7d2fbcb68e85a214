"""CSV: encoding, delimiter and header found, rows as envelopes in memory bounded by one row.

Owns: cutting text into rows, and going on after a bad one.
Must not: know what the columns mean beyond recognising a header.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from connectors.marc import encodings
from connectors.marc.character_sets import text_of
from connectors.marc.evidence import Undecodable
from connectors.marc.tables.columns import columns_of, is_header
from connectors.marc.tables.rows import broken_envelope, envelope

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PYTHON_NAMES: Final = {"big5": "cp950", "marc8": "latin-1", "iso5426": "latin-1"}
_DELIMITERS: Final = ",\t;|，"
_HEADER_WITHIN: Final = 10  #: lines; lists begin with a title or the name of the library
_LONGEST_LINE: Final = 1 << 20
# A quoted cell may hold line ends; what goes on longer than this is a quotation mark too many.
_MOST_LINES: Final = 50


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file of separated values is written; ``header`` stands on line ``line``, counted from 1."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    line: int


def layout_of(head: bytes, mapping: Mapping[str, str | None] | None = None) -> Layout | None:
    """How a file with this beginning is written; None when it is no table of books."""
    encoding = _encoding(head)
    text = text_of(head, encoding, "replace")
    best: tuple[int, Layout] | None = None
    for number, line in enumerate(text.splitlines()[:_HEADER_WITHIN], start=1):
        for delimiter in _DELIMITERS:
            header = _split(line, delimiter) if delimiter in line else []
            if not is_header(header, mapping):
                continue
            known = sum(column is not None for column in columns_of(header, mapping))
            if best is None or known > best[0]:
                best = known, Layout(encoding, delimiter, tuple(header), number)
    return best[1] if best else None


def pieces(
    file: BinaryIO, layout: Layout, mapping: Mapping[str, str | None] | None = None
) -> Iterator[bytes]:
    """The rows below the header, each an envelope; empty rows are none."""
    width = len(layout.header)
    for number, text in _logical_lines(_lines(file, layout.encoding), layout.line):
        problem, cells = _cells(text, layout.delimiter, width)
        if problem:
            shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
            yield broken_envelope(number, problem, shown)
        elif any(map(str.strip, cells)):
            yield envelope(layout.header, cells, mapping)


def _cells(text: str, delimiter: str, width: int) -> tuple[str, list[str]]:
    """The problem of a row, empty where there is none, and its cells."""
    if any("\udc80" <= character <= "\udcff" for character in text):
        return "row_undecodable", []
    if text.count('"') % 2:
        return "row_quotes", []
    try:
        cells = _split(text, delimiter)
    except csv.Error:
        return "row_quotes", []
    if len(cells) > width and any(map(str.strip, cells[width:])):
        return "row_length", []
    return "", [*cells[:width], *[""] * (width - len(cells))]


def _split(text: str, delimiter: str) -> list[str]:
    """The cells of one logical line, blanks after a delimiter before a quotation mark tolerated."""
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True))
    return rows[0] if len(rows) == 1 else [cell for row in rows for cell in row]


def _logical_lines(lines: Iterator[str], skipped: int) -> Iterator[tuple[int, str]]:
    """Lines below the header joined while a quotation mark is open; the number of the first of each.

    Where a mark is never closed, its line stands alone and reading goes on with the next.
    """
    waiting: deque[tuple[int, str]] = deque()
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if number > skipped)
    while True:
        first = waiting.popleft() if waiting else next(numbered, None)
        if first is None:
            return
        number, text = first
        taken: list[tuple[int, str]] = []
        while text.count('"') % 2 and len(taken) < _MOST_LINES and len(text) < _LONGEST_LINE:
            line = waiting.popleft() if waiting else next(numbered, None)
            if line is None:
                break
            taken.append(line)
            text += line[1]
        if text.count('"') % 2:
            waiting.extendleft(reversed(taken))
            text = first[1]
        yield number, text.rstrip("\r\n")


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The physical lines, decoded; bytes that the encoding lacks stand as lone surrogates."""
    if encoding == "utf-16":
        yield from _decoded_lines(file, codecs.getincrementaldecoder(encoding)("replace"))
        return
    while line := file.readline(_LONGEST_LINE):
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        yield text_of(line, name, "surrogateescape").lstrip("\ufeff")


def _decoded_lines(file: BinaryIO, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    rest = ""
    while chunk := file.read(1 << 16):
        *lines, rest = (rest + decoder.decode(chunk)).splitlines(keepends=True) or [""]
        yield from lines
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest


def _encoding(head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    # The last character of the sample may be cut.
    sample = head[: head.rfind(b"\n") + 1] or head
    try:
        found = encodings.decode(sample).encoding
    except Undecodable:
        return "gb18030"
    return _PYTHON_NAMES.get(found, found)


def header_of(rows: Sequence[Sequence[str]], mapping: Mapping[str, str | None] | None) -> int | None:
    """The place of the header among the first rows of a sheet; None when there is none."""
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        if is_header(row, mapping):
            return place
    return None
