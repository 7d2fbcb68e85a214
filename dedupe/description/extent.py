"""Extent: every number in the statement as a set, the page count, the pieces, the size."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, integer, strip_isbd

_NUMBER = re.compile(r"(?<![\d.])\d{1,5}(?!\d)|(?<![a-z])[ivxlc]{1,8}(?![a-z])")
_PAGES = re.compile(
    r"(\d{1,5})\]?\s*(?:页|面|叶|p\b|p\.|pp|pages?\b|pag\b|s\b|s\.|seiten?\b|str\b|с\b|с\.|leaves|bl\b|bl\.|f\b)"
)
_PIECES = re.compile(
    r"(\d{1,4}|[一二三四五六七八九十]{1,3})\s*(?:册|卷|函|套|v\b|v\.|vols?\b|vols?\.|volumes?\b|bde?\b|bande\b|tomes?\b|t\.)"
)
_BARE = re.compile(r"\s*(\d{1,5})\s*")


@dataclass(frozen=True, slots=True)
class Extent:
    """How long the thing is. ``numbers`` holds Arabic and Roman page sequences alike."""

    statement: str = ""
    numbers: tuple[int, ...] = ()
    pages: int | None = None
    pieces: int | None = None
    size: str = ""


def read_extent(fields: Fields) -> Extent:
    """Read the physical description."""
    tag, size_code = ("215", "d") if fields.unimarc else ("300", "c")
    statement = strip_isbd(fields.first(tag, "a"))
    folded = fold(statement)
    numbers = [integer(match) for match in _NUMBER.findall(folded)]
    bare = _BARE.fullmatch(folded)
    pages = _PAGES.findall(folded) or ([bare.group(1)] if bare else [])
    pieces = _PIECES.search(folded)
    return Extent(
        statement,
        tuple(sorted({number for number in numbers if number})),
        max((int(page) for page in pages), default=None),
        integer(pieces.group(1)) if pieces else None,
        strip_isbd(fields.first(tag, size_code)),
    )
