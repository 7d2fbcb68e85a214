"""The one search box: whatever a reader types, as a question.

``红楼梦 曹雪芹`` all words; ``"red chamber"`` a phrase; ``title:红楼梦`` or ``题名：红楼梦`` in one field;
``comput*`` a beginning; ``-注释`` not; ``year:1990-2000`` years. Nothing typed is an error: what is no syntax
is words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.index.query.tree import (
    Beginning,
    Both,
    Everything,
    Exactly,
    Field,
    Question,
    Without,
    Words,
    Years,
)
from hub.kernel.text import fold

NAMES: Mapping[str, Field] = {
    "title": Field.TITLE, "题名": Field.TITLE, "书名": Field.TITLE,
    "author": Field.AUTHOR, "作者": Field.AUTHOR, "著者": Field.AUTHOR, "责任者": Field.AUTHOR,
    "subject": Field.SUBJECT, "主题": Field.SUBJECT,
    "publisher": Field.PUBLISHER, "出版社": Field.PUBLISHER, "出版者": Field.PUBLISHER,
    "isbn": Field.NUMBER, "issn": Field.NUMBER, "书号": Field.NUMBER,
    "call": Field.CALL_NUMBER, "索书号": Field.CALL_NUMBER, "分类号": Field.CALL_NUMBER,
    "year": Field.YEAR, "年": Field.YEAR, "出版年": Field.YEAR,
}  # fmt: skip

_PART = re.compile(
    r"(?P<without>(?<!\S)[-－])?"
    r"(?:(?P<name>[^\W\d_]+)[:：]\s*)?"
    r"(?:[\"“”「『](?P<phrase>[^\"“”」』]*)[\"“”」』]?|(?P<word>[^\s\"“”「『]+))"
)
_YEARS = re.compile(r"(\d{4})?\s*([-~—至到])?\s*(\d{4})?")
MOST_PARTS = 32


def parsed(text: str) -> Question:
    """The question in the box."""
    wanted: list[Question] = []
    plain: list[str] = []
    for match in list(_PART.finditer(text))[:MOST_PARTS]:
        field, phrase, word = _field_and_text(match)
        excluded = bool(match["without"])
        if field is Field.ANY and phrase is None and not excluded and not word.endswith("*"):
            # Neighbours stay together: an ISBN with spaces, a call number, syllables apart.
            plain.append(word)
            continue
        part = _part(field, phrase, word)
        wanted.append(Without(part) if excluded else part)
    if plain:
        wanted.insert(0, Words(Field.ANY, " ".join(plain)))
    if not wanted:
        return Everything()
    return wanted[0] if len(wanted) == 1 and not isinstance(wanted[0], Without) else _joined(wanted)


def _joined(wanted: list[Question]) -> Question:
    if all(isinstance(part, Without) for part in wanted):
        wanted = [Everything(), *wanted]
    return Both(tuple(wanted))


def _field_and_text(match: re.Match[str]) -> tuple[Field, str | None, str]:
    """The field named, the phrase if it is one, and the word. A name that is none belongs to the text."""
    phrase, word = match["phrase"], match["word"] or ""
    if match["name"] is None:
        return Field.ANY, phrase, word
    field = NAMES.get(fold(match["name"]))
    if field is not None and not (field is Field.YEAR and years_in(phrase or word) is None):
        return field, phrase, word
    return Field.ANY, phrase, word if phrase is not None else f"{match['name']} {word}"


def _part(field: Field, phrase: str | None, word: str) -> Question:
    if field is Field.YEAR:
        years = years_in(phrase or word)
        if years is not None:
            return years
    if phrase is not None:
        return Exactly(field, phrase)
    if word.endswith("*") and word.strip("*"):
        return Beginning(field, word.rstrip("*"))
    return Words(field, word)


def years_in(text: str) -> Years | None:
    """Years as they are written: ``1996``, ``1990-2000``, ``1990-``, ``-1949``; None for anything else."""
    match = _YEARS.fullmatch(text.strip())
    if match is None or not (match[1] or match[3]):
        return None
    first, last = (int(year) if year else None for year in (match[1], match[3]))
    return Years(first, last if match[2] else first)
