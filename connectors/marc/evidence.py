"""Which encoding some bytes are in: the candidates, and what speaks for each.

Strict UTF-8 proves itself, and is not weighed here. For the others each candidate's text is weighed by
how usual its characters are in catalogues; the wrong decoding of Chinese gives rare characters, of
Russian symbols.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Final

from connectors.marc import marc8
from connectors.marc.character_weights import BIG5, CYRILLIC, GB18030, LATIN, UNUSUAL

# One special letter of ANSEL, or up to two marks before a letter; longer runs are another encoding.
_MARC8_SEQUENCE = re.compile(
    rb"(?<![\x80-\xff])(?:[LETTERS]?[MARKS]{1,2}[A-Za-z]|[LETTERS](?![\x80-\xff]))".replace(
        b"LETTERS", marc8.ANSEL_LETTERS
    ).replace(b"MARKS", marc8.ANSEL_MARKS)
)
# An accented letter of Latin-1 before another letter looks the same, but seldom gives a letter in use.
_UNCOMPOSED_SHARE = 0.4
_GB_FOUR_BYTES = re.compile(rb"(?:[\x81-\xfe][0-9]){2}")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
# Two characters and more, or a single one of GB 2312 as a word of role leaves it behind a Western name.
_CHINESE_RUN = re.compile(rb"(?:[\x81-\xfe][\x40-\xfe]){2,}|[\xa1-\xfe]{2}")

_ASCII = re.compile(r"[\x00-\x7f]+")

# Characters weighed per record, and how many suffice for a verdict.
_SAMPLE = 60
_ENOUGH = 12
# A strict decoding whose characters weigh this much is accepted without trying the others.
CLEARLY: Final = 0.7
_CERTAINLY = 0.94
# Below this no candidate explains the bytes; then a few odd ones are damage, many an unknown encoding.
_PLAUSIBLY = 0.45
_DAMAGED_SHARE = 0.005

#: the candidates: Python's name for each, and how usual its characters are
_CANDIDATES: Final[Mapping[str, tuple[str, Mapping[str, float]]]] = {
    "gb18030": ("gb18030", GB18030),
    "big5": ("cp950", BIG5),
    "cp1251": ("cp1251", CYRILLIC),
    "cp866": ("cp866", CYRILLIC),
    "koi8-r": ("koi8-r", CYRILLIC),
    "latin-1": ("cp1252", LATIN),
}


class Undecodable(ValueError):
    """No known encoding makes sense of the bytes."""


def python_codec(name: str) -> str:
    """Python's name for an encoding."""
    return _CANDIDATES[name][0] if name in _CANDIDATES else name


def confidence_in_gb18030(text: str) -> float | None:
    """How certain it is that bytes which strictly decode to ``text`` as GB 18030 are that.

    None when the others have to be weighed as well.
    """
    weight, count = _mean_weight(text, GB18030)
    return round(min(weight, 0.99), 2) if weight >= CLEARLY and count >= _ENOUGH else None


def best(data: bytes) -> tuple[str, float]:
    """The encoding that most speaks for, and the confidence in it from 0 to 1.

    ``data`` is neither ASCII nor UTF-8. Raises ``Undecodable`` when no candidate is plausible.
    """
    if (western := _weigh_marc8(data)) >= _CERTAINLY:
        return "marc8", western
    # On equal evidence the first wins: mainland practice before Taiwan's.
    scores = {"gb18030": _weigh_gb18030(data)}
    scores |= {name: _weigh(data, name) for name in _CANDIDATES if name != "gb18030"}
    scores |= {"marc8": western, "utf-8": _weigh_broken_utf8(data)}
    name = max(scores, key=lambda candidate: scores[candidate])
    if scores[name] < _PLAUSIBLY:
        if _count_high([data]) <= len(data) * _DAMAGED_SHARE:
            return "utf-8", 0.5
        raise Undecodable(", ".join(f"{key} {value:.2f}" for key, value in scores.items()))
    return name, round(min(scores[name], 0.99), 2)


def _weigh_gb18030(data: bytes) -> float:
    """Four-byte characters prove the encoding by their form; the others are weighed by use."""
    two_byte, four_byte = _GB_FOUR_BYTES.subn(b"", data)
    if four_byte == 0 or two_byte.isascii():
        return 0.9 if four_byte else _weigh(data, "gb18030")
    count = len(_ASCII.sub("", two_byte.decode("gb18030", "replace")))
    return (_weigh(two_byte, "gb18030") * count + 0.9 * four_byte) / (count + four_byte)


def _weigh(data: bytes, name: str) -> float:
    """What speaks for a candidate; bytes it cannot decode weigh like unusual characters."""
    codec, weights = _CANDIDATES[name]
    weight, _ = _mean_weight(data.decode(codec, "replace"), weights)
    # Western records have single accented letters; words of other scripts come in runs.
    run = _CHINESE_RUN if name in ("gb18030", "big5") else _HIGH_RUN
    in_runs = _count_high(run.findall(data)) / _count_high([data])
    return weight * (1 - in_runs if weights is LATIN else in_runs)


def _mean_weight(text: str, weights: Mapping[str, float]) -> tuple[float, int]:
    unusual = _ASCII.sub("", text)[:_SAMPLE]
    return sum(map(weights.get, unusual, repeat(UNUSUAL))) / len(unusual), len(unusual)


def _count_high(parts: Sequence[bytes]) -> int:
    return sum(len(part) - len(part.translate(None, _HIGH_BYTES)) for part in parts)


def _weigh_marc8(data: bytes) -> float:
    found = _MARC8_SEQUENCE.findall(data)
    explained = sum(_count_high([part]) * _marc8_share(part) for part in found)
    return 0.95 * explained / _count_high([data])


def _marc8_share(sequence: bytes) -> float:
    usual = len(sequence) == 1 or sequence[-2:] in marc8.USUAL_PAIRS
    return 1.0 if usual else _UNCOMPOSED_SHARE


def _weigh_broken_utf8(data: bytes) -> float:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(_ASCII.sub("", text)) - broken
    return 0.9 * whole / (whole + 2 * broken)
