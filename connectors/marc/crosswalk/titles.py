"""Titles and contents: 200 and 245, 327 and 505, where punctuation carries the structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from connectors.marc.crosswalk.punctuation import last_mark, without_mark, without_stop
from hub.kernel.record import Field, Subfield

# CNMARC 200 to MARC 21 245, and the mark that introduces each subfield.
_CODES: Final = {
    "a": "a", "b": "h", "c": "c", "d": "b", "e": "b", "h": "n", "i": "p", "v": "n", "f": "c", "g": "c",
}  # fmt: skip
_INTRODUCED_BY: Final = {
    "a": " ;", "c": ".", "d": " =", "e": " :", "h": ".", "i": ",", "v": ".", "f": " /", "g": " ;",
}  # fmt: skip
_ONCE: Final = "bc"
_CODES_BACK: Final = {"a": "a", "h": "b", "n": "h", "p": "i"}
_OTHER_TITLE: Final = {"=": "d", ";": "a"}
RESPONSIBILITIES: Final = re.compile(r"\s+;\s+|；")
_FURTHER_WORK: Final = re.compile(r"\.\s+([^./]+?)\s+/\s+")
_OTHER_TITLES: Final = re.compile(r"\s+([=:;])\s+")


def title_to_marc21(source: Field) -> tuple[Field, ...]:
    """200 as 245. Other titles gather in $b and responsibilities in $c, which MARC 21 does not repeat."""
    parts: list[Subfield] = []
    for part in source.subfields:
        code = _CODES.get(part.code)
        if code is None:
            continue
        if not parts:
            parts.append(Subfield(code, part.value))
        else:
            # A second title by the same author stands among the other titles.
            again = code == "a" and any(one.code == "a" for one in parts)
            _append(parts, "b" if again else code, part.value, _mark(part.code, parts))
    indicators = ("1" if source.indicators[0] == "1" else "0") + "0"
    return (Field("245", "", indicators, tuple(parts)),) if parts else ()


def _mark(code: str, parts: list[Subfield]) -> str:
    return "" if code == "a" and all(one.code != "a" for one in parts) else _INTRODUCED_BY.get(code, "")


def _append(parts: list[Subfield], code: str, value: str, mark: str) -> None:
    last = parts[-1]
    if code == last.code and code in _ONCE:
        parts[-1] = Subfield(code, f"{last.value}{mark} {value}")
        return
    parts[-1] = Subfield(last.code, last.value + mark)
    parts.append(Subfield(code, value))


def title_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """245 as 200: $b divided at its marks, $c into first and further responsibility."""
    parts: list[Subfield] = []
    mark = ""
    for part in source.subfields:
        if part.code in _CODES_BACK:
            value = without_stop(without_mark(part.value))
            parts.append(Subfield(_CODES_BACK[part.code], value))
        elif part.code == "b":
            parts.extend(_other_titles(part.value, mark))
        elif part.code == "c":
            parts.extend(_responsibilities(without_mark(part.value)))
        mark = last_mark(part.value)
    significant = "1" if source.indicators[0] == "1" else "0"
    return (Field("200", "", f"{significant} ", tuple(parts)),) if parts else ()


def _other_titles(text: str, mark: str) -> Iterator[Subfield]:
    for piece in _OTHER_TITLES.split(without_stop(without_mark(text))):
        if piece in ("=", ":", ";"):
            mark = piece
        elif piece:
            yield Subfield(_OTHER_TITLE.get(mark, "e"), piece)


def _responsibilities(text: str) -> Iterator[Subfield]:
    """Statements as $f and $g; a further work by another author as $c with its own statements."""
    for place, piece in enumerate(_FURTHER_WORK.split(without_stop(text))):
        if place % 2:
            yield Subfield("c", piece)
            continue
        for number, statement in enumerate(RESPONSIBILITIES.split(piece)):
            yield Subfield("g" if number else "f", statement.strip())


def contents_to_marc21(source: Field) -> tuple[Field, ...]:
    """327 as 505. The first indicators mean the opposite: CNMARC 1 and MARC 21 0 are complete."""
    text = " -- ".join(source.all("a"))
    indicator = "0" if source.indicators[0] == "1" else "1"
    return (Field("505", "", f"{indicator} ", (Subfield("a", text),)),) if text else ()


def contents_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """505 as 327, one $a for each part."""
    text = "".join(part.value if part.code == "a" else f" {part.value}" for part in _contents(source))
    indicator = "1" if source.indicators[0] == "0" else "0"
    parts = tuple(Subfield("a", piece.strip()) for piece in text.split(" -- ") if piece.strip())
    return (Field("327", "", f"{indicator} ", parts),) if parts else ()


def _contents(source: Field) -> Iterator[Subfield]:
    return (part for part in source.subfields if part.code in "agrt")
