"""A row of a table as a record: an envelope of its cells as they came, and the fields they mean.

Owns: the envelope, which is the row's raw bytes, and its reading.
Must not: know files; ``separated`` and ``workbooks`` cut them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.marc.malformed import Malformed
from connectors.marc.tables.columns import Column, columns_of
from hub.kernel.record import Field, Subfield

#: how every envelope begins, so that it is known from MARC-in-JSON by its first bytes
MARK: Final = b'{"cells":'

#: a text that a spreadsheet takes for a formula, guarded by an apostrophe or not yet
FORMULA: Final = re.compile(r"'*[=+@-]")

_LEADER: Final = "00000nam0 2200000   450 "
_MARC21_LEADER: Final = "00000nam a2200000   4500"
_FIRST_INDICATOR: Final = {"200": "1 ", "225": "2 ", "245": "10", "606": "0 ", "610": "0 ", "101": "0 "}
_LONGEST_DETAIL: Final = 200


def envelope(
    header: Sequence[str], cells: Sequence[str], mapping: Mapping[str, str | None] | None = None
) -> bytes:
    """The raw bytes of a row: its headings and cells, and the mapping where it is not by recognition."""
    told = {heading: target for heading, target in (mapping or {}).items() if heading in header}
    document: dict[str, object] = {"cells": list(map(list, zip(header, cells, strict=True)))}
    if told:
        document["columns"] = told
    return _json(document)


def broken_envelope(line: int, problem: str, text: str) -> bytes:
    """The raw bytes of a row that cannot be read: its text as it came, where it stood and why."""
    return _json({"cells": [], "line": line, "problem": problem, "text": text})


def parse(raw: bytes) -> tuple[str, tuple[Field, ...]]:
    """The leader and fields of a row. Raises ``Malformed``: its problem, ``bad_row`` or ``row_empty``."""
    try:
        document = json.loads(raw)
        header, cells = _cells(document["cells"])
        mapping = document.get("columns")
        columns = columns_of(header, mapping)
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise Malformed("bad_row", repr(problem)[:_LONGEST_DETAIL]) from None
    if "problem" in document:
        detail = f"line {document.get('line')}: {str(document.get('text'))[:_LONGEST_DETAIL]}"
        raise Malformed(str(document["problem"]), detail)
    fields = tuple(_fields(columns, cells))
    if not fields:
        raise Malformed("row_empty")
    leader = _MARC21_LEADER if any(field.tag == "245" for field in fields) else _LEADER
    return leader, fields


def _cells(pairs: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    header, cells = [], []
    for heading, cell in pairs:
        header.append(_text(heading))
        cells.append(_text(cell))
    return header, cells


def _fields(columns: Sequence[Column | None], cells: Sequence[str]) -> Iterator[Field]:
    """The fields in the order of their tags; columns of one field stand together in it."""
    found: dict[str, list[tuple[Column, str]]] = {}
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip()
        if column is not None and text:
            guarded = text.startswith("'") and FORMULA.match(text)
            found.setdefault(column.tag, []).append((column, text[1:] if guarded else text))
    for tag, stated in sorted(found.items()):
        if tag.startswith("00"):
            yield Field(tag, stated[0][1])
        else:
            yield from _data_fields(tag, stated)


def _data_fields(tag: str, stated: Sequence[tuple[Column, str]]) -> Iterator[Field]:
    """One field, and one more for each further value of a cell that holds several."""
    indicators = _FIRST_INDICATOR.get(tag, "  ")
    first: list[Subfield] = []
    further: list[Subfield] = []
    for column, cell in sorted(stated, key=lambda one: one[0].code):
        values = [value.strip() for value in re.split(column.split, cell)] if column.split else [cell]
        values = [value for value in values if value] or [cell]
        first.append(Subfield(column.code, values[0]))
        further.extend(Subfield(column.code, value) for value in values[1:])
    yield Field(tag, "", indicators, tuple(first))
    for part in further:
        yield Field(tag, "", indicators, (part,))


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _text(value: object) -> str:
    """A cell as text: escapes of JSON can stand for what no text has, NUL and halves of characters."""
    return str(value).replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
