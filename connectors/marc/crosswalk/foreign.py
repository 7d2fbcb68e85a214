"""Fields of CNMARC that MARC 21 has no place for: kept whole in 886 (foreign MARC) and taken back.

A field comes back from 886 only where the rest of the record still says what it said when the field was put
there; what was changed since in MARC 21 has the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from hub.kernel.record import Field, Flavour, Record, Subfield

TAG: Final = "886"

_LEADER, _CONTROL, _DATA = "0 ", "1 ", "2 "
_FORMATS: Final = frozenset((Flavour.CNMARC.value, Flavour.UNIMARC.value))


def kept(record: Record, back: Record) -> Iterator[Field]:
    """The 886 for every field that would not come back as it is, and for the leader."""
    coming = Counter(back.fields)
    source = Subfield("2", record.flavour.value)
    if back.leader != record.leader:
        yield Field(TAG, "", _LEADER, (source, Subfield("b", record.leader)))
    for field in record.fields:
        if coming[field]:
            coming[field] -= 1
        elif field.subfields:
            head = (source, Subfield("a", field.tag), Subfield("b", field.indicators))
            yield Field(TAG, "", _DATA, (*head, *field.subfields))
        else:
            yield Field(TAG, "", _CONTROL, (source, Subfield("a", field.tag), Subfield("b", field.value)))


def is_ours(field: Field) -> bool:
    """Whether this 886 holds a field of CNMARC or UNIMARC."""
    return field.tag == TAG and field.first("2") in _FORMATS and field.first("b") is not None


def taken_back(fields: Iterable[Field]) -> list[Field]:
    """The fields that 886 hold, as they were."""
    return [found for field in fields if is_ours(field) if (found := _field(field)) is not None]


def leader_of(fields: Iterable[Field]) -> str | None:
    """The leader that an 886 holds."""
    leaders = (field.first("b") for field in fields if is_ours(field) and field.indicators == _LEADER)
    return next(leaders, None)


def _field(source: Field) -> Field | None:
    tag, content = source.first("a"), source.first("b")
    if tag is None or content is None or source.indicators not in (_CONTROL, _DATA):
        return None
    if source.indicators == _CONTROL:
        return Field(tag, content)
    return Field(tag, "", content[:2].ljust(2), source.subfields[3:])
