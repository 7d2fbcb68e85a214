"""Material and carrier: two known and different ones are never one edition."""

from __future__ import annotations

from dedupe.description import Description
from dedupe.description.material import Material
from dedupe.features.feature import ABSENT, Feature


def extract(description: Description) -> Material:
    """Kind, carrier and bibliographic level."""
    return description.material


def conflicts(first: Material, second: Material) -> bool:
    """Whether the records name two kinds of material, or one online and the other printed."""
    if first.kind and second.kind and first.kind != second.kind:
        return True
    if "serial" in (first.level, second.level) and first.level != second.level:
        return True
    return bool(first.carrier and second.carrier and first.carrier != second.carrier)


def compare(first: Material, second: Material) -> str:
    """Whether the level agrees where kind and carrier do."""
    if not first.kind or not second.kind:
        return ABSENT
    return "same" if first.level == second.level else "other_level"


FEATURE = Feature("material", ("other_level", "same"), extract, compare)
