"""Entries as MARC 21 records, in the dialect of the member."""

from __future__ import annotations

from hub.kernel.record import Field, Flavour, Record
from hub.simulation.demo import wording
from hub.simulation.demo.cataloguing import DEMO_NOTE, Entry
from hub.simulation.demo.fields import control, data, filled
from hub.simulation.demo.holdings_fields import holdings_fields
from hub.simulation.demo.works.values import Audience

_LEADER = "00000nam  2200000 i 4500"
_AUDIENCES = {Audience.GENERAL: "g", Audience.SCHOLARLY: " ", Audience.YOUTH: "d", Audience.CHILDREN: "b"}
_COUNTRIES = {
    "chi": "cc ",
    "eng": "enk",
    "fre": "fr ",
    "ger": "gw ",
    "ita": "it ",
    "spa": "sp ",
    "rus": "ru ",
    "jpn": "ja ",
}


def marc21_record(entry: Entry) -> Record:
    """The record of an entry."""
    fields = [
        *_control(entry),
        *_numbers(entry),
        *_languages(entry),
        *_title(entry),
        *_imprint(entry),
        *_notes(entry),
        *_subjects(entry),
        *_names(entry),
    ]
    holdings = holdings_fields(
        entry.habits.holdings, entry.copies, entry.habits.member, wording.price(entry.edition, entry.habits)
    )
    return Record(_LEADER, (*filled(fields), *holdings), Flavour.MARC21)


def _control(entry: Entry) -> list[Field]:
    edition = entry.edition
    year = str(entry.year) if entry.year else "uuuu"
    coded = (
        f"{entry.entered:%y%m%d}s{year}    {_COUNTRIES[edition.language]}    "
        f"{_AUDIENCES[edition.work.audience]}      000 {1 if edition.work.clc.startswith('I') else 0} "
        f"{edition.language} d"
    )
    return [
        control("001", entry.identifier),
        control("003", entry.habits.member),
        control("005", f"{entry.modified:%Y%m%d%H%M%S}.0"),
        control("008", coded),
    ]


def _numbers(entry: Entry) -> list[Field]:
    price = wording.price(entry.edition, entry.habits)
    fields = [
        data(
            "020",
            "  ",
            ("z" if number.wrong else "a", number.written),
            ("q", number.qualifier),
            ("c", "" if place else price),
        )
        for place, number in enumerate(entry.numbers)
    ]
    unified = entry.edition.unified_number
    return [*fields, data("024", "8 ", ("a", unified), ("q", "统一书号" if unified else ""))]


def _languages(entry: Entry) -> list[Field]:
    edition = entry.edition
    original = edition.work.original if edition.is_chinese else None
    translation = (("a", edition.language), ("h", original.language)) if original else ()
    return [
        data("040", "  ", ("a", entry.habits.member), ("b", "chi"), ("c", entry.habits.member)),
        data("041", "1 ", *translation),
        data("084", "  ", ("a", edition.work.clc), ("2", "clc")),
    ]


def _title(entry: Entry) -> list[Field]:
    edition, habits = entry.edition, entry.habits
    proper = _title_proper(entry)
    romanised = wording.pinyin(edition.work.pinyin) if edition.is_chinese else ""
    if habits.pinyin == "880" and romanised:
        # Romanised where MARC 21 sorts it, in its own script beside it.
        return [
            data("245", "10", ("6", "880-01"), ("a", romanised.capitalize())),
            data("880", "10", ("6", "245-01/$1"), *proper),
        ]
    variant = data("246", "3 ", ("a", romanised if habits.pinyin == "246" else ""))
    return [data("245", "10", *proper), variant]


def _title_proper(entry: Entry) -> list[tuple[str, str]]:
    """The subfields of the title, with the punctuation of ISBD before the next one."""
    edition, habits = entry.edition, entry.habits
    title, rest = entry.transcription.title, entry.transcription.subtitle
    number = wording.part(edition.part, habits) if edition.part else ""
    parts = [("a", f"{title}."), ("n", number)] if number else [("a", title)]
    if rest:
        code, text = parts[-1]
        parts[-1:] = [(code, f"{text} :"), ("b", rest)]
    code, text = parts[-1]
    return [
        *parts[:-1],
        (code, f"{text} /"),
        ("c", " ; ".join(wording.statements(entry.transcription.people, edition, habits))),
    ]


def _imprint(entry: Entry) -> list[Field]:
    edition, said = entry.edition, entry.transcription
    extent = wording.extent(edition, said.pages, entry.habits) if said.pages else ""
    return [
        data("250", "  ", ("a", wording.edition_statement(edition))),
        data(
            "264",
            " 1",
            ("a", f"{said.place} :" if said.place else ""),
            ("b", f"{entry.publisher},"),
            ("c", f"{entry.date}." if entry.date else ""),
        ),
        data("300", "  ", ("a", f"{extent} ;" if extent and said.size else extent), ("c", said.size)),
        data("490", "0 ", ("a", edition.series)),
    ]


def _notes(entry: Entry) -> list[Field]:
    edition = entry.edition
    original = edition.work.original if edition.is_chinese else None
    uniform = (("a", original.title), ("l", "Chinese")) if original else ()
    return [
        data("240", "10", *uniform),
        data("500", "  ", ("a", DEMO_NOTE)),
        *(data("246", "3 ", ("a", title)) for title in edition.work.other_titles if edition.is_chinese),
    ]


def _subjects(entry: Entry) -> list[Field]:
    topic, *more = entry.edition.work.subjects
    return [data("650", " 4", ("a", topic), *(("x", each) for each in more))]


def _names(entry: Entry) -> list[Field]:
    edition, habits = entry.edition, entry.habits
    if not edition.is_chinese and edition.work.original:
        first, *others = edition.work.original.by
        return [
            data("100", "1 ", ("a", first), ("e", "author")),
            *(data("700", "1 ", ("a", each), ("e", "author")) for each in others),
        ]
    return [
        data(
            "700" if place else "100",
            "1 ",
            ("a", wording.name(person, edition, habits)),
            ("c", f"({person.origin})" if person.origin else ""),
            ("e", person.role),
        )
        for place, person in enumerate(entry.transcription.people)
    ]
