"""Text folding: when two strings are the same for searching and matching.

Owns: the one definition of "the same text" that the index, the matcher and the crosswalks share.
Must not: be used on text that is shown or stored; folding loses information on purpose.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

# Latin letters that Unicode does not decompose into a base letter and a mark, and that library
# catalogues nevertheless file as these letters.
_UNDECOMPOSED_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
}  # fmt: skip

# Combining Diacritical Marks, and the halves of marks over two letters (i͡u in romanised Russian). Marks of
# other scripts (kana voicing, Indic vowels) are letters there.
_ACCENTS = dict.fromkeys((*range(0x0300, 0x0370), *range(0xFE20, 0xFE30)))


def fold(text: str) -> str:
    """The form under which texts compare equal.

    Compatibility forms are unified (Unicode NFKC), letter case and accents of alphabetic scripts are
    dropped, and traditional characters become simplified ones. Punctuation and spaces stay.
    ``fold(fold(text)) == fold(text)``.
    """
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text).casefold()
    # Case folding can itself yield composed letters, hence the second decomposition.
    bare = unicodedata.normalize("NFKD", bare).translate(_ACCENTS)
    return unicodedata.normalize("NFKC", bare).translate(_fold_table())


def fold_letters(text: str) -> str:
    """``fold`` with everything but letters and digits dropped: a key for titles and names."""
    return "".join(character for character in fold(text) if character.isalnum())


def simplify(text: str) -> str:
    """Each traditional character as its simplified one; everything else untouched."""
    return text.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    lines = files("hub.kernel").joinpath("data/traditional_to_simplified.txt").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return {ord(traditional): simplified for traditional, simplified in pairs}


@cache
def _fold_table() -> dict[int, str]:
    return _simplified() | {ord(letter): plain for letter, plain in _UNDECOMPOSED_LETTERS.items()}
