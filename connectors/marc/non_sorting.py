"""The marks around the part of a title that does not sort, such as an article.

NSB and NSE of ISO 6630 (88 and 89) and their Unicode counterparts SOS and ST (98 and 9C), as code points,
are control functions and no text: they stay in the bytes as they came and leave the values.
"""

from __future__ import annotations

from typing import Final

_FIRST_BYTE: Final = 0xC2
_NOTHING: Final = dict.fromkeys((0x88, 0x89, 0x98, 0x9C))


def without_marks(text: str) -> str:
    """The text without its marks; the same object where there are none."""
    # Looking four times for one character is quicker than a pattern.
    if text.isascii():
        return text
    if "\x88" in text or "\x89" in text or "\x98" in text or "\x9c" in text:
        return text.translate(_NOTHING)
    return text


def may_have_marks(raw: bytes) -> bool:
    """Whether text in UTF-8 can have any of them: all are written with the same first byte."""
    return _FIRST_BYTE in raw
