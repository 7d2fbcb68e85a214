"""Entries as CNMARC records (GB/T 33286), in the dialect of the member."""

from __future__ import annotations

from hub.kernel.record import Field, Flavour, Record
from hub.simulation.demo import wording
from hub.simulation.demo.cataloguing import DEMO_NOTE, Entry
from hub.simulation.demo.fields import control, data, filled
from hub.simulation.demo.holdings_fields import holdings_fields
from hub.simulation.demo.works.reading import TRANSLATED
from hub.simulation.demo.works.values import Audience, Contributor

_LEADER = "00000nam0 2200000   450 "
_AUDIENCES = {
    Audience.GENERAL: "m",
    Audience.SCHOLARLY: "k",
    Audience.YOUTH: "d",
    Audience.CHILDREN: "c",
}
_COUNTRIES = {
    "eng": "GB",
    "fre": "FR",
    "ger": "DE",
    "ita": "IT",
    "spa": "ES",
    "rus": "RU",
    "jpn": "JP",
}
_REGIONS = {
    "南京": "320000",
    "北京": "110000",
    "上海": "310000",
    "杭州": "330000",
    "长沙": "430000",
    "成都": "510000",
    "广州": "440000",
    "武汉": "420000",
    "天津": "120000",
}


def cnmarc_record(entry: Entry) -> Record:
    """The record of an entry."""
    fields = [
        *_control(entry),
        *_numbers(entry),
        *_coded(entry),
        _title(entry),
        *_imprint(entry),
        *_notes(entry),
        *_subjects(entry),
        *_names(entry),
        data("801", " 0", ("a", "CN"), ("b", entry.habits.member), ("c", f"{entry.entered:%Y%m%d}")),
    ]
    holdings = holdings_fields(
        entry.habits.holdings, entry.copies, entry.habits.member, wording.price(entry.edition, entry.habits)
    )
    return Record(_LEADER, (*filled(fields), *holdings), Flavour.CNMARC)


def _control(entry: Entry) -> list[Field]:
    return [control("001", entry.identifier), control("005", f"{entry.modified:%Y%m%d%H%M%S}.0")]


def _numbers(entry: Entry) -> list[Field]:
    price = wording.price(entry.edition, entry.habits)
    fields = [
        data(
            "010",
            "  ",
            ("z" if number.wrong else "a", number.written),
            ("b", number.qualifier),
            ("d", "" if place else price),
        )
        for place, number in enumerate(entry.numbers)
    ]
    unified = data("091", "  ", ("a", entry.edition.unified_number))
    return [*(fields or [data("010", "  ", ("d", price))]), unified]


def _coded(entry: Entry) -> list[Field]:
    edition = entry.edition
    year = str(entry.year) if entry.year else "    "
    audience = _AUDIENCES[edition.work.audience]
    general = f"{entry.entered:%Y%m%d}d{year}    {audience}  y0chiy50      ea"
    original = edition.work.original.language if edition.work.original and edition.is_chinese else ""
    country = "CN" if edition.is_chinese else _COUNTRIES[edition.language]
    return [
        data("100", "  ", ("a", general)),
        data("101", "1 " if original else "0 ", ("a", edition.language), ("c", original)),
        data("102", "  ", ("a", country), ("b", _REGIONS.get(edition.publisher.place, ""))),
        data("105", "  ", ("a", "y   z   000yy")),
        data("106", "  ", ("a", "r")),
    ]


def _title(entry: Entry) -> Field:
    edition, habits = entry.edition, entry.habits
    title = entry.transcription.title
    number = wording.part(edition.part, habits) if edition.part else ""
    if number and habits.volumes == "in title":
        title, number = f"{title}（{number}）", ""
    first, *others = wording.statements(entry.transcription.people, edition, habits)
    romanised = wording.pinyin(edition.work.pinyin) if edition.is_chinese else ""
    return data(
        "200",
        "1 ",
        ("a", title),
        (habits.pinyin, romanised) if habits.pinyin in ("A", "9") else ("", ""),
        ("e", entry.transcription.subtitle),
        ("h", number),
        ("f", first),
        *(("g", other) for other in others),
    )


def _imprint(entry: Entry) -> list[Field]:
    edition, said = entry.edition, entry.transcription
    extent = wording.extent(edition, said.pages, entry.habits) if said.pages else ""
    return [
        data("205", "  ", ("a", wording.edition_statement(edition))),
        data("210", "  ", ("a", said.place), ("c", entry.publisher), ("d", entry.date)),
        data("215", "  ", ("a", extent), ("d", said.size)),
        data("225", "2 ", ("a", edition.series)),
    ]


def _notes(entry: Entry) -> list[Field]:
    edition = entry.edition
    original = edition.work.original if edition.is_chinese else None
    return [
        data("300", "  ", ("a", DEMO_NOTE)),
        # The set, by the embedded technique of UNIMARC: $1 with tag and indicators, then its subfields.
        data("461", " 0", *((("1", "2001 "), ("a", edition.work.title)) if edition.part else ())),
        data("500", "10", ("a", original.title if original else "")),
        *(data("517", "1 ", ("a", title)) for title in edition.work.other_titles if edition.is_chinese),
    ]


def _subjects(entry: Entry) -> list[Field]:
    work = entry.edition.work
    topic, *more = work.subjects
    return [
        data("606", "0 ", ("a", topic), *(("x", each) for each in more)),
        data("690", "  ", ("a", work.clc), ("v", "5")),
    ]


def _names(entry: Entry) -> list[Field]:
    edition = entry.edition
    if not edition.is_chinese and edition.work.original:
        return [data("701", " 1", ("a", each), ("4", "著")) for each in edition.work.original.by]
    return [_name(person, entry) for person in entry.transcription.people]


def _name(person: Contributor, entry: Entry) -> Field:
    habits = entry.habits
    secondary = person.role == TRANSLATED
    return data(
        "702" if secondary else "701",
        " 0",
        ("a", wording.name(person, entry.edition, habits)),
        (habits.pinyin, wording.pinyin(person.pinyin)) if habits.pinyin in ("A", "9") else ("", ""),
        ("c", f"({person.origin})" if person.origin else ""),
        ("4", person.role),
    )
