"""Two scripts of one field: pinyin beside Chinese in CNMARC $9, linked 880 fields in MARC 21."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.kernel.record import Field, Record, Subfield

_HAN = re.compile(r"[\u3400-\u9fff]")
_LINK = re.compile(r"(\d{3})-(\d\d)")


def with_pinyin(main: Field, pinyin: str, number: int) -> tuple[Field, Field]:
    """A MARC 21 field and its linked 880 in Latin letters; ``number`` is unique in the record."""
    linked = replace(main, subfields=(Subfield("6", f"880-{number:02d}"), *main.subfields))
    other = Field(
        "880", "", main.indicators, (Subfield("6", f"{main.tag}-{number:02d}"), Subfield("a", pinyin))
    )
    return linked, other


def united(record: Record) -> Iterator[Field]:
    """The fields of a MARC 21 record, each with its 880 folded in.

    Where one of the two is in Chinese it is the one that stays, and the other one's $a becomes its
    pinyin, $9. An 880 that links to nothing stands for the field it names.
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
            yield replace(other, tag=link[0], subfields=_unlinked(other.subfields))


def _joined(field: Field, other: Field | None) -> Field:
    if other is None:
        return field if field.first("6") is None else replace(field, subfields=_unlinked(field.subfields))
    main, second = (other, field) if _chinese(other) and not _chinese(field) else (field, other)
    pinyin = second.first("a")
    parts = list(_unlinked(main.subfields))
    if pinyin and not _chinese(second):
        place = next((at for at, part in enumerate(parts) if part.code == "a"), len(parts) - 1) + 1
        parts.insert(place, Subfield("9", pinyin.rstrip(" /:;=,.")))
    return replace(main, tag=field.tag, subfields=tuple(parts))


def _unlinked(parts: Sequence[Subfield]) -> tuple[Subfield, ...]:
    return tuple(part for part in parts if part.code != "6")


def _chinese(field: Field) -> bool:
    return any(_HAN.search(part.value) for part in field.subfields)


def _link(field: Field) -> tuple[str, str] | None:
    match = _LINK.match(field.first("6") or "")
    return (match[1], match[2]) if match else None


def _own_link(field: Field) -> tuple[str, str] | None:
    link = _link(field)
    return (field.tag, link[1]) if link and link[0] == "880" else None
