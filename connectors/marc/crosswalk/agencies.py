"""Cataloguing agencies: CNMARC 801, one field for each role, and the 040 and 003 of MARC 21."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.kernel.record import Field, Record, Subfield

CNMARC_TAG = "801"

_ROLES = {"0": "a", "1": "c", "2": "d"}
_ROLES_BACK = {code: role for role, code in _ROLES.items()}
_ISSUING = "3"


def agency_to_marc21(source: Field) -> tuple[Field, ...]:
    """One 801: the issuing agency as 003, the others as an 040 that ``joined`` makes one of."""
    agency, role = source.first("b"), source.indicators[1]
    if not agency:
        return ()
    if role == _ISSUING:
        return (Field("003", agency),)
    if role not in _ROLES:
        return ()
    rules = (Subfield("e", value) for value in source.all("g"))
    return (Field("040", "", "  ", (Subfield(_ROLES[role], agency), *rules)),)


def agency_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """003 or 040 as one 801 for each agency, without the dates that ``dated`` adds."""
    if source.tag == "003":
        return (Field("801", "", f" {_ISSUING}", (Subfield("b", source.value),)),)
    rules = [Subfield("g", value) for value in source.all("e")]
    found = []
    for part in source.subfields:
        if part.code in _ROLES_BACK:
            parts = (Subfield("b", part.value), *rules)
            found.append(Field("801", "", f" {_ROLES_BACK[part.code]}", parts))
            rules = []
    return tuple(found)


def counterpart(source: Field, back: Iterable[Field]) -> list[Field]:
    """The 801 among those that came back that names the same agency, in the same role if there is one."""
    same = [field for field in back if field.first("b") == source.first("b")]
    return sorted(same, key=lambda field: field.indicators != source.indicators)[:1]


def joined(fields: Iterable[Field], record: Record) -> Iterator[Field]:
    """The fields with one 040, and in it the language of cataloguing that 100/22-24 names."""
    parts: list[Subfield] = []
    for field in fields:
        if field.tag == "040":
            parts.extend(field.subfields)
        else:
            yield field
    language = (record.first("100", "a") or "")[22:25]
    if language.isalpha():
        parts.append(Subfield("b", language))
    if parts:
        # MARC 21 does not repeat $a; a second original agency has transcribed.
        ordered = sorted(parts, key=lambda part: "abecd".index(part.code))
        yield Field("040", "", "  ", tuple(ordered))


def dated(source: Field, record: Record) -> Field:
    """An 801 with the date of what its agency did, where MARC 21 has it.

    The record was made on the day of 008/00-05, which CNMARC holds in 100, and last changed on that of 005.
    """
    made = (record.first("100", "a") or "")[:8]
    changed = (record.first("005") or "")[:8]
    date = made if source.indicators[1] in "01" else changed
    if not date.isdigit() or date.startswith("0001") or source.first("c"):
        return source
    place = next((at for at, part in enumerate(source.subfields) if part.code == "b"), -1) + 1
    parts = (*source.subfields[:place], Subfield("c", date), *source.subfields[place:])
    return Field(source.tag, source.value, source.indicators, parts)
