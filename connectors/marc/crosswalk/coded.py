"""Coded data: CNMARC 100 to 106 and the 008, 041, 044 and 385 of MARC 21, position by position."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.marc.crosswalk import books
from connectors.marc.crosswalk.codes import codes, codes_back
from hub.kernel.record import Field, Record, Subfield

CNMARC_TAGS = ("100", "101", "102", "105", "106")
MARC21_TAGS = ("008", "041", "044")

_FIXED_LENGTH = 40
_GENERAL_LENGTH = 36
_UNDATED = "00010101"
_OTHER_DATES = {"n": "u", "|": "u", "i": "g", "k": "g"}
_FURTHER_AUDIENCES = "cnmarc"
_SCRIPTS = (("\u3400", "\u9fff", "ea"), ("\u0400", "\u04ff", "ca"), ("\u3040", "\u30ff", "da"))


def to_marc21(record: Record, leader: str) -> tuple[Field, ...]:
    """The coded fields of a CNMARC record as those of MARC 21; ``leader`` is the converted one."""
    general = (record.first("100", "a") or "").ljust(_GENERAL_LENGTH)
    audiences = [code for code in general[17:20] if code in codes("audiences")]
    positions = list("|" * _FIXED_LENGTH)
    positions[0:6] = general[2:8] if general[:8].isdigit() and general[:8] != _UNDATED else "000000"
    positions[6] = codes("dates").get(general[8], "|")
    positions[7:15] = general[9:17]
    positions[15:18] = _country(record)
    if books.is_book(leader):
        positions[22] = codes("audiences")[audiences[0]] if audiences else " "
        positions[28] = codes("government").get(general[20], "|")
        positions[32] = " "
        books.into_fixed_field(record, positions)
    positions[35:38] = _language(record)
    positions[38] = "x" if general[21] == "1" else " "
    return (
        Field("008", "".join(positions)),
        *_languages_to_marc21(record),
        *_countries_to_marc21(record),
        *(
            Field("385", "", "  ", (Subfield("b", code), Subfield("2", _FURTHER_AUDIENCES)))
            for code in audiences[1:]
        ),
    )


def to_cnmarc(record: Record) -> tuple[Field, ...]:
    """The coded fields of a MARC 21 record as those of CNMARC."""
    fixed = (record.first("008") or "").ljust(_FIXED_LENGTH)
    audience = codes_back("audiences").get(fixed[22]) or {"g": "m"}.get(fixed[22], "")
    audiences = audience + "".join(field.first("b") or "" for field in record.every("385") if is_ours(field))
    date = _OTHER_DATES.get(fixed[6]) or codes_back("dates").get(fixed[6], "u")
    government = codes_back("government").get(fixed[28], " ") if books.is_book(record.leader) else " "
    modified = "1" if fixed[38] not in " |" else "0"
    language = (record.first("040", "b") or "chi")[:3].ljust(3)
    general = (
        f"{_entered(fixed)}{date}{fixed[7:15]}{audiences[:3]:3}{government}{modified}{language}y50      "
        f"{_script(record)}"
    )
    return (
        Field("100", "", "  ", (Subfield("a", general),)),
        *_languages_to_cnmarc(record, fixed[35:38]),
        *_countries_to_cnmarc(record, fixed[15:18]),
        *(books.from_fixed_field(fixed) if books.is_book(record.leader) and record.first("008") else ()),
    )


def is_ours(field: Field) -> bool:
    """Whether a 385 holds an audience that 100/17-19 of CNMARC names beside the first."""
    return field.tag == "385" and field.first("2") == _FURTHER_AUDIENCES


def _entered(fixed: str) -> str:
    if not fixed[:6].isdigit() or fixed[:6] in ("000000", _UNDATED[2:]):
        return _UNDATED
    # MARC 21 has two digits of the year of entry; its records begin in 1968.
    return ("19" if fixed[:2] > "67" else "20") + fixed[:6]


def _script(record: Record) -> str:
    title = "".join(record.all("245", "a"))
    for first, last, script in _SCRIPTS:
        if any(first <= character <= last for character in title):
            return script
    return "ba" if title else "ea"


def _country(record: Record) -> str:
    found = codes("countries").get((record.first("102", "a") or "")[:2].upper(), "xx")
    return found.ljust(3)


def _language(record: Record) -> str:
    found = (record.first("101", "a") or "und").strip()
    return found if len(found) == 3 and found.isascii() else "und"


def _languages_to_marc21(record: Record) -> Iterator[Field]:
    """101 as 041, where it says more than 008/35-37 can."""
    table = codes("languages")
    for place, source in enumerate(record.every("101")):
        parts = tuple(
            Subfield(table[part.code], part.value) for part in source.subfields if part.code in table
        )
        plain = source.indicators == "0 " and len(parts) == 1 and parts[0].value == _language(record)
        if parts and (place or not plain):
            first = {"1": "1", "2": "1", "0": "0"}.get(source.indicators[0], " ")
            yield Field("041", "", f"{first} ", parts)


def _languages_to_cnmarc(record: Record, language: str) -> Iterator[Field]:
    table = codes_back("languages")
    found = list(record.every("041"))
    for source in found:
        parts = tuple(
            Subfield(table[part.code], part.value) for part in source.subfields if part.code in table
        )
        yield Field("101", "", f"{source.indicators[0]} ", parts)
    if not found and language.strip(" |"):
        yield Field("101", "", "0 ", (Subfield("a", language),))


def _countries_to_marc21(record: Record) -> Iterator[Field]:
    """102 as 044 with the country by ISO 3166 ($c) and its region ($b), where 008/15-17 cannot say it."""
    for place, source in enumerate(record.every("102")):
        parts = tuple(
            Subfield("c" if part.code == "a" else "b", part.value)
            for part in source.subfields
            if part.code in "ab"
        )
        plain = len(parts) == 1 and parts[0].code == "c" and parts[0].value in codes("countries")
        if parts and (place or not plain):
            yield Field("044", "", "  ", parts)


def _countries_to_cnmarc(record: Record, country: str) -> Iterator[Field]:
    found = list(record.every("044"))
    back = codes_back("countries")
    for source in found:
        parts = tuple(filter(None, (_country_part(part) for part in source.subfields)))
        if parts:
            yield Field("102", "", "  ", parts)
    if not found and (name := back.get(country.strip())):
        yield Field("102", "", "  ", (Subfield("a", name),))


def _country_part(part: Subfield) -> Subfield | None:
    match part.code:
        case "a":
            name = codes_back("countries").get(part.value.strip())
            return Subfield("a", name) if name else None
        case "b" | "c":
            return Subfield({"b": "b", "c": "a"}[part.code], part.value)
    return None
