"""Records to measure with: any number of them, always the same, Chinese and Western, two of each edition.

Owns: invented editions and how two cataloguers would write each. Must not: be taken for real records.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import to_iso2709
from hub.kernel.record import Field, Flavour, Record, Subfield

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class MadeEdition:
    """An invented edition."""

    number: int
    chinese: bool
    title: str
    subtitle: str
    author: str
    place: str
    publisher: str
    year: int
    isbn: str
    pages: int
    price: str
    classes: str
    subjects: tuple[str, ...]


def made_edition(number: int) -> MadeEdition:
    """The edition of this number; two of three are Chinese."""
    chance = Random(number)
    chinese = number % 3 != 2
    words = _words()["chinese" if chinese else "english"]
    surname, given = chance.choice(words["surname"]), chance.choice(words["given"])
    place, publisher = chance.choice(words["publisher"]).split("：")
    return MadeEdition(
        number=number,
        chinese=chinese,
        title=_title(chance, words, chinese=chinese),
        subtitle=("" if chinese else " ").join((_often(chance, words), _often(chance, words))),
        author=f"{surname}{given}" if chinese else f"{surname}, {given}",
        place=place,
        publisher=publisher,
        year=chance.randint(1975, 2025),
        isbn=_isbn(number, chinese=chinese),
        pages=chance.randint(80, 900),
        price=f"CNY{chance.randint(12, 168)}.00",
        classes=chance.choice(_words()["chinese"]["class"]),
        subjects=(_often(chance, words), _often(chance, words)),
    )


@cache
def _words() -> Mapping[str, Words]:
    found = tomllib.loads(files("hub.benchmarks").joinpath("words.toml").read_text("utf-8"))
    return {
        language: {name: words.split() if isinstance(words, str) else words for name, words in lists.items()}
        for language, lists in found.items()
    }


def made_record(number: int) -> Record:
    """The record of this number: 2n and 2n+1 are the same edition, written by two cataloguers."""
    edition, second = divmod(number, 2)
    made = made_edition(edition)
    return _cnmarc(made, number, second) if made.chinese else _marc21(made, number, second)


def write_file(path: Path, count: int) -> None:
    """Write the first ``count`` records as ISO 2709 in UTF-8, one after the other."""
    with path.open("wb") as file:
        for number in range(count):
            file.write(to_iso2709(made_record(number)))


def records_of(file: Path | None, count: int) -> Iterable[Record]:
    """The first ``count`` readable records of ``file``, or made ones where there is no file."""
    return _readable(file, count) if file is not None else map(made_record, range(count))


def _readable(file: Path, count: int) -> Iterator[Record]:
    left = count
    for piece in read_file(file):
        if left == 0:
            return
        outcome = read(piece)
        if isinstance(outcome, ReadRecord):
            left -= 1
            yield outcome.record


def _title(chance: Random, words: Words, *, chinese: bool) -> str:
    if chinese:
        return _often(chance, words) + _often(chance, words) + chance.choice(words["kind"])
    return f"The {_often(chance, words)} of {_often(chance, words)} and {_often(chance, words)}"


def _often(chance: Random, words: Words) -> str:
    """A word for a title; the first ones come oftener, as in any language."""
    listed = words["title"]
    return listed[int(len(listed) * chance.random() ** 2)]


def _isbn(number: int, *, chinese: bool) -> str:
    body = f"978{7 if chinese else 0}{number % 100_000_000:08d}"
    check = -sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(body)) % 10
    return f"{body}{check}"


def _cnmarc(made: MadeEdition, number: int, second: int) -> Record:
    title = _field("200", "1 ", a=made.title, e=made.subtitle, f=f"{made.author}{'编著' if second else '著'}")
    fields = (
        Field("001", f"{number:09d}"),
        Field("005", f"{made.year}0102030405.0"),
        _field("010", "  ", a=_hyphens(made.isbn) if second else made.isbn, d=made.price),
        _field("100", "  ", a=f"{made.year}0101d{made.year}    em y0chiy50      ea"),
        _field("101", "0 ", a="chi"),
        title,
        _field("210", "  ", a=made.place, c=made.publisher, d=f"{made.year}.{1 + second}"),
        _field("215", "  ", a=f"{made.pages}页", d="21cm" if second else "20cm"),
        _field("330", "  ", a=f"本书论述{made.subjects[0]}与{made.subjects[1]}。"),
        *(_field("606", "0 ", a=subject, x="研究") for subject in made.subjects),
        _field("690", "  ", a=made.classes, v="5"),
        _field("701", " 0", a=made.author, **{"4": "著"}),
        _field("801", " 0", a="CN", b="JLT", c=f"{made.year}0601"),
        _field(
            "905", "  ", a="JLT", b=f"A{number:08d}", d=made.classes, e=str(number % 997), f=_shelf(number)
        ),
    )
    return Record("00000nam0 2200000   450 ", fields, Flavour.CNMARC)


def _marc21(made: MadeEdition, number: int, second: int) -> Record:
    year = str(made.year)
    fields = (
        Field("001", f"{number:09d}"),
        Field("005", f"{year}0102030405.0"),
        Field("008", f"000101s{year}    enk           000 0 eng d"),
        _field("020", "  ", a=_hyphens(made.isbn) if second else made.isbn, c=made.price),
        _field("041", "0 ", a="eng"),
        _field("100", "1 ", a=made.author),
        _field("245", "14", a=f"{made.title} :", b=f"{made.subtitle} /", c=made.author),
        _field(
            "264" if second else "260", " 1", a=f"{made.place} :", b=f"{made.publisher},", c=str(made.year)
        ),
        _field("300", "  ", a=f"{made.pages} p. ;", c="24 cm"),
        _field("520", "  ", a=f"On {made.subjects[0]} and {made.subjects[1]}."),
        *(_field("650", " 0", a=subject.capitalize(), x="History") for subject in made.subjects),
        _field("852", "  ", a="JLT", b=_shelf(number), h=made.classes, p=f"B{number:08d}"),
    )
    return Record("00000nam a2200000 i 4500", fields, Flavour.MARC21)


def _field(tag: str, indicators: str, **subfields: str) -> Field:
    return Field(tag, "", indicators, tuple(Subfield(code, value) for code, value in subfields.items()))


def _hyphens(isbn: str) -> str:
    return f"{isbn[:3]}-{isbn[3]}-{isbn[4:8]}-{isbn[8:12]}-{isbn[12]}"


def _shelf(number: int) -> str:
    shelves = _words()["chinese"]["shelf"]
    return shelves[number % len(shelves)]
