"""The union search index in a folder: the live generation, and a new one built beside it.

Owns: which generation is live, one writer at a time, answering searches from any thread.
Must not: read the store; ``hub.services.indexing`` brings the documents.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tantivy import Order as Direction
from tantivy import Query, Searcher

from hub.index import fields
from hub.index.documents import Document
from hub.index.embedded.generation import Generation, write_pointer
from hub.index.embedded.queries import filtered
from hub.index.fields import Facet, Order
from hub.index.port import Building, Hit, Page, Search

POINTER_FILE = "live.txt"
MOST_VALUES = 1000  # of one facet: more than any network has libraries or a catalogue has years
SORTED_BY: Mapping[Order, tuple[str, Direction]] = {
    Order.NEWEST: (fields.YEAR, Direction.Desc),
    Order.OLDEST: (fields.YEAR, Direction.Asc),
    Order.TITLE: (fields.TITLE_ORDER, Direction.Asc),
}


class SearchIndex:
    """The embedded union index: ``hub.index.port.UnionIndex`` on tantivy."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, creating an empty one where there is none usable."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writing = threading.Lock()
        self._building: tuple[Generation, int] | None = None
        self._live = self._open_live()

    @classmethod
    def open(cls, folder: Path) -> SearchIndex:
        """Open the index in ``folder``, creating an empty one where there is none usable."""
        return cls(folder)

    @property
    def needs_rebuild(self) -> bool:
        """Whether it is new, unreadable or made by another version of the analysis."""
        return not self._live.usable

    def position(self) -> int:
        """The outbox position that everything up to is in the index."""
        return self._live.position

    def forgettable(self) -> int:
        """The outbox position up to which neither the live index nor one being built needs entries again."""
        building = self._building
        return self._live.position if building is None else min(self._live.position, building[1])

    def count(self) -> int:
        """How many editions it holds."""
        return self._live.searcher().num_docs

    def keys(self) -> frozenset[str]:
        """The key of every edition it holds."""
        searcher = self._live.searcher()
        if not searcher.num_docs:
            return frozenset()
        found = searcher.search(Query.all_query(), limit=searcher.num_docs, count=False)
        return frozenset(searcher.doc(address)[fields.KEY][0] for _, address in found.hits)

    def apply(
        self, documents: Iterable[Document], deletions: Iterable[str], position: int, *, since: int
    ) -> bool:
        """Replace, add and delete by key and be at ``position``; False when not at ``since`` any more."""
        made = list(documents)
        with self._writing:
            if self._live.position != since:
                return False
            self._live.delete(deletions)
            self._live.delete(document.key for document in made)
            self._live.add(made)
            self._live.commit(position)
        return True

    def search(self, wanted: Search) -> Page:
        """Answer a search. Any thread may ask; total and counts are exact."""
        searcher = self._live.searcher()
        query = filtered(wanted.plan, wanted.filters)
        total, hits = _hits(searcher, query, wanted)
        return Page(total, hits, _facets(searcher, wanted, query))

    def begin_rebuild(self, position: int) -> Building:
        """Start an empty generation beside the live one, for the store as it was at ``position``.

        A rebuild that was begun before and never finished is thrown away.
        """
        with self._writing:
            if self._building is not None:
                self._discard(self._building[0])
            made = Generation(self._folder / self._next_name())
            self._building = (made, position)
        return made

    def finish_rebuild(self, building: Building) -> None:
        """Make the new generation durable and live, and remove the old one."""
        with self._writing:
            if self._building is None or self._building[0] is not building:
                raise ValueError("this rebuild was not begun, or another was begun since")
            made, position = self._building
            made.commit(position)
            write_pointer(self._folder / POINTER_FILE, made.folder.name)
            # Searches that still hold a view of the old generation keep its open files.
            old, self._live, self._building = self._live, made, None
            self._discard(old)

    def close(self) -> None:
        """Let go of the files; a rebuild under way is given up."""
        with self._writing:
            if self._building is not None:
                self._discard(self._building[0])
                self._building = None
            self._live.close()

    def _open_live(self) -> Generation:
        pointer = self._folder / POINTER_FILE
        name = pointer.read_text("utf-8").strip() if pointer.exists() else ""
        for leftover in self._folder.glob("generation-*"):
            if leftover.name != name:
                shutil.rmtree(leftover)
        try:
            if name:
                return Generation(self._folder / name)
        except ValueError:
            # tantivy cannot read these files: another schema, or damaged. A projection can start anew.
            shutil.rmtree(self._folder / name)
        made = Generation(self._folder / self._next_name())
        write_pointer(pointer, made.folder.name)
        return made

    def _next_name(self) -> str:
        used = [int(folder.name.rpartition("-")[2]) for folder in self._folder.glob("generation-*")]
        return f"generation-{max(used, default=0) + 1:06d}"

    def _discard(self, generation: Generation) -> None:
        generation.close()
        shutil.rmtree(generation.folder)


def _hits(searcher: Searcher, query: Query, wanted: Search) -> tuple[int, tuple[Hit, ...]]:
    if wanted.limit <= 0:
        # tantivy will not look for none; one hit is found and not shown.
        return _total(searcher.search(query, limit=1)), ()
    order: dict[str, Any] = {"weight_by_field": fields.WEIGHT}
    if wanted.order in SORTED_BY:
        name, direction = SORTED_BY[wanted.order]
        order = {"order_by_field": name, "order": direction}
    found = searcher.search(query, limit=wanted.limit, offset=wanted.offset, **order)
    scored = wanted.order is Order.RELEVANCE
    return _total(found), tuple(
        Hit(searcher.doc(address)[fields.KEY][0], score if scored else 0.0) for score, address in found.hits
    )


def _total(found: Any) -> int:
    # tantivy's type stub leaves out the attribute.
    return int(found.count)


def _facets(searcher: Searcher, wanted: Search, query: Query) -> dict[Facet, tuple[tuple[str, int], ...]]:
    """Counts per facet; one pass for those not filtered by, one more for each that is."""
    together = [facet for facet in wanted.facets if facet not in wanted.filters]
    counted = _count(searcher, query, together)
    for facet in wanted.facets:
        if facet in wanted.filters:
            others = filtered(wanted.plan, wanted.filters, without=facet)
            counted |= _count(searcher, others, [facet])
    return {facet: counted[facet] for facet in wanted.facets}


def _count(searcher: Searcher, query: Query, facets: list[Facet]) -> dict[Facet, tuple[tuple[str, int], ...]]:
    if not facets:
        return {}
    asked = {facet.value: {"terms": {"field": facet.value, "size": MOST_VALUES}} for facet in facets}
    answer = searcher.aggregate(query, asked)
    return {
        facet: tuple(
            (str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[facet.value]["buckets"]
        )
        for facet in facets
    }
