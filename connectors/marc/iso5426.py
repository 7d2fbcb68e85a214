"""ISO 5426, the extended Latin set of UNIMARC before Unicode: marks stand before their letter, as in MARC-8.

Libraries of many European countries keep it; 100 $a/26-29 of UNIMARC call it ``03``.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

_BEYOND_EUROPE: Final = "\u0180"  #: where Latin Extended-A ends
REPLACEMENT: Final = "\ufffd"

_SIGNS: Final = dict(
    zip(
        (*range(0xA1, 0xB3), *range(0xB6, 0xC0)),
        "¡„£$¥†§′‘“«♭©℗®ʻʼ‚" + "‡·″’”»♯ʹʺ¿",
        strict=True,
    )
)
_LETTERS: Final = {
    0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ", 0xF1: "æ", 0xF2: "đ",
    0xF3: "ð", 0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø", 0xFA: "œ", 0xFB: "ß", 0xFC: "þ",
}  # fmt: skip
_MARKS: Final = dict(
    zip(
        range(0xC0, 0xE0),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u0315\u0312\u030b\u031b\u030c"
        "\u0327\u031c\u0328\u0323\u0324\u0325\u0333\u0332\u0326\u0321\u032e\u032d\u0329\ufe20\ufe21\ufe23",
        strict=True,
    )
)
# The beginning and end of what does not sort (ISO 6630) pass through, to be taken out with others.
_CONTROLS: Final = {0x88: "\x88", 0x89: "\x89"}
_CHARACTERS: Final = MappingProxyType(
    {code: chr(code) for code in range(0x80)} | _SIGNS | _LETTERS | _MARKS | _CONTROLS
)
_MARKED: Final = re.compile("([" + "".join(_MARKS.values()) + "]+)([^\x1e\x1f])")

#: the letters and signs that are usual in catalogues; the bytes of marks on the letter that follows
SPECIALS: Final = {
    code: character
    for code, character in (_SIGNS | _LETTERS).items()
    if character in "¡¿«»©£§·‘’“”ÆŁØŒÞæłøœßþ"
}
MARKS: Final = bytes(_MARKS)
#: a mark and its letter that make a letter of a European language
USUAL_PAIRS: Final = frozenset(
    bytes((code, letter))
    for code, mark in _MARKS.items()
    for letter in range(0x41, 0x7B)
    if len(made := unicodedata.normalize("NFC", chr(letter) + mark)) == 1 and made < _BEYOND_EUROPE
)


def decode(data: bytes) -> tuple[str, int]:
    """The text, composed (NFC), and how many bytes have no character; those become U+FFFD."""
    text = "".join([_CHARACTERS.get(code, REPLACEMENT) for code in data])
    composed = unicodedata.normalize("NFC", _MARKED.sub(r"\2\1", text))
    return composed, text.count(REPLACEMENT)
