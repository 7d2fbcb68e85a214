"""What the columns of a table hold: recognised by their headings, or told by a mapping.

Owns: the attributes, their places in a record and the words of their headings (``columns.yaml``).
Must not: read files or build records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import yaml

from hub.kernel.text import fold_letters

_PLACE: Final = re.compile(r"(?:00\d|[0-9A-Z]{3}\$[0-9a-z])")
# A header names at least so many columns that are known, one of which says which book the row is about.
_NAMED: Final = 2
_TELLING: Final = frozenset(("title", "isbn", "barcode", "identifier"))


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: a name for it and its place in the record, ``200$a`` or a control field."""

    name: str
    place: str
    split: str = ""  #: a pattern of what separates several values in one cell
    item: bool = False

    @property
    def tag(self) -> str:
        """The field."""
        return self.place[:3]

    @property
    def code(self) -> str:
        """The subfield; empty in a control field."""
        return self.place[4:]


@cache
def attributes() -> Mapping[str, Column]:
    """The attributes by name, in the order of a record."""
    return MappingProxyType(
        {
            name: Column(name, entry["place"], entry.get("split", ""), entry.get("item", False))
            for name, entry in _entries().items()
        }
    )


@cache
def headings() -> Mapping[str, str]:
    """The first heading of each attribute, for writing."""
    return MappingProxyType({name: str(entry["headings"][0]) for name, entry in _entries().items()})


def recognised(heading: str) -> Column | None:
    """What a column with this heading holds; None when nobody listed it."""
    return _by_heading().get(fold_letters(heading))


def columns_of(header: Sequence[str], mapping: Mapping[str, str | None] | None = None) -> list[Column | None]:
    """What each column of a header holds; the first of two columns for one attribute is taken.

    Raises ``ValueError`` for a mapping to what is neither an attribute nor a place in a record.
    """
    told = mapping or {}
    found: list[Column | None] = []
    for heading in header:
        column = told_column(told[heading]) if heading in told else recognised(heading)
        found.append(None if column in found else column)
    return found


def told_column(target: str | None) -> Column | None:
    """The column that a mapping names. Raises ``ValueError`` when it names none."""
    if target is None:
        return None
    if target in attributes():
        return attributes()[target]
    if _PLACE.fullmatch(target):
        return Column(target, target)
    raise ValueError(target)


def is_header(cells: Sequence[str], mapping: Mapping[str, str | None] | None = None) -> bool:
    """Whether a row of cells is the header of a table of books."""
    told = sum(cell in (mapping or {}) for cell in cells)
    if told:
        return True
    found = [column for column in columns_of(cells) if column is not None]
    return len(found) >= _NAMED and any(column.name in _TELLING for column in found)


@cache
def _by_heading() -> Mapping[str, Column]:
    return {
        fold_letters(heading): attributes()[name]
        for name, entry in _entries().items()
        for heading in (name.replace("_", " "), *entry["headings"])
    }


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    document: dict[str, Mapping[str, Any]] = yaml.safe_load(
        files("connectors.marc.tables").joinpath("columns.yaml").read_text("utf-8")
    )
    return MappingProxyType(document)
