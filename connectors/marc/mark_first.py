"""What speaks for a character set in which marks stand before their letters: MARC-8 and ISO 5426."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from connectors.marc import iso5426, marc8

# An accented letter of Latin-1 before another letter looks the same, but seldom gives a letter in use.
_UNCOMPOSED_SHARE: Final = 0.4
_CERTAIN: Final = 0.95
_HIGH_BYTES: Final = bytes(range(0x80, 0x100))
_NON_SORTING: Final = b"\x88\x89"  #: the same in both


class MarkFirst:
    """A set by its special characters, its marks, and the pairs of mark and letter that are in use."""

    def __init__(self, specials: dict[int, str], marks: Iterable[int], usual_pairs: frozenset[bytes]) -> None:
        capitals = [code for code, character in specials.items() if character.isupper()]
        small = [
            code for code, character in specials.items() if character.isalpha() and not character.isupper()
        ]
        signs = [code for code in specials if code not in capitals and code not in small]
        self._usual_pairs = usual_pairs
        # No capital stands within a word or behind a number, though behind the code of a subfield, and no
        # sign before a small letter. Longer runs of such bytes are another encoding.
        self._sequence = re.compile(
            rb"(?<![\x80-\xff])(?:[SPECIALS]?[MARKS]{1,2}[A-Za-z]|(?:(?<![a-z0-9])|(?<=\x1f.))[CAPITALS](?![\x80-\xff])"
            rb"|[SMALL](?![\x80-\xff])|[SIGNS](?![a-z\x80-\xff]))".replace(b"SPECIALS", _class(specials))
            .replace(b"MARKS", _class(marks))
            .replace(b"CAPITALS", _class(capitals))
            .replace(b"SMALL", _class(small))
            .replace(b"SIGNS", _class(signs))
        )

    def weight(self, data: bytes) -> float:
        """From 0 to 1: how much of what is not ASCII makes sense."""
        found = self._sequence.findall(data)
        explained = sum(_count_high(part) * self._share(part) for part in found)
        others = _count_high(data.translate(None, _NON_SORTING))
        return _CERTAIN * explained / others if others else 0.0

    def _share(self, part: bytes) -> float:
        return 1.0 if len(part) == 1 or part[-2:] in self._usual_pairs else _UNCOMPOSED_SHARE


def _class(codes: Iterable[int]) -> bytes:
    return re.escape(bytes(sorted(codes)))


def _count_high(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH_BYTES))


MARC8: Final = MarkFirst(marc8.ANSEL_SPECIALS, marc8.ANSEL_MARKS, marc8.USUAL_PAIRS)
ISO5426: Final = MarkFirst(iso5426.SPECIALS, iso5426.MARKS, iso5426.USUAL_PAIRS)
