"""``search``: the union index beside SQLite FTS5: the same tokens, the same queries, the same counts."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, closing, nullcontext
from pathlib import Path
from statistics import quantiles

from hub.benchmarks.benchmark import (
    Absent,
    Benchmark,
    BenchmarkOrder,
    Figure,
    Measure,
    Outcome,
    Prepared,
    Side,
)
from hub.benchmarks.full_text import FullTextIndex, is_here
from hub.benchmarks.records import records_of
from hub.benchmarks.searches import FACETS, LIMIT, Engine, Found, Query, edition, queries
from hub.index.documents import Document, Edition, document
from hub.index.engine import SearchIndex
from hub.index.fields import TEXT
from hub.index.port import Search
from hub.index.query.plan import Term, all_of

ANALYSED = Figure("analysed_documents_per_second")
ADDED = Figure("indexed_documents_per_second")
MIDDLE = Figure("query_p50_milliseconds", more_is_better=False)
SLOW = Figure("query_p95_milliseconds", more_is_better=False)
OURS, PEER = "tongjie", "sqlite_fts5"

Open = Callable[[Path], Engine]


class UnionSide:
    """The hub's own index as a side of the comparison."""

    def __init__(self, folder: Path) -> None:
        """Make an empty index in a new folder."""
        self._index = SearchIndex.open(folder)

    def add(self, documents: Iterable[Document]) -> None:
        """As a rebuild does."""
        building = self._index.begin_rebuild(1)
        building.add(documents)
        self._index.finish_rebuild(building)

    def count(self) -> int:
        """How many documents it holds."""
        return self._index.count()

    def find(self, query: Query) -> Found:
        """With the counts of all facets."""
        plan = all_of(tuple(Term(TEXT, token) for token in query))
        page = self._index.search(Search(plan, facets=FACETS, limit=LIMIT))
        counts = {facet: dict(values) for facet, values in page.facets.items()}
        return Found(page.total, tuple(hit.key for hit in page.hits), counts)

    def close(self) -> None:
        """Let go of the files."""
        self._index.close()


@asynccontextmanager
async def prepared(order: BenchmarkOrder) -> AsyncIterator[Prepared]:
    """Documents, queries made of their words, and an index of each kind filled with them."""
    editions = [
        edition(number, record) for number, record in enumerate(records_of(order.file, order.records))
    ]
    documents = [document(one) for one in editions]
    asked = queries(editions)
    peer_is_here = is_here()
    with (
        _filled(UnionSide, order.folder / OURS, documents) as ours,
        _filled(FullTextIndex, order.folder / PEER, documents) if peer_is_here else nullcontext() as peer,
    ):
        adding = [_adding(order, documents, OURS, UnionSide)]
        asking = [_asking(order, asked, OURS, ours)]
        if peer is not None:
            adding.append(_adding(order, documents, PEER, FullTextIndex))
            asking.append(_asking(order, asked, PEER, peer))
        yield Prepared(
            (
                Measure("analyse", (ANALYSED,), (_analysing(order, editions),)),
                Measure("index", (ADDED,), tuple(adding)),
                Measure("query", (MIDDLE, SLOW), tuple(asking)),
            ),
            () if peer_is_here else (Absent(PEER, "bench.no_fts5"),),
        )


def _filled(opened: Open, folder: Path, documents: Sequence[Document]) -> AbstractContextManager[Engine]:
    engine = opened(folder)
    engine.add(documents)
    return closing(engine)


def _analysing(order: BenchmarkOrder, editions: Sequence[Edition]) -> Side:
    async def run() -> Outcome:
        made, seconds = order.seconds(lambda: [document(one) for one in editions])
        return Outcome({ANALYSED.name: len(made) / seconds}, f"{len(made)} documents")

    return Side(OURS, run)


def _adding(order: BenchmarkOrder, documents: Sequence[Document], name: str, opened: Open) -> Side:
    async def run() -> Outcome:
        folder = order.folder / "round"
        with closing(opened(folder)) as engine:
            _, seconds = order.seconds(lambda: engine.add(documents))
            held = engine.count()
        shutil.rmtree(folder)
        return Outcome({ADDED.name: len(documents) / seconds}, f"{held} documents")

    return Side(name, run)


def _asking(order: BenchmarkOrder, asked: Sequence[Query], name: str, engine: Engine) -> Side:
    async def run() -> Outcome:
        answers: list[Found] = []
        seconds: list[float] = []
        for query in asked:
            began = order.stopwatch()
            answers.append(engine.find(query))
            seconds.append(order.stopwatch() - began)
        cuts = quantiles(seconds, n=20)
        values = {MIDDLE.name: cuts[9] * 1000, SLOW.name: cuts[18] * 1000}
        return Outcome(values, _found(answers))

    return Side(name, run)


def _found(answers: Sequence[Found]) -> str:
    """Totals and counts of all answers; the order within a page is each engine's own."""
    shown = sum(len(answer.keys) for answer in answers)
    counts = [
        (facet.value, sorted(values.items()))
        for answer in answers
        for facet, values in sorted(answer.counts.items())
    ]
    total = sum(answer.total for answer in answers)
    digest = f"{zlib.crc32(repr(counts).encode()):08x}"
    return f"{len(answers)} queries, {total} found, {shown} shown, facet counts {digest}"


BENCHMARK = Benchmark("search", "bench.search", 10_000, prepared)
