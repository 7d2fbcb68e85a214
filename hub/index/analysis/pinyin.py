"""How Chinese text is read: syllables, with every reading where a character has several.

Owns: readings of titles and names, and the tokens by which typed pinyin and initials find them.
Must not: decide what of a query is pinyin (``hub.index.query`` does).

A catalogue's own pinyin comes first; then the dictionary (``dictionary.py``); then every other reading of
characters and words in ``data/polyphones.toml``, where the dictionary is known to be wrong for surnames and
places.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from hub.index.analysis import dictionary
from hub.index.analysis.syllables import divide, plain
from hub.kernel.text import fold, simplify

_HAN_RUN = re.compile("[〇\u3400-\u4dbf\u4e00-\u9fff]+")
_LETTERS = re.compile("[a-z]+")
GRAM_LENGTHS = (3, 4)
REMEMBERED = 8192  # titles and names whose reading is kept
WHOLE = "="  #: marks the token that is a whole title's or name's pinyin or initials


@dataclass(frozen=True, slots=True)
class Reading:
    """A run of Chinese characters: for each its syllables, the likeliest first."""

    syllables: tuple[tuple[str, ...], ...]

    def first(self) -> tuple[str, ...]:
        """The likeliest reading."""
        return tuple(choices[0] for choices in self.syllables)


@lru_cache(maxsize=REMEMBERED)
def readings(text: str, supplied: str = "") -> tuple[Reading, ...]:
    """The runs of Chinese characters in the text, read.

    ``supplied`` is the catalogue's own pinyin for the whole text; it is taken when it has one syllable
    for each character.
    """
    found = [Reading(_read(run)) for run in _HAN_RUN.findall(unicodedata.normalize("NFKC", text))]
    if supplied and found:
        given = supplied_syllables(supplied, sum(len(reading.syllables) for reading in found))
        if given:
            found = _preferring(found, given)
    return tuple(found)


def supplied_syllables(supplied: str, count: int) -> tuple[str, ...]:
    """A catalogue's pinyin as ``count`` syllables; nothing when it cannot be divided so."""
    divided: list[str] = []
    for word in _LETTERS.findall(fold(supplied.replace("ü", "v").replace("Ü", "v"))):
        ways = divide(word)
        if not ways:
            return ()
        divided.extend(ways[0])
    return tuple(divided) if len(divided) == count else ()


@lru_cache(maxsize=REMEMBERED)
def tokens(text: str, supplied: str = "") -> tuple[str, ...]:
    """Pairs of neighbouring syllables (``hong.lou``), and the whole (``=hongloumeng``)."""
    found: dict[str, None] = {}
    for reading in readings(text, supplied):
        for left, right in zip(reading.syllables, reading.syllables[1:], strict=False):
            found.update((pair(first, second), None) for first in left for second in right)
        for whole in _wholes(reading):
            found[WHOLE + "".join(whole)] = None
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def initials(text: str, supplied: str = "") -> tuple[str, ...]:
    """Runs of three and four initials (``hlm``), and the whole (``=hlm``)."""
    found: dict[str, None] = {}
    for reading in readings(text, supplied):
        for whole in _wholes(reading):
            letters = "".join(syllable[0] for syllable in whole)
            found[WHOLE + letters] = None
            for length in GRAM_LENGTHS:
                found.update((letters[at : at + length], None) for at in range(len(letters) - length + 1))
    return tuple(found)


def sort_key(text: str, supplied: str = "") -> str:
    """What titles are filed by: pinyin syllables and words in one alphabet."""
    first = iter([syllable for reading in readings(text, supplied) for syllable in reading.first()])
    plain_text = unicodedata.normalize("NFKC", text)
    spelled = _HAN_RUN.sub(lambda run: " ".join(["", *(next(first) for _ in run.group()), ""]), plain_text)
    return " ".join(re.findall(r"[^\W_]+", fold(spelled)))


def pair(first: str, second: str) -> str:
    """The token of two neighbouring syllables."""
    return f"{first}.{second}"


def _wholes(reading: Reading) -> tuple[tuple[str, ...], ...]:
    """The likeliest reading, and it again with each other reading of one character."""
    first = reading.first()
    found = [first]
    for place, choices in enumerate(reading.syllables):
        found.extend((*first[:place], other, *first[place + 1 :]) for other in choices[1:])
    return tuple(found)


def _preferring(found: list[Reading], given: tuple[str, ...]) -> list[Reading]:
    rest = iter(given)
    return [
        Reading(tuple(tuple(dict.fromkeys((next(rest), *choices))) for choices in reading.syllables))
        for reading in found
    ]


@lru_cache(maxsize=REMEMBERED)
def _read(run: str) -> tuple[tuple[str, ...], ...]:
    characters, words = _polyphones()
    choices = [[syllable] for syllable in dictionary.read(run)]
    # The dictionary reads traditional characters itself, and better than simplified ones that merge two.
    simplified = simplify(run)
    for word, syllables in words.items():
        at = simplified.find(word)
        while at >= 0:
            for place, syllable in enumerate(syllables, at):
                choices[place].insert(0, syllable)
            at = simplified.find(word, at + 1)
    for place, character in enumerate(simplified):
        choices[place].extend(characters.get(character, ()))
    return tuple(tuple(dict.fromkeys(choice)) for choice in choices)


@cache
def _polyphones() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    table = tomllib.loads(files("hub.index.analysis").joinpath("data/polyphones.toml").read_text("utf-8"))
    return _split(table["characters"]), _split(table["words"])


def _split(section: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {text: tuple(plain(part) for part in spelled.split()) for text, spelled in section.items()}
