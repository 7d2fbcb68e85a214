"""The edition statement: its number and its kind, apart from printings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, fold_letters, has_han, integer, strip_isbd

_CHINESE_NUMBER = re.compile(r"第?\s*(\d{1,3}|[〇一二三四五六七八九十百]{1,4})\s*版|初(版)")
_PRINTING = re.compile(r"第?\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*次?\s*印刷?|\d{4}\s*年?\s*重?印")
_WESTERN_NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_WESTERN_WORDS = {
    word: number
    for number, group in enumerate(
        (
            "first erste 1ere premiere prima primera",
            "second zweite deuxieme seconda segunda",
            "third dritte troisieme terza tercera",
            "fourth vierte quatrieme quarta cuarta",
            "fifth funfte cinquieme quinta",
        ),
        start=1,
    )
    for word in group.split()
}
_KIND_END = re.compile(r"(?:版本|版|本)$")
_IGNORED = re.compile(r"精装|平装|简装|线装|盒装|套装|珍藏|典藏|纪念")


@dataclass(frozen=True, slots=True)
class Edition:
    """``number`` is None for a first edition, stated or not; ``kind`` tells what else it is (修订, 插图)."""

    statement: str = ""
    number: int | None = None
    kind: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing sets this edition apart from a first one."""
        return self.number is None and not self.kind


def read_edition(fields: Fields, in_title: tuple[str, ...]) -> Edition:
    """Read the edition field and the versions that the title named."""
    stated = fields.all("205" if fields.unimarc else "250", "ab")
    statement = strip_isbd(stated[0]) if stated else ""
    number: int | None = None
    kinds: set[str] = set()
    for text in (*(fold(value) for value in stated), *in_title):
        found, kind = _read(text)
        number = number or found
        if kind:
            kinds.add(kind)
    return Edition(
        statement or (in_title[0] if in_title else ""),
        number if number != 1 else None,
        " ".join(sorted(kinds)),
    )


def _read(folded: str) -> tuple[int | None, str]:
    text = _PRINTING.sub("", folded)
    if has_han(text):
        match = _CHINESE_NUMBER.search(text)
        number = (integer(match.group(1)) if match.group(1) else 1) if match else None
        kind = fold_letters(_IGNORED.sub("", _CHINESE_NUMBER.sub("", text)))
        return number, _KIND_END.sub("", kind)
    if match := _WESTERN_NUMBER.search(text):
        return int(match.group(1)), ""
    return next((_WESTERN_WORDS[word] for word in text.split() if word in _WESTERN_WORDS), None), ""
