"""The table of benchmarks."""

from __future__ import annotations

from collections.abc import Mapping

from hub.benchmarks import dedupe, harvest, marc, search, store, z3950
from hub.benchmarks.benchmark import Benchmark

BENCHMARKS: Mapping[str, Benchmark] = {
    benchmark.name: benchmark
    for benchmark in (
        marc.BENCHMARK,
        store.BENCHMARK,
        search.BENCHMARK,
        dedupe.BENCHMARK,
        z3950.BENCHMARK,
        harvest.BENCHMARK,
    )
}
