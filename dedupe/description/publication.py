"""Publication: place, publisher in its short form, years of edition and of printing, price."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, fold_letters, has_han, strip_isbd, words

_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d{3})")
_REPUBLIC_YEAR = re.compile(r"民[国國]\s*(\d{1,3})\s*年?")
_PRINTING = re.compile(
    r"(1[4-9]\d\d|20\d\d)\s*年?\s*(?:\d{1,2}\s*月)?\s*(?:第\s*\d+\s*次)?\s*(?:重?印|printing)|(?:reprint|impr)\D{0,12}(1[4-9]\d\d|20\d\d)",
    re.I,
)
_PRICE = re.compile(r"\d+(?:[.,]\d{1,2})?")
_CHINESE_TAIL = re.compile(
    r"(?:出版(?:发行)?(?:股份|集团|传媒|事业|文化)*(?:有限)?(?:责任)?(?:公司|社|集团|中心)?|(?:股份)?有限(?:责任)?公司)$"
)
_WESTERN_NOISE = frozenset(
    words(
        "verlag press publishing publishers publisher publications books book co company inc ltd limited gmbh"
        " ag cie sa spa editions edition editore edizioni editorial ed and und et the of for bei in sons"
    )
)
_DEMO_MARK = re.compile(r"[(\[【]\s*演示\s*[)\]】]")
_UNKNOWN = frozenset({"sn", "sl", "出版者不详", "出版地不详"})


@dataclass(frozen=True, slots=True)
class Publication:
    """Where, by whom and when. ``years`` are of the edition, ``printings`` of later printings of it."""

    place: str = ""
    publisher: str = ""
    publisher_form: str = ""  #: folded short form: 人民文学 for 人民文学出版社
    years: tuple[int, ...] = ()
    printings: tuple[int, ...] = ()
    price: str = ""  #: the amount without its currency, as written: "39.80"

    @property
    def year(self) -> int | None:
        """The year of the edition."""
        return self.years[0] if self.years else None


def read_publication(fields: Fields) -> Publication:
    """Read publication data; coded dates help out where the text has no year."""
    if fields.unimarc:
        place, publisher = fields.first("210", "a"), fields.first("210", "c")
        dates, printed = fields.all("210", "d"), fields.all("210", "h") + fields.all("300", "a")
        price = fields.first("010", "d")
    else:
        tag = "264" if any(fields.every("264")) else "260"
        place, publisher = fields.first(tag, "a"), fields.first(tag, "b")
        dates, printed = fields.all(tag, "c"), fields.all(tag, "g") + fields.all("500", "a")
        price = fields.first("020", "c")
    printings = tuple(dict.fromkeys(year for text in (*dates, *printed) for year in _printing_years(text)))
    years = _years(dates, printings) or _coded_years(fields)
    publisher = strip_isbd(publisher).strip("[]")
    return Publication(
        strip_isbd(place).strip("[]"), publisher, short_publisher(publisher), years, printings, _amount(price)
    )


def short_publisher(publisher: str) -> str:
    """The folded name without the words that every publisher has: 人民文学出版社 is 人民文学."""
    folded = _DEMO_MARK.sub("", fold(publisher))
    letters = fold_letters(folded)
    if letters in _UNKNOWN:
        return ""
    if has_han(folded):
        short = _CHINESE_TAIL.sub("", letters)
        return _CHINESE_TAIL.sub("", short) or short or letters
    kept = [word for word in words(folded) if word not in _WESTERN_NOISE]
    return " ".join(kept) or folded.strip()


def _printing_years(text: str) -> list[int]:
    return [int(first or second) for first, second in _PRINTING.findall(text)]


def _years(dates: list[str], printings: tuple[int, ...]) -> tuple[int, ...]:
    found: list[int] = []
    for date in dates:
        plain = fold(date)
        if republic := _REPUBLIC_YEAR.search(plain):
            found.append(1911 + int(republic.group(1)))
        found += [int(year) for year in _YEAR.findall(plain)]
    of_edition = [year for year in dict.fromkeys(found) if year not in printings]
    return tuple(of_edition or dict.fromkeys(found))[:4]


def _coded_years(fields: Fields) -> tuple[int, ...]:
    coded = fields.coded
    text = coded[9:17] if fields.unimarc else coded[7:15]
    halves = (text[:4], text[4:])
    return tuple(int(half) for half in halves if half.isdecimal() and 1400 <= int(half) <= 2099)


def _amount(price: str) -> str:
    match = _PRICE.search(fold(price))
    return match.group().replace(",", ".") if match else ""
