"""Names: CNMARC 700 to 712 and MARC 21 100 to 111 and 700 to 711, with the words of their roles.

Chinese practice puts the main author in 701; which of several names is the main entry is therefore
decided by order, not by tag.
"""

from __future__ import annotations

import re

from connectors.marc.crosswalk.rules import Outcome
from connectors.marc.crosswalk.titles import PINYIN_CODES
from hub.kernel.record import Field, Subfield

PERSONS = ("700", "701", "702")
BODIES = ("710", "711", "712")
MARC21_NAMES = ("100", "110", "111", "700", "710", "711")

_HAN = re.compile(r"[\u3400-\u9fff]")
_SECONDARY_ROLES = re.compile(r"译|校|注|绘|插图|摄|审|编辑|translator|illustrator|editor", re.IGNORECASE)
_PERSON = {"c": "c", "f": "d", "4": "e"}
_BODY = {"b": "b", "4": "e"}
_MEETING = {"b": "g", "d": "n", "e": "c", "f": "d", "4": "e"}


def name_to_marc21(source: Field, *, main: bool) -> Outcome:
    """A name as main entry (1XX) or added entry (7XX)."""
    if source.tag in PERSONS:
        tag, codes = "100", _PERSON
    else:
        tag, codes = ("111", _MEETING) if source.indicators[0] == "1" else ("110", _BODY)
    entry = source.first("a")
    rest = source.first("b") if codes is _PERSON else None
    if not entry:
        return Outcome((), tuple(part.code for part in source.subfields))
    name = f"{entry}, {rest}" if rest else entry
    parts = [Subfield("a", name)]
    lost: list[str] = []
    for part in source.subfields:
        if part.code in codes:
            parts.append(Subfield(codes[part.code], part.value))
        elif part.code not in "a" + PINYIN_CODES and not (part.code == "b" and codes is _PERSON):
            lost.append(part.code)
    inverted = rest is not None or _HAN.search(name) is not None
    first = ("1" if inverted else "0") if codes is _PERSON else "2"
    return Outcome((Field(tag if main else f"7{tag[1:]}", "", f"{first} ", tuple(parts)),), tuple(lost))


def name_to_cnmarc(source: Field) -> Outcome:
    """A main or added entry; the first responsibility becomes 701 or 711, others 702 or 712."""
    person, meeting = source.tag.endswith("00"), source.tag.endswith("11")
    codes = _PERSON if person else _MEETING if meeting else _BODY
    back = {marc21: cnmarc for cnmarc, marc21 in codes.items()}
    entry = _bare(source.first("a") or "")
    if not entry:
        return Outcome((), tuple(part.code for part in source.subfields))
    parts = _divided(entry) if person else [Subfield("a", entry)]
    lost: list[str] = []
    for part in source.subfields:
        if part.code in back:
            parts.append(Subfield(back[part.code], _bare(part.value)))
        elif part.code not in "a69":
            lost.append(part.code)
    parts.extend(Subfield("9", value) for value in source.all("9"))
    secondary = source.tag[0] == "7" and _SECONDARY_ROLES.search(" ".join(source.all("e"))) is not None
    tag = ("70" if person else "71") + ("2" if secondary else "1")
    return Outcome((Field(tag, "", _cnmarc_indicators(parts, person, meeting), tuple(parts)),), tuple(lost))


def _cnmarc_indicators(parts: list[Subfield], person: bool, meeting: bool) -> str:
    if person:
        return " 1" if any(part.code == "b" for part in parts) else " 0"
    return "12" if meeting else "02"


def _divided(name: str) -> list[Subfield]:
    """A Western name into entry element and the rest; a Chinese one is entered whole."""
    entry, comma, rest = name.partition(", ")
    if not comma or _HAN.search(name):
        return [Subfield("a", name)]
    return [Subfield("a", entry), Subfield("b", rest)]


def _bare(text: str) -> str:
    """A value without the full stop or comma that MARC 21 ends it with; initials keep theirs."""
    bare = text.strip().rstrip(",")
    return bare[:-1] if re.search(r"[^\W\d_]{3,}\.$", bare) else bare
