"""The likeliest reading of Chinese text, from the word and character lists of pypinyin.

Owns: finding the longest known words and their syllables. pypinyin's own function does the same ten times
slower, because it converts tone marks again each time.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from hub.index.analysis.syllables import plain
from hub.kernel.text import fold


def read(run: str) -> list[str]:
    """One syllable for each character: of the longest known word it is in, else its usual one.

    A character without a known reading stands for itself.
    """
    lengths = _word_lengths()
    found: list[str] = []
    while len(found) < len(run):
        at = len(found)
        for length in lengths.get(run[at], ()):
            word = PHRASES_DICT.get(run[at : at + length])
            if word is not None and at + length <= len(run):
                found.extend(_without_tone(choices[0]) for choices in word)
                break
        else:
            usual = PINYIN_DICT.get(ord(run[at]), run[at])
            found.append(_without_tone(usual.partition(",")[0]))
    return found


@cache
def _word_lengths() -> dict[str, tuple[int, ...]]:
    """By first character the lengths of the known words, the longest first."""
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for word, syllables in PHRASES_DICT.items():
        # Words with punctuation have fewer syllables than characters.
        if len(word) == len(syllables):
            lengths[word[0]].add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


@cache
def _without_tone(syllable: str) -> str:
    """The letters alone; ü becomes u, see ``syllables.plain``."""
    return plain(fold(syllable))
