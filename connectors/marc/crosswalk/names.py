"""Names: CNMARC 700 to 712 and 600 to 602, MARC 21 100 to 111, 700 to 711 and 600 to 611.

Chinese practice puts the main author in 701; which of several names is the main entry is therefore
decided by the order of the tags that are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from connectors.marc.crosswalk import roles, vocabularies
from connectors.marc.crosswalk.punctuation import without_stop
from hub.kernel.record import Field, Subfield

PRIMARY: Final = ("700", "701", "710", "711", "720", "721")
CNMARC_NAMES: Final = (*PRIMARY, "702", "712", "722")
CNMARC_SUBJECTS: Final = ("600", "601", "602")
MARC21_NAMES: Final = ("100", "110", "111", "700", "710", "711")
MARC21_SUBJECTS: Final = ("600", "610", "611")

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_SECONDARY_ROLES: Final = re.compile(
    r"译|校|注|绘|插图|摄|审|编辑|translator|illustrator|editor|^(?:trl|ill|pht|ann|pfr|rev)$", re.IGNORECASE
)
_SUBDIVISIONS: Final = {"x": "x", "y": "z", "z": "y", "j": "v", "2": "2"}
_PERSON: Final = {"b": "", "c": "c", "d": "b", "f": "d", "g": "q", "p": "u", "3": "0"}
_BODY: Final = {"b": "b", "c": "g", "d": "n", "e": "c", "f": "d", "p": "u", "3": "0"}
_MEETING: Final = {"b": "e", "c": "g", "d": "n", "e": "c", "f": "d", "p": "u", "3": "0"}


def name_to_marc21(source: Field, *, main: bool) -> tuple[Field, ...]:
    """A name as main entry (1XX), added entry (7XX) or subject (6XX)."""
    kind = _kind_of_cnmarc(source)
    subject = source.tag[0] == "6"
    codes = _codes(kind) | (_SUBDIVISIONS if subject else {})
    entry = source.first("a")
    if not entry:
        return ()
    rest = source.first("b") if kind == "00" else None
    parts = [Subfield("a", f"{entry}, {rest}" if rest else entry)]
    for part in source.subfields:
        if part.code == "4":
            parts.extend(roles.to_marc21(part.value))
        elif codes.get(part.code):
            parts.append(Subfield(codes[part.code], part.value))
    first = _entered(source, rest) if kind == "00" else "2"
    tag = ("6" if subject else "1" if main else "7") + kind
    heading = Field(tag, "", f"{first} ", tuple(parts))
    return (vocabularies.to_marc21(heading) if subject else heading,)


def _kind_of_cnmarc(source: Field) -> str:
    if source.tag in ("600", "602") or source.tag[:2] in ("70", "72"):
        return "00"
    return "11" if source.indicators[0] == "1" else "10"


def _codes(kind: str) -> dict[str, str]:
    return dict({"00": _PERSON, "10": _BODY, "11": _MEETING}[kind])


def _entered(source: Field, rest: str | None) -> str:
    """The first indicator of a person: surname first, direct order, or a family."""
    if source.tag in ("602", "720", "721", "722"):
        return "3"
    return "1" if rest or source.indicators[1] == "1" or _HAN.search(source.first("a") or "") else "0"


def name_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """A main or added entry; the first responsibility becomes 701 or 711, others 702 or 712.

    An added entry without a role is taken for a further responsibility.
    """
    heading = vocabularies.to_cnmarc(source) if source.tag[0] == "6" else source
    kind = source.tag[1:]
    entry = _bare(source.first("a") or "")
    if not entry:
        return ()
    parts = _divided(entry, source.indicators[0]) if kind == "00" else [Subfield("a", entry)]
    parts += _others(heading, kind)
    parts += roles.to_cnmarc([_bare(word) for word in source.all(_role_word(kind))], source.all("4"))
    tag = _subject_tag(source) if source.tag[0] == "6" else _entry_tag(source, kind)
    return (Field(tag, "", _cnmarc_indicators(source, kind, parts), tuple(parts)),)


def _others(heading: Field, kind: str) -> Iterable[Subfield]:
    codes: Mapping[str, str] = _codes(kind) | (_SUBDIVISIONS if heading.tag[0] == "6" else {})
    back = {marc21: cnmarc for cnmarc, marc21 in codes.items() if marc21}
    return [Subfield(back[part.code], _bare(part.value)) for part in heading.subfields if part.code in back]


def _role_word(kind: str) -> str:
    return "j" if kind == "11" else "e"


def _subject_tag(source: Field) -> str:
    if source.tag != "600":
        return "601"
    return "602" if source.indicators[0] == "3" else "600"


def _entry_tag(source: Field, kind: str) -> str:
    roles_stated = [*source.all(_role_word(kind)), *source.all("4")]
    secondary = source.tag[0] == "7" and (not roles_stated or any(map(_SECONDARY_ROLES.search, roles_stated)))
    middle = "71" if kind != "00" else "72" if source.indicators[0] == "3" else "70"
    return middle + ("2" if secondary else "1")


def _cnmarc_indicators(source: Field, kind: str, parts: list[Subfield]) -> str:
    if kind == "11":
        return "12"
    if kind == "10":
        return "02"
    divided = any(part.code == "b" for part in parts)
    if source.indicators[0] == "3":
        return "  "
    return " 1" if divided else " 0"


def _divided(name: str, entered: str) -> list[Subfield]:
    """A Western name into entry element and the rest; a Chinese one is entered whole."""
    entry, comma, rest = name.partition(", ")
    if not comma or entered == "0" or _HAN.search(name):
        return [Subfield("a", name)]
    return [Subfield("a", entry), Subfield("b", rest)]


def _bare(text: str) -> str:
    """A value without the full stop or comma that MARC 21 ends it with; initials keep theirs."""
    return without_stop(text.strip().rstrip(","))
