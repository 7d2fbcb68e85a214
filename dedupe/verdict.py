"""The verdict on a pair: how sure, which tier, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dedupe.description import Description
from dedupe.features.table import FEATURES, Prepared, prepare
from dedupe.model.levels import Levels, levels_of, script_of
from dedupe.model.scoring import Model, model
from dedupe.vetoes import veto

AUTOMATIC, REVIEW, DIFFERENT = "automatic", "review", "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: a code such as ``isbn.shared``, what both sides say, its weight in log-odds."""

    code: str
    first: str = ""
    second: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` is the probability of one edition in thousandths; a veto makes it 0."""

    score: int
    tier: str
    reasons: tuple[Reason, ...] = ()


def matcher_version() -> str:
    """The version that descriptions, scores and partitions belong to."""
    return model().version


def compare(first: Description, second: Description) -> Verdict:
    """Compare two descriptions. ``compare(a, b)`` and ``compare(b, a)`` have one score and tier."""
    return explain_prepared(prepare(first), prepare(second), model())


def explain(first: Description, second: Description) -> tuple[Reason, ...]:
    """Every feature of the pair: its level, what both sides say, its contribution; and the veto if any.

    Unlike the reasons of a verdict this goes through all features even where a veto has decided.
    """
    one, other = prepare(first), prepare(second)
    found = veto(one, other)
    stopped = (Reason(found),) if found else ()
    levels, script = levels_of(one, other), script_of(one, other)
    return stopped + _reasons(one, other, levels, model().contributions(script, levels))


def explain_prepared(first: Prepared, second: Prepared, table: Model) -> Verdict:
    """The verdict with its reasons, heaviest first."""
    if found := veto(first, second):
        return Verdict(0, DIFFERENT, (Reason(found),))
    levels, script = levels_of(first, second), script_of(first, second)
    score = table.score(script, levels)
    reasons = _reasons(first, second, levels, table.contributions(script, levels))
    heaviest = sorted((reason for reason in reasons if reason.weight), key=lambda reason: -abs(reason.weight))
    return Verdict(score, _tier(score, script, table), tuple(heaviest))


def score_pairs(
    prepared: Mapping[int, Prepared], pairs: Iterable[tuple[int, int]]
) -> list[tuple[int, int, int, str]]:
    """The pairs at or above the review threshold: first, second, score and tier; the quick way for many."""
    table = model()
    kept = []
    for one, other in pairs:
        first, second = prepared[one], prepared[other]
        if veto(first, second):
            continue
        script = script_of(first, second)
        score = table.score(script, levels_of(first, second))
        tier = _tier(score, script, table)
        if tier != DIFFERENT:
            kept.append((one, other, score, tier))
    return kept


def _tier(score: int, script: str, table: Model) -> str:
    column = table.columns[script]
    if score >= column.automatic:
        return AUTOMATIC
    return REVIEW if score >= column.review else DIFFERENT


def _reasons(
    first: Prepared, second: Prepared, levels: Levels, contributions: Mapping[str, float]
) -> tuple[Reason, ...]:
    shows = {feature.name: feature.show for feature in FEATURES}
    return tuple(
        Reason(f"{name}.{level}", _said(shows, name, first), _said(shows, name, second), contributions[name])
        for name, level in levels.items()
    )


def _said(shows: Mapping[str, Any], name: str, prepared: Prepared) -> str:
    return str(shows[name](prepared[name]))[:200] if name in shows else ""
