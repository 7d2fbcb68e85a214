"""Alternating rounds, and their medians.

All sides run in every round and the order turns from round to round, so that whatever else the machine does
falls on each of them. A ratio is taken within a round; its median over the rounds is what to look at.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome

#: one measure's rounds: for each, the outcome of every side
Rounds = list[dict[str, Outcome]]


async def measured(benchmark: Benchmark, order: BenchmarkOrder, language: str) -> dict[str, Any]:
    """Run a benchmark and answer with its figures.

    Returns:
        ``figures``: medians by ``figure.side``; ``ratios``: medians by ``figure.ours/peer``, above 1 where
        ours is better; ``ratio_ranges``: lowest and highest; ``work``: what each measure did, and
        ``same_work`` whether all its sides did the same; ``absent``: the peers that are not here, and why.
    """
    async with benchmark.prepare(order) as prepared:
        rounds: dict[str, Rounds] = {measure.name: [] for measure in prepared.measures}
        for number in range(order.rounds):
            order.progress(f"bench {benchmark.name}", number, order.rounds)
            for measure in prepared.measures:
                rounds[measure.name].append(await _round(measure, backwards=number % 2 == 1))
        order.progress(f"bench {benchmark.name}", order.rounds, order.rounds)
    answer: dict[str, Any] = {
        "name": benchmark.name, "records": order.records, "rounds": order.rounds,
        "figures": {name: rounded(value) for name, value in prepared.figures.items()},
        "ratios": {}, "ratio_ranges": {}, "work": {}, "same_work": True,
        "absent": {absent.side: absent.say(language) for absent in prepared.absent},
    }  # fmt: skip
    for measure in prepared.measures:
        _conclude(answer, measure, rounds[measure.name])
    return answer


async def _round(measure: Measure, *, backwards: bool) -> dict[str, Outcome]:
    outcomes = {}
    for side in reversed(measure.sides) if backwards else measure.sides:
        # What one side left behind is not to be collected while another is measured.
        gc.collect()
        outcomes[side.name] = await side.run()
    return outcomes


def _conclude(answer: dict[str, Any], measure: Measure, rounds: Rounds) -> None:
    ours, *peers = (side.name for side in measure.sides)
    for figure in measure.figures:
        for side in (ours, *peers):
            values = [outcomes[side].values[figure.name] for outcomes in rounds]
            answer["figures"][f"{figure.name}.{side}"] = rounded(median(values))
        for peer in peers:
            found = sorted(ratios(figure, rounds, ours, peer))
            name = f"{figure.name}.{ours}/{peer}"
            answer["ratios"][name] = rounded(median(found))
            answer["ratio_ranges"][name] = [rounded(found[0]), rounded(found[-1])]
    answer["work"][measure.name] = rounds[0][ours].work
    answer["same_work"] = answer["same_work"] and all(map(_alike, rounds))


def ratios(figure: Figure, rounds: Sequence[Mapping[str, Outcome]], ours: str, peer: str) -> Iterable[float]:
    """Round by round how many times better ours was than the peer."""
    for outcomes in rounds:
        one, other = outcomes[ours].values[figure.name], outcomes[peer].values[figure.name]
        better, worse = (one, other) if figure.more_is_better else (other, one)
        yield better / worse if worse else float("inf")


def _alike(outcomes: Mapping[str, Outcome]) -> bool:
    return len({outcome.work for outcome in outcomes.values()}) == 1


def rounded(value: float) -> float:
    """Four figures at most: the rest is noise."""
    return float(f"{value:.4g}")
