"""The day a copy is due, out of the texts that systems print."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_NAMED: Final = re.compile(r"\b([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})\b")
_NAMED_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2})[\s-]([A-Za-z]{3})[a-z]*\.?,?[\s-](\d{4})\b")
_LONGEST: Final = 200


def due_date(text: str, order: str = "") -> date | None:
    """The day in a text; None where there is none, or where it could be either of two.

    Args:
        text: As printed: 2023-03-12, 2026年12月1日, Dec 15 2023, DUE 01-11-23, 01/25/2023.
        order: How the system writes a date whose year stands last, ``mdy`` or ``dmy``; "" where nobody said,
            so that 01-11-23 stays unread and 01/25/2023 is read.
    """
    text = text[:_LONGEST]
    if found := _YEAR_FIRST.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED.search(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    if found := _NAMED_DAY_FIRST.search(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _YEAR_LAST.search(text):
        return _year_last(int(found[1]), int(found[2]), int(found[3]), order)
    return None


def _year_last(first: int, second: int, year: int, order: str) -> date | None:
    year += 2000 if year < 100 else 0
    month_first, day_first = _day(year, first, second), _day(year, second, first)
    if order == "mdy":
        return month_first
    if order == "dmy":
        return day_first
    if month_first is not None and day_first is not None and month_first != day_first:
        return None
    return month_first or day_first


def _month(name: str) -> int:
    """1 to 12; 0, which is no month, for another word."""
    return _MONTHS.index(name.casefold()) + 1 if name.casefold() in _MONTHS else 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
