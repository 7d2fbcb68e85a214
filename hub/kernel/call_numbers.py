"""Call numbers (索书号) in the order of the shelf, and the class of a CLC (中图法) number.

A call number is a class, then a book number, then marks of volume, edition or copy:
``I247.57/N2338:2``. Each library numbers for itself, so a call number belongs to a holding.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# CLC auxiliary symbols in the order in which numbers with the same main class stand on the shelf,
# all before any further digit. Each becomes one byte below "0"; a space ends the class.
AUXILIARY_ORDER = '-("=<+:'

_MAIN_CLASSES = frozenset("ABCDEFGHIJKNOPQRSTUVXZ")
_CLC_CLASS = re.compile(r"\[?([A-Z]{1,2})(\d[\d.]*)?")
_CLASS_END = re.compile(r"[/\s]+")
_LC_CLASS = re.compile(r"((?!T)[A-Z]{2,3}|[LMWY])(\d+)(.*)")
_TOKEN = re.compile(r"\d+|[a-z]+|[^\da-z\s]")
_BOOK_NUMBER = re.compile(r"[A-Z]*[\d.]*")
_RANK = {symbol: chr(ord("!") + rank) for rank, symbol in enumerate(AUXILIARY_ORDER)}
_RUNNING_NUMBER_WIDTH = 8


def shelf_key(call_number: str) -> str:
    """A key whose plain string order is the order of the shelf.

    The class ends at the first slash or space. It is compared as decimals (CLC's dots are a reading
    aid), with auxiliary symbols in ``AUXILIARY_ORDER``; a purely numeric book number (种次号) counts
    as a whole number, a lettered one (著者号, 四角号码) as letters and decimals; what follows in
    whole numbers. Compare bytewise.
    """
    text = _plain(call_number)
    classification, rest = [*_CLASS_END.split(text, maxsplit=1), ""][:2]
    book, marks = _split_book_number(rest)
    return " ".join((_class_key(classification), _book_key(book), _marks_key(marks))).rstrip()


def clc_class(call_number: str) -> str | None:
    """The main class number at the head of a CLC number, without auxiliaries: ``I247.57``.

    Accepts a call number, a list of numbers (the first counts) or a number in brackets. None when
    it does not begin with one of the 22 classes, or with two letters outside class T.
    """
    match = _CLC_CLASS.match(_plain(call_number))
    if match is None:
        return None
    letters, digits = match.groups()
    if letters[0] not in _MAIN_CLASSES or (len(letters) == 2 and letters[0] != "T"):
        return None
    return letters + (digits or "").rstrip(".")


def clc_path(call_number: str) -> tuple[str, ...]:
    """The classes from the main class down to the third level: ``("I", "I2", "I24")``.

    Class T descends through its two letters: ``("T", "TP", "TP3")``. Empty when it is no CLC number.
    """
    found = clc_class(call_number)
    return tuple(found[:length] for length in range(1, min(3, len(found)) + 1)) if found else ()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


@lru_cache(maxsize=4096)  # a library has some thousand classes, and many books in each
def _class_key(text: str) -> str:
    if library_of_congress := _LC_CLASS.match(text):
        # LC numbers are whole numbers, not decimals: PS99 stands before PS3556.
        letters, number, rest = library_of_congress.groups()
        text = f"{letters}{number.zfill(4)}{rest}"
    return "".join(_RANK.get(character, character) for character in text if character not in ".[]")


def _split_book_number(text: str) -> tuple[str, str]:
    match = _BOOK_NUMBER.match(text)
    end = match.end() if match else 0
    return text[:end], text[end:]


def _book_key(book: str) -> str:
    return book.zfill(_RUNNING_NUMBER_WIDTH) if book.isdecimal() else book


def _marks_key(marks: str) -> str:
    tokens = _TOKEN.findall(marks.lower()) if marks else ()
    return "".join(token.zfill(_RUNNING_NUMBER_WIDTH) if token.isdecimal() else token for token in tokens)
