"""Fitting the table: logistic regression on levels, monotone along each feature's order.

Deterministic and free of dependencies, so that anybody with labelled pairs can make the table again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from dedupe.features.feature import ABSENT
from dedupe.features.table import FEATURES
from dedupe.model.levels import CONFLICT_LEVELS, CONFLICTS, Levels

Group = tuple[str, str]  #: a feature and a level, or a pool of levels named by its first
Sample = tuple[Levels, bool, float]  #: levels, whether it is one edition, and how much the pair counts

ORDERS: Mapping[str, Sequence[str]] = {
    **{feature.name: feature.levels for feature in FEATURES},
    CONFLICTS: CONFLICT_LEVELS,
}


def fit(
    samples: Iterable[Sample], ridge: float = 1.0, rounds: int = 30
) -> tuple[float, dict[str, dict[str, float]]]:
    """The start and the weights that best explain the samples.

    ``ridge`` draws weights towards zero, so that a level seen in a handful of pairs weighs little. Where a
    fit breaks the order of a feature's levels, the offending neighbours share one weight and the fit is made
    again.
    """
    rows = _condense(samples)
    pools = {(name, level): level for name, order in ORDERS.items() for level in (*order, ABSENT)}
    while True:
        start, weights = _regress(rows, pools, ridge, rounds)
        offenders = _out_of_order(weights, pools)
        if not offenders:
            return start, _spread(weights, pools)
        for name, kept, joined in offenders:
            for key, pool in pools.items():
                if key[0] == name and pool == joined:
                    pools[key] = kept


def _condense(samples: Iterable[Sample]) -> list[tuple[Levels, float, float]]:
    """Equal level patterns as one row with the weight of its positives and of its negatives."""
    positive: Counter[tuple[tuple[str, str], ...]] = Counter()
    negative: Counter[tuple[tuple[str, str], ...]] = Counter()
    for levels, same, weight in samples:
        counter: Counter[tuple[tuple[str, str], ...]] = positive if same else negative
        counter[tuple(sorted(levels.items()))] += weight  # type: ignore[assignment]  # weights may be fractions
    patterns = sorted(positive.keys() | negative.keys())
    return [(dict(pattern), float(positive[pattern]), float(negative[pattern])) for pattern in patterns]


def _regress(
    rows: list[tuple[Levels, float, float]], pools: Mapping[Group, str], ridge: float, rounds: int
) -> tuple[float, dict[Group, float]]:
    """Ridge logistic regression by Newton's method."""
    groups = sorted({(name, pool) for (name, _), pool in pools.items()})
    place = {group: number + 1 for number, group in enumerate(groups)}
    table = [
        ([0, *(place[name, pools[name, level]] for name, level in levels.items())], same, other)
        for levels, same, other in rows
    ]
    values = [0.0] * (len(groups) + 1)
    for _ in range(rounds):
        step = _newton_step(table, values, ridge)
        values = [value + change for value, change in zip(values, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return values[0], {group: values[number] for group, number in place.items()}


def _newton_step(
    table: list[tuple[list[int], float, float]], values: list[float], ridge: float
) -> list[float]:
    size = len(values)
    gradient = [0.0] + [-ridge * value for value in values[1:]]
    hessian = [[0.0] * size for _ in range(size)]
    for number in range(size):
        hessian[number][number] = ridge if number else 1e-6
    for places, same, other in table:
        total = max(-30.0, min(30.0, sum(values[number] for number in places)))
        chance = 1 / (1 + math.exp(-total))
        error = same - (same + other) * chance
        spread = (same + other) * chance * (1 - chance)
        for number in places:
            gradient[number] += error
            row = hessian[number]
            for column in places:
                row[column] += spread
    return _solve(hessian, gradient)


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system by elimination."""
    size = len(right)
    rows = [[*matrix[number], right[number]] for number in range(size)]
    for pivot in range(size):
        head = rows[pivot][pivot]
        for below in range(pivot + 1, size):
            if factor := rows[below][pivot] / head:
                rows[below] = [
                    value - factor * above for value, above in zip(rows[below], rows[pivot], strict=True)
                ]
    found = [0.0] * size
    for number in range(size - 1, -1, -1):
        known = sum(rows[number][column] * found[column] for column in range(number + 1, size))
        found[number] = (rows[number][size] - known) / rows[number][number]
    return found


def _out_of_order(weights: Mapping[Group, float], pools: Mapping[Group, str]) -> list[tuple[str, str, str]]:
    """Neighbouring pools of a feature whose weights fall where they should rise."""
    found = []
    for name, order in ORDERS.items():
        chain = list(dict.fromkeys(pools[name, level] for level in order))
        for lower, higher in pairwise(chain):
            if weights[name, lower] > weights[name, higher] + 1e-9:
                found.append((name, lower, higher))
                break
    return found


def _spread(weights: Mapping[Group, float], pools: Mapping[Group, str]) -> dict[str, dict[str, float]]:
    spread: dict[str, dict[str, float]] = {name: {} for name in ORDERS}
    for (name, level), pool in pools.items():
        spread[name][level] = round(weights[name, pool], 2)
    return spread
