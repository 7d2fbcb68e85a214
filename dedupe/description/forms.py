"""Small questions about text that several extractions ask."""

from __future__ import annotations

import re

from hub.kernel.text import fold, fold_letters

__all__ = ["fold", "fold_letters", "has_han", "integer", "is_native", "strip_isbd", "words"]

_HAN = re.compile("[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_NATIVE = re.compile("[^\u0000-ʯḀ-ỿ\\W\\d_]")
_WORD = re.compile(r"[^\W_]+")
_ISBD_END = " \t/:;,=.+·"
_CHINESE_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
}
_CHINESE_UNITS = {"十": 10, "百": 100}
_LONGEST_NUMBER = 15  # characters: the longest Roman numeral; longer runs of digits count nothing
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_ROMAN_NUMBER = re.compile(r"(?=[ivxlcdm])m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def has_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def is_native(text: str) -> bool:
    """Whether the text holds letters of a script other than Latin: what a romanisation never does."""
    return not text.isascii() and _NATIVE.search(text) is not None


def words(text: str) -> list[str]:
    """The words of a folded text: runs of letters and digits."""
    return _WORD.findall(text)


def strip_isbd(text: str) -> str:
    """The text without the ISBD punctuation that introduces the next element."""
    return text.strip().rstrip(_ISBD_END).strip()


def integer(text: str) -> int | None:
    """The whole number a folded text writes in digits, Chinese numerals or Roman numerals."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if text.isdecimal():
        return int(text)
    if _ROMAN_NUMBER.fullmatch(text):
        return _roman(text)
    return _chinese(text) if text else None


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _chinese(text: str) -> int | None:
    total, digit = 0, 0
    positional = all(character in _CHINESE_DIGITS for character in text)
    for character in text:
        if character in _CHINESE_DIGITS:
            digit = digit * 10 + _CHINESE_DIGITS[character] if positional else _CHINESE_DIGITS[character]
        elif character in _CHINESE_UNITS:
            total += (digit or 1) * _CHINESE_UNITS[character]
            digit = 0
        else:
            return None
    return total + digit
