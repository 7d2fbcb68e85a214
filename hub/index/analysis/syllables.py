"""Pinyin as it is typed: cutting ``nanjingdaxue`` into nan, jing, da, xue.

Owns: the syllables of Standard Chinese and every way to divide a string of letters into them.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

MOST_WAYS = 8
LONGEST_SYLLABLE = 6
LONGEST_INPUT = 60


@cache
def syllables() -> frozenset[str]:
    """Every syllable without its tone; ü after n and l in both the spellings in use, v and u."""
    table = tomllib.loads(files("hub.index.analysis").joinpath("data/syllables.toml").read_text("utf-8"))
    found = {initial + final for initial, finals in table.items() for final in finals.split()}
    return frozenset(found | {plain(syllable) for syllable in found})


def plain(syllable: str) -> str:
    """The syllable under one spelling of ü, so that lv, lü and lu meet in the index."""
    return syllable.replace("v", "u")


@lru_cache(maxsize=4096)
def divide(letters: str) -> tuple[tuple[str, ...], ...]:
    """Every division of ``letters`` into whole syllables, fewest syllables first; at most eight.

    ``xian`` gives (xian) and (xi, an). Nothing is returned for what is not pinyin throughout.
    """
    if not letters.isascii() or len(letters) > LONGEST_INPUT:
        return ()
    known = syllables()
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(letters) + 1):
        found = [
            (*way, letters[start:end])
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
            if letters[start:end] in known
            for way in ways[start]
        ]
        # Keeping the shortest bounds the work: long input has exponentially many divisions.
        ways.append(sorted(found, key=lambda way: (len(way), way))[:MOST_WAYS])
    return tuple(tuple(plain(part) for part in way) for way in ways[-1] if way)
