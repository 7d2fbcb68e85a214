"""Accession numbers written as ranges: ``20295403-5408`` stands for six volumes."""

from __future__ import annotations

import re

# A range that would give more than this is a typing error, not a purchase.
MAX_RANGE = 1000
# Nor does one subfield list more than this: ranges beyond it are not written out.
MAX_NUMBERS = 10_000
# Digits of an accession number; longer runs of digits are no numbers.
_MAX_DIGITS = 40

_SEPARATORS = re.compile(r"[,;，；、\s]+")
_RANGE = re.compile(r"([A-Za-z]*)(\d+)\s*[-~－—–]\s*\1?(\d+)")


def expand(text: str) -> tuple[str, ...]:
    """The numbers that the text lists, ranges written out with their leading zeros.

    The end of a range may leave out the digits it shares with the start. What is no sound range
    (descending, longer than ``MAX_RANGE``, or beyond ``MAX_NUMBERS`` in all) is kept as written.
    """
    numbers: list[str] = []
    for part in _SEPARATORS.split(text.strip()):
        match = _RANGE.fullmatch(part) if len(numbers) < MAX_NUMBERS else None
        numbers.extend(_range(*match.groups()) or (part,) if match else (part,))
    return tuple(number for number in numbers if number)


def is_range(text: str) -> bool:
    """Whether the text holds at least one sound range."""
    return any(_RANGE.fullmatch(part) and len(expand(part)) > 1 for part in _SEPARATORS.split(text.strip()))


def _range(prefix: str, start: str, end: str) -> tuple[str, ...]:
    if not len(end) <= len(start) <= _MAX_DIGITS:
        return ()
    first, last = int(start), int(start[: len(start) - len(end)] + end)
    if not first <= last < first + MAX_RANGE:
        return ()
    return tuple(f"{prefix}{number:0{len(start)}d}" for number in range(first, last + 1))
