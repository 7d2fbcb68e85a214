"""Holdings of serials and sets in words: MARC 21 866 to 868, and 863 to 865 with the captions of 853 to 855.

Owns: the summary of what a library holds of a title in parts.
Must not: invent volumes; a summary names no barcodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from hub.kernel.record import Field, Record, Subfield

Kind: TypeAlias = Literal["basic", "supplements", "indexes"]

_TEXTUAL: Final[dict[str, Kind]] = {"866": "basic", "867": "supplements", "868": "indexes"}
_PATTERNED: Final[dict[str, Kind]] = {"863": "basic", "864": "supplements", "865": "indexes"}
_CAPTIONS: Final = {"863": "853", "864": "854", "865": "855"}
_ENUMERATION: Final = "abcdefgh"
_CHRONOLOGY: Final = "ijklm"


@dataclass(frozen=True, slots=True)
class HeldRun:
    """What one place holds: ``text`` in words, ``location`` as its code stands in 852."""

    location: str
    kind: Kind
    text: str
    note: str = ""


def held_runs(record: Record) -> tuple[HeldRun, ...]:
    """The runs that the record states, textual ones before those put together from patterns."""
    return (*_textual(record), *_patterned(record))


def _textual(record: Record) -> Iterator[HeldRun]:
    for field in record.every(*_TEXTUAL):
        text = " ".join(field.all("a")).strip()
        if text:
            yield HeldRun(_location(record, field), _TEXTUAL[field.tag], text, field.first("z") or "")


def _patterned(record: Record) -> Iterator[HeldRun]:
    for field in record.every(*_PATTERNED):
        captions = _captions(record, field)
        levels = [
            f"{_caption(captions, part.code)}{part.value.strip()}" for part in _parts(field, _ENUMERATION)
        ]
        times = [part.value.strip() for part in _parts(field, _CHRONOLOGY)]
        text = ":".join(levels) + (f" ({':'.join(times)})" if times and levels else ":".join(times))
        if text:
            yield HeldRun(_location(record, field), _PATTERNED[field.tag], text, field.first("z") or "")


def _parts(field: Field, codes: str) -> list[Subfield]:
    return [part for part in field.subfields if part.code in codes and part.value.strip()]


def _captions(record: Record, field: Field) -> Field | None:
    """The caption field with the same link number: 863 $8 1.2 belongs to 853 $8 1."""
    number = (field.first("8") or "").partition(".")[0]
    known = list(record.every(_CAPTIONS[field.tag]))
    return next((one for one in known if (one.first("8") or "") == number), known[0] if known else None)


def _caption(captions: Field | None, code: str) -> str:
    """A caption as it is written before its number; one in brackets is not shown."""
    caption = (captions.first(code) if captions else None) or ""
    return "" if caption.startswith("(") else caption.strip()


def _location(record: Record, field: Field) -> str:
    """The location of the 852 with the same link number, of the only one, or of the one before the field."""
    number = (field.first("8") or "").partition(".")[0]
    before: Field | None = None
    for one in record.fields:
        if one is field:
            break
        if one.tag == "852":
            before = one
            if number and (one.first("8") or "").partition(".")[0] == number:
                return one.first("b") or one.first("a") or ""
    found = before or next(record.every("852"), None)
    return (found.first("b") or found.first("a") or "") if found else ""
