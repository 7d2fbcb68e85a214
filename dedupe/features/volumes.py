"""Volume: a volume is neither another volume nor the set."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.description.volumes import Volumes, same_volume
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> Volumes:
    """The volume designations."""
    return description.volumes


def conflicts(first: Volumes, second: Volumes) -> bool:
    """Whether the records name two volumes, or one names a volume and the other the whole set."""
    if first.numbers and second.numbers:
        if first.numbers == second.numbers:
            return False
        return not same_volume(first.numbers, second.numbers) or _one_is_part(first, second)
    if first.numbers or second.numbers:
        return first.is_set or second.is_set
    return False


def _one_is_part(first: Volumes, second: Volumes) -> bool:
    """Whether one is a set within the set (第3卷, 全3册) and the other a piece of it (第3卷, 下册)."""
    shorter, longer = sorted((first, second), key=lambda volumes: len(volumes.numbers))
    return (
        len(shorter.numbers) < len(longer.numbers) and (shorter.pieces or 1) > 1 and (longer.pieces or 1) <= 1
    )


def compare(first: Volumes, second: Volumes) -> str:
    """How the designations agree where they do not contradict each other."""
    if not first.numbers and not second.numbers:
        if first.is_set != second.is_set:
            return "one_is_set"
        return ABSENT
    if first.numbers == second.numbers:
        return "same"
    if not first.numbers or not second.numbers:
        return "one_sided"
    return "consistent"


FEATURE = Feature(
    "volume",
    ("one_sided", "one_is_set", "consistent", "same"),
    extract,
    compare,
    show=lambda value: " ".join(value.numbers),
)
