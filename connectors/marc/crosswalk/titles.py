"""Titles and imprints: 200 and 245, 210 and 264, 327 and 505, where punctuation carries the structure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.marc.crosswalk.rules import Outcome, without_punctuation
from hub.kernel.record import Field, Subfield

# Pinyin stands beside the title in $9 (older practice) or in capital-letter codes (NLC).
PINYIN_CODES = "9AEFIDG"

_INTRODUCED_BY = {"d": " =", "e": " :", "c": " ;", "h": ".", "i": ",", "v": ".", "f": " /", "g": " ;"}
_TITLE_CODES = {
    "a": "a",
    "b": "h",
    "c": "b",
    "d": "b",
    "e": "b",
    "h": "n",
    "i": "p",
    "v": "n",
    "f": "c",
    "g": "c",
}
_NOT_REPEATED = "bc"
_RESPONSIBILITIES = re.compile(r"\s+;\s+|；")
_SUBTITLES = re.compile(r"\s+([=:])\s+")


def title_to_marc21(source: Field) -> Outcome:
    """200 as 245. Other titles gather in $b and responsibilities in $c, which MARC 21 does not repeat."""
    parts: list[Subfield] = []
    lost: list[str] = []
    for part in source.subfields:
        code = _TITLE_CODES.get(part.code)
        if code is None:
            if part.code not in PINYIN_CODES:
                lost.append(part.code)
        elif not parts:
            parts.append(Subfield(code, part.value))
        else:
            _append(parts, code, part.value, _INTRODUCED_BY.get(part.code, ""))
    indicators = ("1" if source.indicators[0] == "1" else "0") + "0"
    return Outcome((Field("245", "", indicators, tuple(parts)),) if parts else (), tuple(lost))


def _append(parts: list[Subfield], code: str, value: str, mark: str) -> None:
    last = parts[-1]
    if code == last.code and code in _NOT_REPEATED:
        parts[-1] = Subfield(code, f"{last.value}{mark} {value}")
        return
    parts[-1] = Subfield(last.code, last.value + mark)
    parts.append(Subfield(code, value))


def title_to_cnmarc(source: Field) -> Outcome:
    """245 as 200: $b divided at its marks into $d and $e, $c into first and further responsibility."""
    parts: list[Subfield] = []
    lost: list[str] = []
    mark = ""
    for part in source.subfields:
        value = without_punctuation(part.value)
        match part.code:
            case "a" | "h" | "n" | "p":
                parts.append(Subfield({"a": "a", "h": "b", "n": "h", "p": "i"}[part.code], value.rstrip(".")))
            case "b":
                parts.extend(_other_titles(part.value, mark))
            case "c":
                parts.extend(_responsibilities(value))
            case "6":
                continue
            case _:
                lost.append(part.code)
        mark = part.value.rstrip()[-1:]
    fields = (Field("200", "", "1 ", tuple(parts)),) if parts else ()
    return Outcome(fields, tuple(lost))


def _other_titles(text: str, mark: str) -> Iterator[Subfield]:
    for piece in _SUBTITLES.split(without_punctuation(text).rstrip(". ")):
        if piece in ("=", ":"):
            mark = piece
        else:
            yield Subfield("d" if mark == "=" else "e", piece)


def _responsibilities(text: str) -> Iterator[Subfield]:
    for place, statement in enumerate(_RESPONSIBILITIES.split(text.rstrip(".").rstrip())):
        yield Subfield("g" if place else "f", statement.strip())


def imprint_to_marc21(source: Field) -> Outcome:
    """210 as 264, second indicator 1; manufacture goes into a second 264 with indicator 3."""
    published = _imprint(source, {"a": "a", "c": "b", "d": "c"}, " 1")
    made = _imprint(source, {"e": "a", "g": "b", "h": "c"}, " 3")
    lost = tuple(part.code for part in source.subfields if part.code not in "acdegh")
    return Outcome((*published, *made), lost)


def _imprint(source: Field, codes: dict[str, str], indicators: str) -> tuple[Field, ...]:
    parts: list[Subfield] = []
    for part in source.subfields:
        if part.code in codes:
            if parts:
                mark = {"a": " ;", "b": " :", "c": ","}[codes[part.code]]
                parts[-1] = Subfield(parts[-1].code, parts[-1].value + mark)
            parts.append(Subfield(codes[part.code], part.value))
    return (Field("264", "", indicators, tuple(parts)),) if parts else ()


def imprint_to_cnmarc(source: Field) -> Outcome:
    """260 or 264 as 210."""
    made = source.tag == "264" and source.indicators[1] == "3"
    codes = {"a": "e", "b": "g", "c": "h"} if made else {"a": "a", "b": "c", "c": "d"}
    codes |= {"e": "e", "f": "g", "g": "h"} if source.tag == "260" else {}
    parts = [
        Subfield(codes[part.code], without_punctuation(part.value).rstrip("."))
        for part in source.subfields
        if part.code in codes
    ]
    lost = tuple(part.code for part in source.subfields if part.code not in codes and part.code != "6")
    return Outcome((Field("210", "", "  ", tuple(parts)),) if parts else (), lost)


def contents_to_marc21(source: Field) -> Outcome:
    """327 as 505. The first indicators mean the opposite: CNMARC 1 and MARC 21 0 are complete."""
    text = " -- ".join(source.all("a"))
    indicator = "0" if source.indicators[0] == "1" else "1"
    lost = tuple(part.code for part in source.subfields if part.code != "a")
    return Outcome((Field("505", "", f"{indicator} ", (Subfield("a", text),)),) if text else (), lost)


def contents_to_cnmarc(source: Field) -> Outcome:
    """505 as 327, one $a for each part."""
    values = [piece for text in source.all("agrt") for piece in text.split(" -- ") if piece]
    indicator = "0" if source.indicators[0] == "1" else "1"
    lost = tuple(part.code for part in source.subfields if part.code not in "agrt6")
    parts = tuple(Subfield("a", value) for value in values)
    return Outcome((Field("327", "", f"{indicator} ", parts),) if parts else (), lost)
