"""Title: the best agreement between any two forms of it."""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from dedupe.description import Description
from dedupe.features.feature import Feature

#: pairs whose titles agree less than this, of 100, are different and not looked at further
CUT = 60.0

_LEVELS = ("weak", "loose", "like", "contained", "near", "same")
Extract = tuple[tuple[str, ...], str, str, str]


def extract(description: Description) -> Extract:
    """Folded forms, the form with other title information, the words of Western titles, the romanisation."""
    titles = description.titles
    return titles.forms, titles.full, titles.spaced, titles.sound


def similarity(first: Extract, second: Extract) -> float:
    """The best agreement of 100 between any form of one title and any of the other."""
    if not first[0] or not second[0]:
        return 0.0
    if first[0][0] == second[0][0] or first[1] == second[1]:
        return 100.0
    forms_1 = {*first[0], first[1]}
    forms_2 = {*second[0], second[1]}
    if forms_1 & forms_2:
        return 100.0
    best = max(_pair(one, other) for one in forms_1 for other in forms_2)
    if _sound_alike(first, second):
        best = max(best, 93.0)
    if first[2] and second[2]:
        best = max(best, fuzz.token_set_ratio(first[2], second[2]) * 0.95)
    return best


def compare(first: Extract, second: Extract) -> str:
    """The level of the best agreement."""
    agreement = similarity(first, second)
    for level, least in (
        ("same", 100.0),
        ("near", 93.0),
        ("contained", 89.0),
        ("like", 80.0),
        ("loose", 70.0),
    ):
        if agreement >= least:
            return level
    return "weak"


def _sound_alike(first: Extract, second: Extract) -> bool:
    """Whether the titles are one when read aloud: a homophone mistyped, or one of them only romanised."""
    if first[3] and second[3]:
        return first[3] == second[3] and len(first[0][0]) == len(second[0][0])
    if not first[3] and not second[3]:
        return False
    return _pair(first[3] or first[0][0], second[3] or second[0][0]) >= 93.0


def _pair(one: str, other: str) -> float:
    if one == other:
        return 100.0
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) >= 3 and longer.startswith(shorter):
        return 90.0
    ratio = fuzz.ratio(shorter, longer)
    # One slip of the pen in a short title costs much in a ratio, so it is counted for itself.
    if ratio < 93.0 and len(shorter) >= 4 and OSA.distance(shorter, longer, score_cutoff=1) <= 1:
        return 93.0
    return float(ratio)


FEATURE = Feature("title", _LEVELS, extract, compare, show=lambda value: value[1])
