"""What the hub asks of a search engine, whichever it is.

Owns: the values that go in and come out. An engine that keeps ``Document`` tokens as they are and compiles
``Plan`` to its own queries gives the same answers as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hub.index.documents import Document
from hub.index.fields import Facet, Order
from hub.index.query.plan import Plan


@dataclass(frozen=True, slots=True)
class Search:
    """One search. A facet is counted as if it were not filtered by itself, so that more can be ticked."""

    plan: Plan
    filters: Mapping[Facet, Plan] = field(default_factory=dict)
    facets: tuple[Facet, ...] = ()
    order: Order = Order.RELEVANCE
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """An edition found. ``score`` is 0 unless results are sorted by relevance."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results with the exact total, and per facet its values with exact counts."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)


class Building(Protocol):
    """A new index in the making beside the live one."""

    def add(self, documents: Iterable[Document]) -> int:
        """Add documents whose keys were not added before; how many."""
        ...


class UnionIndex(Protocol):
    """The union search index: a projection of the store that can be rebuilt at any time."""

    @property
    def needs_rebuild(self) -> bool:
        """Whether it is new, unreadable or made by another version of the analysis."""
        ...

    def position(self) -> int:
        """The outbox position that everything up to is in the index."""
        ...

    def forgettable(self) -> int:
        """The outbox position up to which no index, live or in the making, needs entries again."""
        ...

    def count(self) -> int:
        """How many editions it holds."""
        ...

    def keys(self) -> frozenset[str]:
        """The key of every edition it holds."""
        ...

    def apply(
        self, documents: Iterable[Document], deletions: Iterable[str], position: int, *, since: int
    ) -> bool:
        """Put documents in the place of those with their keys, delete, and be at ``position``.

        Durable and visible on return. Doing it again changes nothing: replay after a crash is harmless.

        Returns:
            False, and nothing is done, when the index is no longer at ``since``: somebody else fed it, or a
            rebuilt one took its place, and the outbox must be read again from where it is now.
        """
        ...

    def search(self, wanted: Search) -> Page:
        """Answer a search. Any thread may ask."""
        ...

    def begin_rebuild(self, position: int) -> Building:
        """Start a new index of the store as it was when the outbox stood at ``position``."""
        ...

    def finish_rebuild(self, building: Building) -> None:
        """Make the new index durable and put it in the place of the live one."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...
