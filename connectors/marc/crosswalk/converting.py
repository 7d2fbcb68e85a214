"""A whole record from one flavour into the other, and what of it has no place there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.marc.crosswalk import coded, links, names, rules, scripts, titles
from connectors.marc.crosswalk.rules import Outcome
from hub.kernel.identifiers import unified_book_number
from hub.kernel.record import Field, Flavour, Record, Subfield

_SAME = ("001", "005")
_CODED_CNMARC = ("100", "102")
_CODED_MARC21 = ("008", "041")
_AGENCY_CODES = {"0": "a", "1": "c", "2": "d", "3": "d"}


@dataclass(frozen=True, slots=True)
class Converted:
    """A record in the other flavour; ``not_carried`` names fields (``905``) and subfields (``200$v``)."""

    record: Record
    not_carried: tuple[str, ...]


class _Collector:
    """Gathers converted fields and the names of what was left behind."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.lost: dict[str, None] = {}

    def take(self, source: Field, outcome: Outcome | None) -> tuple[Field, ...]:
        if outcome is None:
            self.lost[source.tag] = None
            return ()
        self.lost.update((f"{source.tag}${code}", None) for code in outcome.not_carried)
        return outcome.fields

    def converted(self, leader: str, flavour: Flavour) -> Converted:
        ordered = tuple(sorted(self.fields, key=lambda field: field.tag))
        return Converted(Record(leader, ordered, flavour), tuple(self.lost))


def to_marc21(record: Record) -> Converted:
    """A CNMARC (or UNIMARC) record as MARC 21. A MARC 21 record comes back as it is."""
    if record.flavour is Flavour.MARC21:
        return Converted(record, ())
    collector = _Collector()
    collector.fields.append(coded.fixed_field(record))
    main = next((field for field in record.every("700", "701", "710", "711") if field.first("a")), None)
    for field in record.fields:
        if field.tag in _SAME:
            collector.fields.append(field)
        elif field.tag not in (*_CODED_CNMARC, "801"):
            produced = collector.take(field, _field_to_marc21(field, main))
            collector.fields.extend(_with_pinyin(field, produced, len(collector.fields)))
    collector.fields.extend(_agencies_to_marc21(record))
    return collector.converted(coded.leader_to_marc21(record.leader), Flavour.MARC21)


def to_cnmarc(record: Record) -> Converted:
    """A MARC 21 record as CNMARC. A CNMARC or UNIMARC record comes back as it is."""
    if record.flavour is not Flavour.MARC21:
        return Converted(record, ())
    collector = _Collector()
    collector.fields.extend(coded.general_data(record))
    for field in scripts.united(record):
        if field.tag in _SAME:
            collector.fields.append(field)
        elif field.tag not in (*_CODED_MARC21, "040"):
            collector.fields.extend(collector.take(field, _field_to_cnmarc(field)))
    collector.fields.extend(_agencies_to_cnmarc(record))
    return collector.converted(coded.leader_to_cnmarc(record.leader), Flavour.CNMARC)


def _field_to_marc21(field: Field, main: Field | None) -> Outcome | None:
    match field.tag:
        case "101":
            return Outcome(coded.languages_to_marc21(field))
        case "200":
            return titles.title_to_marc21(field)
        case "210":
            return titles.imprint_to_marc21(field)
        case "327":
            return titles.contents_to_marc21(field)
    if field.tag in names.PERSONS + names.BODIES:
        return names.name_to_marc21(field, main=field is main)
    if field.tag in links.TO_MARC21:
        return links.link_to_marc21(field)
    return rules.to_marc21(_without_pinyin(field))


def _field_to_cnmarc(field: Field) -> Outcome | None:
    match field.tag:
        case "245":
            return _with_ninth(field, titles.title_to_cnmarc(field))
        case "260" | "264":
            return titles.imprint_to_cnmarc(field)
        case "505":
            return titles.contents_to_cnmarc(field)
        case "024" if field.indicators[0] == "8" and not unified_book_number(field.first("a") or ""):
            return None
    if field.tag in names.MARC21_NAMES:
        return names.name_to_cnmarc(field)
    if field.tag in links.TO_CNMARC:
        return links.link_to_cnmarc(field)
    return rules.to_cnmarc(_without_pinyin(field))


def _with_pinyin(source: Field, produced: tuple[Field, ...], number: int) -> Iterable[Field]:
    pinyin = source.first("9") or source.first("A")
    if pinyin and len(produced) == 1 and source.tag in ("200", *names.PERSONS, *names.BODIES):
        return scripts.with_pinyin(produced[0], pinyin, number % 100)
    return produced


def _with_ninth(source: Field, outcome: Outcome) -> Outcome:
    """The title with the pinyin that its 880 gave it, behind the title proper."""
    pinyin = source.first("9")
    if pinyin is None or not outcome.fields:
        return outcome
    title = outcome.fields[0]
    parts = (title.subfields[0], Subfield("9", pinyin), *title.subfields[1:])
    lost = tuple(code for code in outcome.not_carried if code != "9")
    return Outcome((Field(title.tag, "", title.indicators, parts),), lost)


def _without_pinyin(field: Field) -> Field:
    """Headings and notes keep no pinyin on the other side: it can be made again from the text."""
    kept = tuple(part for part in field.subfields if part.code not in ("9", "A"))
    return Field(field.tag, field.value, field.indicators, kept)


def _agencies_to_marc21(record: Record) -> list[Field]:
    parts = [
        Subfield(_AGENCY_CODES[field.indicators[1]], agency)
        for field in record.every("801")
        if field.indicators[1] in _AGENCY_CODES and (agency := field.first("b"))
    ]
    if not parts:
        return []
    language = (record.first("100", "a") or "")[22:25]
    if language.isalpha():
        parts.insert(1, Subfield("b", language))
    return [Field("040", "", "  ", tuple(parts))]


def _agencies_to_cnmarc(record: Record) -> list[Field]:
    roles = {"a": "0", "c": "1", "d": "2"}
    return [
        Field("801", "", f" {roles[part.code]}", (Subfield("b", part.value),))
        for field in record.every("040")
        for part in field.subfields
        if part.code in roles
    ]
