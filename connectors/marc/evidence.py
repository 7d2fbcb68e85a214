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

from connectors.marc import mark_first
from connectors.marc.character_sets import BY_CP850, text_of
from connectors.marc.character_weights import BIG5, CYRILLIC, GB18030, LATIN, UNUSUAL

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

#: the candidates, and how usual the characters of each are
_CANDIDATES: Final[Mapping[str, Mapping[str, float]]] = {
    "gb18030": GB18030,
    "big5": BIG5,
    "cp1251": CYRILLIC,
    "cp866": CYRILLIC,
    "koi8-r": CYRILLIC,
    "latin-1": LATIN,
    BY_CP850: LATIN,
}


class Undecodable(ValueError):
    """No known encoding makes sense of the bytes."""


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
    western = {"marc8": mark_first.MARC8.weight(data), "iso5426": mark_first.ISO5426.weight(data)}
    for name, weight in western.items():
        if weight >= _CERTAINLY:
            return name, weight
    # On equal evidence the first wins: mainland practice before Taiwan's.
    scores = {"gb18030": _weigh_gb18030(data)}
    scores |= {name: _weigh(data, name) for name in _CANDIDATES if name != "gb18030"}
    scores |= western | {"utf-8": _weigh_broken_utf8(data)}
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
    weights = _CANDIDATES[name]
    weight, _ = _mean_weight(text_of(data, name, "replace"), weights)
    # Western records have single accented letters; words of other scripts come in runs.
    run = _CHINESE_RUN if name in ("gb18030", "big5") else _HIGH_RUN
    in_runs = _count_high(run.findall(data)) / _count_high([data])
    return weight * (1 - in_runs if weights is LATIN else in_runs)


def _mean_weight(text: str, weights: Mapping[str, float]) -> tuple[float, int]:
    unusual = _ASCII.sub("", text)[:_SAMPLE]
    return sum(map(weights.get, unusual, repeat(UNUSUAL))) / len(unusual), len(unusual)


def _count_high(parts: Sequence[bytes]) -> int:
    return sum(len(part) - len(part.translate(None, _HIGH_BYTES)) for part in parts)


def _weigh_broken_utf8(data: bytes) -> float:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(_ASCII.sub("", text)) - broken
    return 0.9 * whole / (whole + 2 * broken)
