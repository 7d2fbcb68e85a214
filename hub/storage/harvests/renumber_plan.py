"""What a map of old to new identifiers changes, decided from the records that stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class RenumberPlan:
    """The changes to come, by the numbers of records."""

    renames: dict[int, str] = field(default_factory=dict)
    #: record -> the one that came under its new identifier before the map was loaded: they are one record
    takeovers: dict[int, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  #: old to new identifiers of all that changes
    already: list[str] = field(default_factory=list)  #: old identifiers whose record has the new one
    unmatched: list[str] = field(default_factory=list)  #: old identifiers that no record has, nor the new one


def plan_renumbering(standing: Mapping[str, int], pairs: Mapping[str, str]) -> RenumberPlan:
    """Decide what becomes of the records under old identifiers.

    ``standing`` has the record of every old and new identifier that one has. New identifiers are different
    from one another. Identifiers may pass from record to record: a becomes b while b becomes c.
    """
    plan = RenumberPlan()
    for old, new in pairs.items():
        record, holder = standing.get(old), standing.get(new)
        if record is None:
            (plan.unmatched if holder is None else plan.already).append(old)
        elif old == new:
            plan.already.append(old)
        else:
            plan.keys[old] = new
            if holder is None or new in pairs:
                plan.renames[record] = new
            else:
                plan.takeovers[record] = holder
    return plan
