"""The levels of a pair: one per feature, and how many of them contradict."""

from __future__ import annotations

from dedupe.description.forms import has_han
from dedupe.features.table import FEATURES, Prepared

CONFLICTS = "conflicts"
#: the order of the levels of ``conflicts``, worst first
CONFLICT_LEVELS = ("3", "2", "1", "0")

Levels = dict[str, str]


def levels_of(first: Prepared, second: Prepared) -> Levels:
    """Every feature's level for a pair.

    ``conflicts`` counts the features that contradict each other, so that one strong agreement cannot buy off
    several contradictions.
    """
    levels: Levels = {}
    conflicts = 0
    for feature in FEATURES:
        name = feature.name
        level = feature.compare(first[name], second[name])
        levels[name] = level
        if level == feature.conflict:
            conflicts += 1
    levels[CONFLICTS] = str(min(conflicts, 3))
    return levels


def script_of(first: Prepared, second: Prepared) -> str:
    """Which column of the table a pair is scored by: ``han`` when both titles are Chinese, else ``other``.

    Chinese and Western catalogues leave out different things, so the same silence weighs differently.
    """
    one, other = first["title"][0], second["title"][0]
    return "han" if one and other and has_han(one[0]) and has_han(other[0]) else "other"
