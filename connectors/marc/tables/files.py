"""Files that are tables: told by their beginning, cut into envelopes.

Owns: telling tables apart and finding the mapping beside them.
Must not: raise for anything that may stand in a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from connectors.marc.malformed import Malformed
from connectors.marc.tables import separated, workbooks
from connectors.marc.tables.columns import told_column
from connectors.marc.tables.rows import broken_envelope

ColumnMapping: TypeAlias = Mapping[str, str | None]

_MARC_SEPARATOR: Final = b"\x1e"


def pieces(path: Path, file: BinaryIO, head: bytes) -> Iterator[bytes] | None:
    """The rows of the file, which begins with ``head``; None when it is no table of books.

    A file that cannot be read as the table it is comes out as one envelope that carries the cause.
    """
    try:
        mapping = mapping_beside(path)
    except Malformed as problem:
        return iter((broken_envelope(0, problem.reason, problem.detail),))
    if head.startswith(workbooks.MARK):
        return _guarded(workbooks.pieces(file, mapping))
    if _MARC_SEPARATOR in head:
        return None
    layout = separated.layout_of(head, mapping)
    return separated.pieces(file, layout, mapping) if layout else None


def mapping_beside(path: Path) -> ColumnMapping:
    """The mapping of ``books.csv`` in ``books.columns.json``; empty where there is none.

    Raises ``Malformed`` (``bad_columns``) for a file that is no mapping.
    """
    beside = path.with_suffix(".columns.json")
    try:
        document = json.loads(beside.read_text("utf-8-sig"))
        for target in document.values():
            told_column(target)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as problem:
        raise Malformed("bad_columns", str(problem)) from None
    return {str(heading): target for heading, target in document.items()}


def _guarded(rows: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from rows
    except Malformed as problem:
        yield broken_envelope(0, problem.reason, problem.detail)
