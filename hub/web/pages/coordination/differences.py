"""Two records side by side: what is equal, what differs and where, what one of them does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

#: the facts compared, in the order in which people look at them
COMPARED = (
    "title", "authors", "publisher", "place", "year", "edition", "isbns", "unified_numbers", "issns", "pages",
    "volume", "series", "language", "material", "clc", "subjects", "other_titles", "contributors",
)  # fmt: skip

Piece = tuple[str, bool]  #: some text, and whether the other record has it otherwise


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both records. ``kind``: equal, differs, or missing where only one says it."""

    name: str
    kind: str
    first: tuple[Piece, ...]
    second: tuple[Piece, ...]


def compared(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Line]:
    """The facts of two display records, those left out of which neither says anything."""
    lines = [_line(name, written(first.get(name)), written(second.get(name))) for name in COMPARED]
    return [line for line in lines if line.first or line.second]


def written(value: Any) -> str:
    """A fact as text."""
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _line(name: str, first: str, second: str) -> Line:
    if not first or not second:
        return Line(name, "missing", _whole(first), _whole(second))
    if first == second:
        return Line(name, "equal", _whole(first), _whole(second))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if b > a:
            left.append((first[a:b], tag != "equal"))
        if d > c:
            right.append((second[c:d], tag != "equal"))
    return Line(name, "differs", tuple(left), tuple(right))


def _whole(text: str) -> tuple[Piece, ...]:
    return ((text, False),) if text else ()
