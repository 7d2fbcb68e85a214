"""The searchable words of a MARC record, for the catalogue in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.marc.reading import Rejected, read
from connectors.words import isbn, words
from hub.kernel.record import Flavour, Record

_Places = tuple[tuple[str, str], ...]  # tags with their subfields

_FIELDS: Final[Mapping[Flavour, Mapping[str, _Places]]] = {
    Flavour.MARC21: {
        "title": (("245", "abnp"), ("246", "a")),
        "author": (("100", "a"), ("700", "a")),
    },
    Flavour.UNIMARC: {
        "title": (("200", "aei"),),
        "author": (("200", "f"), ("701", "a"), ("702", "a")),
    },
}
_ISBN: Final = {Flavour.MARC21: ("020", "a"), Flavour.UNIMARC: ("010", "a")}
_YEAR: Final = {Flavour.MARC21: ("008", 7), Flavour.UNIMARC: ("100", 9)}


def marc_terms(raw: bytes) -> dict[str, tuple[str, ...]]:
    """Words by index name: title, author, isbn, year, any; nothing for what cannot be read."""
    answer = read(raw)
    if isinstance(answer, Rejected):
        return {}
    record = answer.record
    family = Flavour.MARC21 if record.flavour is Flavour.MARC21 else Flavour.UNIMARC
    found = {
        name: words(value for tag, codes in fields for value in record.all(tag, codes))
        for name, fields in _FIELDS[family].items()
    }
    found["isbn"] = tuple(isbn(value) for value in record.all(*_ISBN[family]))
    found["year"] = _year(record, family)
    everything = (sub.value for field in record.fields for sub in field.subfields)
    found["any"] = words(everything)
    return found


def _year(record: Record, family: Flavour) -> tuple[str, ...]:
    tag, start = _YEAR[family]
    text = record.first(tag, "" if family is Flavour.MARC21 else "a") or ""
    year = text[start : start + 4]
    return (year,) if year.isdecimal() else ()
