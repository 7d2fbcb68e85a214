"""Two scripts of one field: pinyin beside Chinese in CNMARC, linked 880 fields in MARC 21.

Pinyin stands in $9 (older practice) or in the capital letter of each subfield (National Library of China).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hub.kernel.record import Field, Record, Subfield

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LINK: Final = re.compile(r"(\d{3})-(\d\d)")
_MAX_LINKS: Final = 99


@dataclass(frozen=True, slots=True)
class InTwoScripts:
    """A field and, where there is one, the same in Latin letters."""

    field: Field
    romanised: Field | None = None


def divided(field: Field) -> InTwoScripts:
    """A CNMARC field without its pinyin, and the pinyin as a field of its own."""
    if not any(part.code.isupper() or part.code == "9" for part in field.subfields) or not chinese(field):
        return InTwoScripts(field)
    spoken = [part for part in field.subfields if _is_pinyin(part)]
    if not spoken:
        return InTwoScripts(field)
    kept = tuple(part for part in field.subfields if not _is_pinyin(part))
    codes = tuple(Subfield("a" if p.code == "9" else p.code.lower(), p.value) for p in spoken)
    return InTwoScripts(_with(field, field.tag, kept), _with(field, field.tag, codes))


def whole(pair: InTwoScripts) -> Field:
    """A CNMARC field with its pinyin behind each subfield that has one."""
    if pair.romanised is None:
        return pair.field
    spoken = list(_whole_name(pair.romanised, pair.field).subfields)
    alone = all(part.code == "a" for part in spoken)
    parts: list[Subfield] = []
    for part in pair.field.subfields:
        parts.append(part)
        found = next((one for one in spoken if one.code == part.code), None)
        if found is not None and (part.code.isalpha() and not (alone and part.code != "a")):
            spoken.remove(found)
            parts.append(Subfield("9" if alone else part.code.upper(), found.value.rstrip(" /:;=,")))
    return _with(pair.field, pair.field.tag, tuple(parts))


def _whole_name(romanised: Field, field: Field) -> Field:
    """A romanised name in one subfield, as the Chinese one beside it is."""
    rest = romanised.first("b")
    if rest is None or field.first("b") is not None or romanised.tag[0] not in "67":
        return romanised
    return _with(romanised, romanised.tag, (Subfield("a", f"{romanised.first('a')}, {rest}"),))


def linked(pairs: Iterable[InTwoScripts]) -> Iterator[Field]:
    """MARC 21 fields with their 880, as many as the two digits of $6 can number."""
    number = 0
    for pair in pairs:
        if pair.romanised is None or number == _MAX_LINKS:
            yield pair.field
            continue
        number += 1
        yield _with_six(pair.field, f"880-{number:02d}", pair.field.tag)
        yield _with_six(pair.romanised, f"{pair.field.tag}-{number:02d}", "880")


def united(record: Record) -> Iterator[InTwoScripts]:
    """The fields of a MARC 21 record, each with its 880.

    Where one of the two is in Chinese it is the one that stays. An 880 that links to nothing stands for
    the field it names.
    """
    others = {_link(field): field for field in record.fields if field.tag == "880"}
    used: set[tuple[str, str] | None] = set()
    for field in record.fields:
        if field.tag == "880":
            continue
        link = _own_link(field)
        other = others.get(link) if link else None
        if other is not None:
            used.add(link)
        yield _joined(field, other)
    for link, other in others.items():
        if link is not None and link not in used:
            yield InTwoScripts(_with(other, link[0], _unlinked(other.subfields)))


def chinese(field: Field) -> bool:
    """Whether Chinese characters stand in the field."""
    return any(_HAN.search(part.value) for part in field.subfields)


def _is_pinyin(part: Subfield) -> bool:
    return (part.code.isupper() or part.code == "9") and not _HAN.search(part.value)


def _with(field: Field, tag: str, subfields: tuple[Subfield, ...]) -> Field:
    return Field(tag, field.value, field.indicators, subfields)


def _with_six(field: Field, link: str, tag: str) -> Field:
    return _with(field, tag, (Subfield("6", link), *field.subfields))


def _joined(field: Field, other: Field | None) -> InTwoScripts:
    plain = field if field.first("6") is None else _with(field, field.tag, _unlinked(field.subfields))
    if other is None:
        return InTwoScripts(plain)
    second = _with(other, field.tag, _unlinked(other.subfields))
    if chinese(second) and not chinese(plain):
        return InTwoScripts(second, plain)
    return InTwoScripts(plain, None if chinese(second) else second)


def _unlinked(parts: Sequence[Subfield]) -> tuple[Subfield, ...]:
    return tuple(part for part in parts if part.code != "6")


def _link(field: Field) -> tuple[str, str] | None:
    match = _LINK.match(field.first("6") or "")
    return (match[1], match[2]) if match else None


def _own_link(field: Field) -> tuple[str, str] | None:
    link = _link(field)
    return (field.tag, link[1]) if link and link[0] == "880" else None
