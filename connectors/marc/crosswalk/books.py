"""Coded data of books: CNMARC 105 and 106, and positions 18 to 34 of 008 in MARC 21."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.marc.crosswalk.codes import codes, codes_back
from hub.kernel.record import Field, Record, Subfield

_TEXT = frozenset("at")
_BOOKS = frozenset("acdm")
_LENGTH = 13


def is_book(leader: str) -> bool:
    """Whether 008/18-34 of a MARC 21 record with this leader is laid out as for books."""
    return leader[6] in _TEXT and leader[7] in _BOOKS


def into_fixed_field(record: Record, positions: list[str]) -> None:
    """Write what 105 and 106 of a CNMARC record say into the 40 positions of its 008."""
    stated = record.first("105", "a")
    if stated is not None:
        book = stated.ljust(_LENGTH)
        positions[18:22] = _several("illustrations", book[0:4])
        positions[24:28] = _several("contents", book[4:8])
        positions[29:32] = [_yes_or_no(code) for code in book[8:11]]
        positions[33] = codes("literature").get(book[11], "|")
        positions[34] = codes("biography").get(book[12], "|")
    form = record.first("106", "a")
    if form is not None:
        positions[23] = codes("forms").get(form[:1], "|")


def from_fixed_field(fixed: str) -> tuple[Field, ...]:
    """The 105 and 106 that say what the 008 of a book says."""
    illustrations = _back("illustrations", fixed[18:22], "y")
    contents = _back("contents", fixed[24:28], "z")
    flags = "".join(code if code in "01" else " " for code in fixed[29:32])
    literature = {"|": " ", "f": "a", " ": "y"}.get(fixed[33]) or codes_back("literature").get(fixed[33], " ")
    biography = codes_back("biography").get(fixed[34], " ")
    form = codes_back("forms").get(fixed[23], "z" if fixed[23] != "|" else " ")
    book = illustrations + contents + flags + literature + biography
    return (*_coded("105", book), *_coded("106", form))


def _coded(tag: str, text: str) -> tuple[Field, ...]:
    return (Field(tag, "", "  ", (Subfield("a", text),)),) if text.strip() else ()


def _several(name: str, stated: str) -> Sequence[str]:
    """Up to four codes, moved together; fill characters where nothing is stated."""
    table = codes(name)
    found = "".join(table.get(code, "") for code in stated).strip()
    return found.ljust(4) if stated.strip() else "||||"


def _back(name: str, stated: str, nothing: str) -> str:
    if "|" in stated:
        return " " * 4
    table = codes_back(name)
    found = "".join(table.get(code, "") for code in stated.strip())
    return (found or nothing).ljust(4)


def _yes_or_no(code: str) -> str:
    return code if code in "01" else "|"
