"""Leader and coded data: 100, 101, 102 and the 008, position by position."""

from __future__ import annotations

from hub.kernel.record import Field, Record, Subfield

DATE_TYPES = {
    "a": "c",
    "b": "d",
    "c": "u",
    "d": "s",
    "e": "r",
    "f": "q",
    "g": "m",
    "h": "t",
    "i": "p",
    "j": "e",
}
AUDIENCES = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "f", "m": "e"}
# ISO 3166 of field 102 and the MARC country codes of 008/15-17.
COUNTRIES = {
    "CN": "cc ", "TW": "ch ", "HK": "hk ", "MO": "mh ", "US": "xxu", "GB": "xxk", "JP": "ja ", "FR": "fr ",
    "DE": "gw ", "RU": "ru ", "KR": "ko ", "SG": "si ", "CA": "xxc", "IT": "it ", "ES": "sp ", "NL": "ne ",
    "CH": "sz ", "AU": "at ", "IN": "ii ",
}  # fmt: skip
RECORD_TYPES = {"b": "t", "l": "m", "m": "o"}

_FIXED_LENGTH = 40
_GENERAL_LENGTH = 36
_DATES_BACK = {marc21: cnmarc for cnmarc, marc21 in DATE_TYPES.items()} | {
    "n": "u",
    "|": "u",
    "i": "g",
    "k": "g",
}
_AUDIENCES_BACK = {marc21: cnmarc for cnmarc, marc21 in AUDIENCES.items()} | {"g": "m"}
_COUNTRIES_BACK = {marc21: iso for iso, marc21 in COUNTRIES.items()}
_RECORD_TYPES_BACK = {marc21: cnmarc for cnmarc, marc21 in RECORD_TYPES.items()}


def leader_to_marc21(leader: str) -> str:
    """The leader with type, charset and cataloguing form as MARC 21 writes them."""
    form = "i" if leader[18] == " " else " "
    kind = RECORD_TYPES.get(leader[6], leader[6])
    return f"{leader[:6]}{kind}{leader[7]} a22{leader[12:17]}{leader[17]}{form} 4500"


def leader_to_cnmarc(leader: str) -> str:
    """The leader with type and cataloguing form as CNMARC writes them; charset stays blank."""
    form = " " if leader[18] in "ai" else "n"
    kind = _RECORD_TYPES_BACK.get(leader[6], leader[6])
    return f"{leader[:6]}{kind}{leader[7]}  22{leader[12:17]}{leader[17]}{form} 450 "


def fixed_field(record: Record) -> Field:
    """The 008 that says what 100, 101 and 102 say; unknown positions are blank."""
    general = (record.first("100", "a") or "").ljust(_GENERAL_LENGTH)
    country = COUNTRIES.get((record.first("102", "a") or "")[:2].upper(), "xx ")
    language = (record.first("101", "a") or "und").strip()[:3].ljust(3)
    positions = list(" " * _FIXED_LENGTH)
    positions[0:6] = general[2:8] if general[:8].isdigit() else "000000"
    positions[6] = DATE_TYPES.get(general[8], "|")
    positions[7:15] = general[9:17]
    positions[15:18] = country
    positions[22] = next((AUDIENCES[code] for code in general[17:20] if code in AUDIENCES), " ")
    positions[35:38] = language
    return Field("008", "".join(positions))


def general_data(record: Record) -> tuple[Field, ...]:
    """The 100, 101 and 102 that say what 008 and 041 say."""
    fixed = (record.first("008") or "").ljust(_FIXED_LENGTH)
    # MARC 21 has two digits of the year of entry; its records begin in 1968.
    century = "19" if fixed[:2] > "67" else "20"
    entered = century + fixed[:6] if fixed[:6].isdigit() else "00010101"
    audience = _AUDIENCES_BACK.get(fixed[22], " ")
    dates = f"{_DATES_BACK.get(fixed[6], 'u')}{fixed[7:15]}"
    general = f"{entered}{dates}{audience}  y0chiy50      ea".ljust(_GENERAL_LENGTH)
    fields = [Field("100", "", "  ", (Subfield("a", general),)), _languages(record, fixed[35:38])]
    if country := _COUNTRIES_BACK.get(fixed[15:18]):
        fields.append(Field("102", "", "  ", (Subfield("a", country),)))
    return tuple(fields)


def languages_to_marc21(source: Field) -> tuple[Field, ...]:
    """101 as 041, where it says more than 008/35-37 can."""
    codes = {"a": "a", "b": "k", "c": "h"}
    parts = tuple(Subfield(codes[part.code], part.value) for part in source.subfields if part.code in codes)
    if len(parts) < 2:
        return ()
    return (Field("041", "", ("1" if source.indicators[0] in "12" else "0") + " ", parts),)


def _languages(record: Record, language: str) -> Field:
    codes = {"a": "a", "k": "b", "h": "c"}
    found = next(record.every("041"), None)
    if found is None:
        return Field("101", "", "0 ", (Subfield("a", language.strip() or "und"),))
    parts = tuple(Subfield(codes[part.code], part.value) for part in found.subfields if part.code in codes)
    return Field("101", "", ("1" if found.indicators[0] == "1" else "0") + " ", parts)
