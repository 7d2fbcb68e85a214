"""Identifiers with their check digits: what a shared number says, and whether it is the set's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, fold_letters
from hub.kernel.identifiers import isbn13, issn, unified_book_number

_SET = re.compile(r"\bset\b|\(set\)|套|全\d*[册卷]|\bgesamt|\bwerk\b|\bcompl|\boeuvre complete")
_OTHER_FORM = re.compile(r"e-?book|ebook|pdf|epub|online|electronic|elektronisch|电子")
_OCLC = re.compile(r"\(ocolc\)\s*(?:ocm|ocn|on)?0*(\d+)")
_LCCN = re.compile(r"([a-z]{0,3})\s*(\d{2,4})-?(\d{4,6})")
_MOST = 12


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Valid numbers only, each in its standard form."""

    isbns: tuple[str, ...] = ()
    set_isbns: tuple[str, ...] = ()  #: said to be of the whole set
    issns: tuple[str, ...] = ()
    unified: tuple[str, ...] = ()  #: 统一书号
    lccns: tuple[str, ...] = ()
    oclc: tuple[str, ...] = ()
    publisher_numbers: tuple[str, ...] = ()  #: plate and publisher numbers of music, ISMN


def read_identifiers(fields: Fields) -> Identifiers:
    """Read the numbers; those with a wrong check digit are left out."""
    isbns, set_isbns = _isbns(fields)
    return Identifiers(
        isbns,
        set_isbns,
        _unique(map(issn, fields.all("011" if fields.unimarc else "022", "a"))),
        _unique(map(unified_book_number, fields.all("091" if fields.unimarc else "024", "a"))),
        () if fields.unimarc else _unique(map(_lccn, fields.all("010", "a"))),
        () if fields.unimarc else _unique(map(_oclc, fields.all("035", "a"))),
        _publisher_numbers(fields),
    )


def _isbns(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    tag, qualifiers = ("010", "b") if fields.unimarc else ("020", "q")
    single: dict[str, None] = {}
    whole: dict[str, None] = {}
    for field in fields.every(tag):
        for value in field.all("a"):
            number = isbn13(value)
            if number is None:
                continue
            said = fold(" ".join((value, *field.all(qualifiers))))
            if _SET.search(said):
                whole[number] = None
            elif not _OTHER_FORM.search(said):
                single[number] = None
    return tuple(single)[:_MOST], tuple(number for number in whole if number not in single)[:_MOST]


def _publisher_numbers(fields: Fields) -> tuple[str, ...]:
    tag = "071" if fields.unimarc else "028"
    numbers = fields.all(tag, "a") + ([] if fields.unimarc else _ismn(fields))
    return _unique(form if len(form) >= 3 else None for form in map(fold_letters, numbers))


def _ismn(fields: Fields) -> list[str]:
    return [value for field in fields.every("024") if field.indicators[:1] == "2" for value in field.all("a")]


def _lccn(text: str) -> str | None:
    match = _LCCN.search(fold(text))
    return f"{match.group(1)}{match.group(2)}{match.group(3).zfill(6)}" if match else None


def _oclc(text: str) -> str | None:
    match = _OCLC.search(fold(text))
    return match.group(1) if match else None


def _unique(values: Iterable[str | None]) -> tuple[str, ...]:
    found = dict.fromkeys(value for value in values if value)
    return tuple(found)[:_MOST]
