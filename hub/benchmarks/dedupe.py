"""``dedupe``: describing records and comparing pairs, beside a plain loop over rapidfuzz."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from rapidfuzz import fuzz

from dedupe.description import Description, describe
from dedupe.features.table import prepare
from dedupe.keys import MatchKey, candidate_pairs, keys_of
from dedupe.verdict import score_pairs
from hub.benchmarks.benchmark import Benchmark, BenchmarkOrder, Figure, Measure, Outcome, Prepared, Side
from hub.benchmarks.records import records_of
from hub.kernel.record import Record

DESCRIBED = Figure("descriptions_per_second")
COMPARED = Figure("pairs_per_second")
MOST_PAIRS = 20_000
ALIKE = 85  #: per cent, from where a plain loop would call two records the same

Pair = tuple[int, int]
#: folded title, author, publisher and year: what the plain loop compares
Strings = tuple[str, str, str, str]


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """The records, their descriptions, and the pairs that the hub itself would compare."""
    records = list(records_of(order.file, order.records))
    descriptions = {number: describe(record) for number, record in enumerate(records)}
    pairs = _pairs(descriptions)
    yield Prepared(
        (
            Measure("describe", (DESCRIBED,), (_describing(order, records),)),
            Measure(
                "compare",
                (COMPARED,),
                (_comparing(order, descriptions, pairs), _plain_loop(order, descriptions, pairs)),
            ),
        )
    )


def _pairs(descriptions: Mapping[int, Description]) -> Sequence[Pair]:
    blocks: dict[str, list[tuple[int, MatchKey]]] = {}
    for number, description in descriptions.items():
        for key in keys_of(description):
            blocks.setdefault(key.value, []).append((number, key))
    found = sorted(candidate_pairs(blocks))
    # Evenly from all of them: neighbours are more alike than others.
    return found[:: len(found) // MOST_PAIRS + 1]


def _describing(order: BenchmarkOrder, records: Sequence[Record]) -> Side:
    async def run() -> Outcome:
        made, seconds = order.seconds(lambda: [describe(record) for record in records])
        return Outcome({DESCRIBED.name: len(made) / seconds}, f"{len(made)} records described")

    return Side("tongjie", run)


def _comparing(order: BenchmarkOrder, descriptions: Mapping[int, Description], pairs: Sequence[Pair]) -> Side:
    ready = {number: prepare(description) for number, description in descriptions.items()}

    async def run() -> Outcome:
        _, seconds = order.seconds(lambda: score_pairs(ready, pairs))
        return Outcome({COMPARED.name: len(pairs) / seconds}, _compared(pairs))

    return Side("tongjie", run)


def _plain_loop(
    order: BenchmarkOrder, descriptions: Mapping[int, Description], pairs: Sequence[Pair]
) -> Side:
    """Four similarities and their mean: no vetoes, no identifiers, no model, no reasons."""
    strings = {number: _strings(description) for number, description in descriptions.items()}

    def compare_all() -> list[Pair]:
        return [pair for pair in pairs if _similarity(strings[pair[0]], strings[pair[1]]) >= ALIKE]

    async def run() -> Outcome:
        _, seconds = order.seconds(compare_all)
        return Outcome({COMPARED.name: len(pairs) / seconds}, _compared(pairs))

    return Side("rapidfuzz_loop", run)


def _strings(description: Description) -> Strings:
    publication = description.publication
    authors = " ".join(description.people.forms("author"))
    return description.titles.full, authors, publication.publisher_form, str(publication.year or "")


def _similarity(one: Strings, other: Strings) -> float:
    return (
        fuzz.ratio(one[0], other[0])
        + fuzz.token_sort_ratio(one[1], other[1])
        + fuzz.ratio(one[2], other[2])
        + fuzz.ratio(one[3], other[3])
    ) / 4


def _compared(pairs: Sequence[Pair]) -> str:
    return f"{len(pairs)} pairs compared"


BENCHMARK = Benchmark("dedupe", "bench.dedupe", 4_000, prepared)
