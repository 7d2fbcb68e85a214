"""What typed letters may mean when they are Chinese: pinyin or initials.

Owns: when letters are tried as pinyin, and when as initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from hub.index import fields
from hub.index.analysis import pinyin, syllables
from hub.index.query.plan import AllOf, AnyOf, Plan, Term, all_of
from hub.index.query.tree import Field

#: Letters that begin a syllable, and among them those that also end or fill one.
_INITIALS = re.compile("[abcdefghjklmnopqrstwxyz]{2,12}")
_WITHOUT_VOWELS = re.compile("[bcdfghjklmnpqrstwxyz]{2,12}")

PINYIN_FIELDS = {
    Field.ANY: (fields.TITLE_PINYIN, fields.PERSON_PINYIN),
    Field.TITLE: (fields.TITLE_PINYIN,),
    Field.AUTHOR: (fields.PERSON_PINYIN,),
}
INITIALS_FIELDS = {
    Field.ANY: (fields.TITLE_INITIALS, fields.PERSON_INITIALS),
    Field.TITLE: (fields.TITLE_INITIALS,),
    Field.AUTHOR: (fields.PERSON_INITIALS,),
}


def spelled(field: Field, words: tuple[str, ...], *, alone: bool) -> tuple[Plan, ...]:
    """Every way to take these neighbouring words as Chinese read aloud; empty when there is none.

    ``alone``: they are the whole question, which makes initials with vowels in them (``ahq``) plausible.
    """
    readings = _divisions(words)
    found = [_syllables(name, reading) for name in PINYIN_FIELDS.get(field, ()) for reading in readings]
    letters = "".join(words)
    plausible = _INITIALS if alone and not readings else _WITHOUT_VOWELS
    if len(words) == 1 and plausible.fullmatch(letters):
        found += [_initials(name, letters) for name in INITIALS_FIELDS.get(field, ())]
    return tuple(found)


def _divisions(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The words together as syllables; a boundary that was typed is kept."""
    found: list[tuple[str, ...]] = [()]
    for word in words:
        ways = syllables.divide(word)
        found = [(*before, *way) for before in found for way in ways][: syllables.MOST_WAYS]
    return tuple(found)


def _syllables(name: str, reading: tuple[str, ...]) -> Plan:
    whole = Term(name, pinyin.WHOLE + "".join(reading))
    pairs = tuple(_pairs(name, reading))
    return AnyOf((whole, all_of(pairs))) if pairs else whole


def _pairs(name: str, reading: tuple[str, ...]) -> Iterator[Plan]:
    for first, second in pairwise(reading):
        yield Term(name, pinyin.pair(first, second))


def _initials(name: str, letters: str) -> Plan:
    whole = Term(name, pinyin.WHOLE + letters)
    longest = max(pinyin.GRAM_LENGTHS)
    if len(letters) < min(pinyin.GRAM_LENGTHS):
        return whole
    length = min(len(letters), longest)
    grams = [letters[at : at + length] for at in range(len(letters) - length + 1)]
    return AnyOf((whole, AllOf(tuple(Term(name, gram) for gram in grams))))
