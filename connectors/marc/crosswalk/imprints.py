"""Publication and manufacture: one 210 in CNMARC, in MARC 21 a 264 for each function, or a 260."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from connectors.marc.crosswalk.punctuation import without_mark, without_stop
from hub.kernel.record import Field, Subfield

_PUBLISHED: Final = {"a": "a", "c": "b", "d": "c"}
_MADE: Final = {"e": "a", "g": "b", "h": "c"}
_MARKS: Final = {"a": " ;", "b": " :", "c": ","}
_MANUFACTURE, _COPYRIGHT = "3", "4"
_IN_260: Final = {"e": "e", "f": "g", "g": "h"}


def imprint_to_marc21(source: Field) -> tuple[Field, ...]:
    """210 as 264, second indicator 1; manufacture goes into a second 264 with indicator 3."""
    return (*_imprint(source, _PUBLISHED, " 1"), *_imprint(source, _MADE, " 3"))


def _imprint(source: Field, codes: Mapping[str, str], indicators: str) -> tuple[Field, ...]:
    parts: list[Subfield] = []
    for part in source.subfields:
        if part.code not in codes:
            continue
        code = codes[part.code]
        if parts:
            parts[-1] = Subfield(parts[-1].code, parts[-1].value + _MARKS[code])
        parts.append(Subfield(code, part.value))
    return (Field("264", "", indicators, tuple(parts)),) if parts else ()


def imprint_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """260 or 264 as 210."""
    table = _MADE if source.tag == "264" and source.indicators[1] == _MANUFACTURE else _PUBLISHED
    codes = {marc21: cnmarc for cnmarc, marc21 in table.items()}
    if source.tag == "260":
        codes |= _IN_260
    parts = tuple(
        Subfield(codes[part.code], without_stop(without_mark(part.value)))
        for part in source.subfields
        if part.code in codes
    )
    return (Field("210", "", "  ", parts),) if parts else ()


def joined(fields: Iterable[Field]) -> list[Field]:
    """The fields, with a 210 of manufacture or of a copyright date alone added to the 210 before it."""
    result: list[Field] = []
    place = -1
    for field in fields:
        if field.tag == "210" and place >= 0 and _belongs(field):
            whole = result[place]
            result[place] = Field("210", "", whole.indicators, (*whole.subfields, *field.subfields))
            continue
        if field.tag == "210":
            place = len(result)
        result.append(field)
    return result


def _belongs(field: Field) -> bool:
    codes = {part.code for part in field.subfields}
    return codes <= set(_MADE) or codes == {"d"}
