"""Standard numbers of publications: ISBN, ISSN and the Chinese unified book number (统一书号).

Owns: finding one in the text of a field, checking it and writing it in its standard forms.
Must not: know which field a number came from.
"""

from __future__ import annotations

import re
import unicodedata

_ISBN_13 = re.compile(r"(?<!\d)97[89](?:[ -]?\d){10}(?!\d)")
_ISBN_10 = re.compile(r"(?:(?<![\dA-Za-z])|(?<=(?i:ISBN)))\d(?:[ -]?\d){8}[ -]?[\dXx](?![\dA-Za-z])")
_ISSN = re.compile(r"(?<![\dA-Za-z-])(\d{4})[ -]?(\d{3}[\dXx])(?![\dA-Za-z])")
_UNIFIED_BOOK_NUMBER = re.compile(r"(?<!\d)(1[0-7]|[1-9])(\d{3}) ?[.·•・‧∙] ?(\d{1,5})(?!\d)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))

# Registrant ranges of the Chinese group 978-7: the number of digits in the publisher's part,
# by the first digits that follow the group (International ISBN Agency).
_CHINESE_PUBLISHER_LENGTHS = ((10, 2), (50, 3), (80, 4), (90, 5), (100, 6))


def isbn13(text: str) -> str | None:
    """The first valid ISBN in the text as 13 digits; None when there is none.

    Reads ISBN-10 and ISBN-13 (ISO 2108) with or without hyphens, with qualifiers, prices or an
    EAN add-on around them, in full-width digits too. A wrong check digit is not an ISBN.
    """
    plain = _plain(text)
    for match in _ISBN_13.finditer(plain):
        digits = _digits(match.group())
        if _ean_check(digits[:12]) == digits[12]:
            return digits
    for match in _ISBN_10.finditer(plain):
        digits = _digits(match.group())
        if _isbn10_check(digits[:9]) == digits[9]:
            return _as_13(digits)
    return None


def isbn10(isbn: str) -> str | None:
    """The ISBN-10 of a 13-digit ISBN; None outside the prefix 978, where none exists."""
    return isbn[3:12] + _isbn10_check(isbn[3:12]) if isbn.startswith("978") else None


def isbn_hyphenated(isbn: str) -> str:
    """A 13-digit ISBN as printed. Only the Chinese group 978-7 is divided; others stay 978-rest."""
    if not isbn.startswith("9787"):
        return f"{isbn[:3]}-{isbn[3:]}"
    start = int(isbn[4:6])
    length = next(length for limit, length in _CHINESE_PUBLISHER_LENGTHS if start < limit)
    return "-".join(("978", "7", isbn[4 : 4 + length], isbn[4 + length : 12], isbn[12]))


def isbn_forms(isbn: str) -> tuple[str, ...]:
    """Every way a library may have written this 13-digit ISBN, most usual first, without repeats.

    For queries to targets that index the number as typed: 13 and 10 digits, bare and hyphenated.
    """
    forms = [isbn]
    if short := isbn10(isbn):
        forms.append(short)
    if isbn.startswith("9787"):
        hyphenated = isbn_hyphenated(isbn)
        forms.append(hyphenated)
        if short:
            forms.append(f"{hyphenated[4:-1]}{short[-1]}")
    return tuple(forms)


def issn(text: str) -> str | None:
    """The first valid ISSN (ISO 3297) in the text as NNNN-NNNC; None when there is none."""
    for match in _ISSN.finditer(_plain(text)):
        digits = (match.group(1) + match.group(2)).upper()
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=False))
        if _mod_11(total) == digits[7]:
            return f"{digits[:4]}-{digits[4:]}"
    return None


def unified_book_number(text: str) -> str | None:
    """The 统一书号 (1956 to 1987) in the text as class, publisher, full stop, serial: ``10019.1234``.

    Class is 1 to 17, the publisher three digits. The number has no check digit, so pass only text
    of a field meant for it. None when the text holds none.
    """
    match = _UNIFIED_BOOK_NUMBER.search(_plain(text))
    if match is None:
        return None
    category, publisher, serial = match.groups()
    return f"{category}{publisher}.{int(serial)}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _digits(text: str) -> str:
    return text.replace("-", "").replace(" ", "").upper()


def _as_13(isbn_10: str) -> str:
    body = "978" + isbn_10[:9]
    return body + _ean_check(body)


def _ean_check(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-total % 10)


def _isbn10_check(body: str) -> str:
    return _mod_11(sum(int(digit) * (10 - place) for place, digit in enumerate(body)))


def _mod_11(total: int) -> str:
    return "0123456789X"[-total % 11]
