"""Which list a subject heading is from: the second indicator or $2 in MARC 21, always $2 in CNMARC."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from hub.kernel.record import Field, Subfield

_NAMED: Final = MappingProxyType({"0": "lc", "2": "mesh", "5": "cash", "6": "rvm"})
_BY_NAME: Final = MappingProxyType({name: indicator for indicator, name in _NAMED.items()})
_IN_SUBFIELD, _UNKNOWN = "7", "4"


def to_marc21(heading: Field) -> Field:
    """The heading with its list as MARC 21 states it."""
    name = heading.first("2") or ""
    if name in _BY_NAME:
        kept = tuple(part for part in heading.subfields if part.code != "2")
        return _with(heading, _BY_NAME[name], kept)
    return _with(heading, _IN_SUBFIELD if name else _UNKNOWN, heading.subfields)


def to_cnmarc(heading: Field) -> Field:
    """The heading, still in MARC 21 codes, with its list in $2."""
    name = _NAMED.get(heading.indicators[1])
    if name is None:
        return heading
    return _with(heading, heading.indicators[1], (*heading.subfields, Subfield("2", name)))


def _with(heading: Field, second: str, subfields: tuple[Subfield, ...]) -> Field:
    return Field(heading.tag, "", heading.indicators[0] + second, subfields)
