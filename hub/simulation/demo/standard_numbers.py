"""Numbers for editions that do not exist, in ranges kept apart from real ones.

ISBNs of Chinese editions take registrants from 978-7-990000 on, at the far end of the group's six-digit
block; editions in other languages take 979-9, which belongs to no registration group. Check digits are
those of ISO 2108, so that whatever reads the numbers treats them like any other.
"""

from __future__ import annotations

_CHINESE = "978799"
_FOREIGN = "97999"
_TITLE_DIGITS = {_CHINESE: 6, _FOREIGN: 7}
#: the first of the publishers in invented unified book numbers (统一书号, in use until 1987)
_UNIFIED_PUBLISHER = 980
_PER_PUBLISHER = 10_000


def chinese_isbn(serial: int) -> str:
    """The 13-digit ISBN number ``serial`` (0 to 999,999) of the demo's Chinese publishers."""
    return _isbn(_CHINESE, serial)


def foreign_isbn(serial: int) -> str:
    """The 13-digit ISBN number ``serial`` (0 to 9,999,999) of the demo's publishers elsewhere."""
    return _isbn(_FOREIGN, serial)


def unified_number(subject_class: int, serial: int) -> str:
    """A 统一书号: class 1 to 17, an invented publisher, a full stop and its serial.

    ``serial`` counts 10,000 for each publisher, as in the ISBNs.
    """
    publisher, own = divmod(serial, _PER_PUBLISHER)
    return f"{subject_class}{_UNIFIED_PUBLISHER + publisher}.{own}"


def _isbn(prefix: str, serial: int) -> str:
    body = f"{prefix}{serial:0{_TITLE_DIGITS[prefix]}d}"
    if len(body) != 12:
        raise ValueError(f"no demo ISBN with serial {serial}")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)
