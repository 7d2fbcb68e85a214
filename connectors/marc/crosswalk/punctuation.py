"""ISBD marks: what MARC 21 writes between and after subfields and CNMARC does not."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"\s*[/:;=+,]\s*$")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)\.$")
# Words whose full stop is their own. Words of one or two letters (L.C., Co., Jr.) are taken for such as well.
_ABBREVIATIONS: Final = frozenset(
    (
        "inc",
        "ltd",
        "corp",
        "bros",
        "dept",
        "univ",
        "assn",
        "etc",
        "vol",
        "vols",
        "rev",
        "ser",
        "comp",
        "trans",
    )
)
_SHORT: Final = 2


def without_mark(text: str) -> str:
    """The text without the mark that introduces the next subfield."""
    return _MARK.sub("", text)


def last_mark(text: str) -> str:
    """The mark or stop that the text ends with; empty where it ends with none."""
    end = text.rstrip()[-1:]
    return end if end and end in "/:;=+,." else ""


def without_stop(text: str) -> str:
    """The text without the stop that ends a field; initials and abbreviations keep theirs."""
    bare = text.rstrip()
    match = _LAST_WORD.search(bare)
    if match is None:
        return bare[:-1] if re.search(r"[\d)\]》”]\.$", bare) else bare
    word = match[1]
    abbreviated = word.isascii() and (len(word) <= _SHORT or word.casefold() in _ABBREVIATIONS)
    return bare if abbreviated else bare[:-1]
