"""Which books of the demo network fit which story, from what the catalogues state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.kernel.nodes import NodeTree
from hub.simulation.demo.catalogues import DemoNetwork, MemberCatalogue
from hub.simulation.demo.editions import Edition
from hub.simulation.demo.shelving import Copy

_MANY = 4
_CITY = "city"


class BookKind(StrEnum):
    """What a story needs of a book."""

    HELD_BY_MANY = "held_by_many"  #: free copies in several libraries of the city
    HELD_IN_ANOTHER_CITY = "held_in_another_city"  #: free copies, none of them in the city
    SINGLE_COPY = "single_copy"  #: one free copy, in the city


@dataclass(frozen=True, slots=True)
class Book:
    """An edition as a reader would look for it."""

    edition: str  #: the truth's key; actors search by the ISBN or the title
    title: str
    isbn: str
    owners: frozenset[str]  #: members that state a copy
    nodes: frozenset[str]  #: nodes where a copy stands


@dataclass(frozen=True, slots=True)
class LooseVolume:
    """A volume that a reader may take from a shelf to the desk."""

    owner: str
    barcode: str
    node: str
    title: str
    edition: str


@dataclass(frozen=True, slots=True)
class _Stated:
    owner: str
    node: str
    copy: Copy


class Bookshelf:
    """Everything that the catalogues hold, by edition."""

    def __init__(self, network: DemoNetwork, nodes: NodeTree) -> None:
        """``nodes`` tells which library is in the city."""
        self._nodes = nodes
        self._editions: dict[str, Edition] = {}
        stated: dict[str, list[_Stated]] = defaultdict(list)
        for catalogue in network.catalogues:
            for edition, each in _stated(catalogue):
                self._editions[edition.key] = edition
                stated[edition.key].append(each)
        self._stated: Mapping[str, list[_Stated]] = stated

    def books(self, kind: BookKind) -> list[Book]:
        """The books of this kind, by key. Sets are left out: their readers must name a volume."""
        return [
            self._book(edition, copies)
            for key, copies in sorted(self._stated.items())
            if _is_simple(edition := self._editions[key]) and self._fits(kind, copies)
        ]

    def loose_volumes(self) -> list[LooseVolume]:
        """Volumes for walk-up loans: free, in the city, of editions with several copies."""
        return [
            LooseVolume(each.owner, each.copy.barcode, each.node, self._editions[key].work.title, key)
            for key, copies in sorted(self._stated.items())
            if _is_simple(self._editions[key]) and self._fits(BookKind.HELD_BY_MANY, copies)
            for each in _free(copies)
            if self._in_city(each.node)
        ]

    def _fits(self, kind: BookKind, copies: list[_Stated]) -> bool:
        free = _free(copies)
        near = [each for each in free if self._in_city(each.node)]
        if kind is BookKind.HELD_BY_MANY:
            return len({each.owner for each in near}) >= _MANY
        if kind is BookKind.HELD_IN_ANOTHER_CITY:
            return bool(free) and not near and all(not self._in_city(each.node) for each in copies)
        return len(free) == len(near) == len(copies) == 1

    def _in_city(self, node: str) -> bool:
        return self._nodes[self._nodes.path(node)[-1]].level.value == _CITY

    def _book(self, edition: Edition, copies: Iterable[_Stated]) -> Book:
        return Book(
            edition.key,
            edition.work.title,
            edition.isbn,
            frozenset(each.owner for each in copies),
            frozenset(each.node for each in copies),
        )


def _stated(catalogue: MemberCatalogue) -> Iterable[tuple[Edition, _Stated]]:
    """The copies of a catalogue at nodes; those at a code that means no node are nobody's."""
    habits = catalogue.habits
    for record in catalogue.records:
        for copy in record.copies:
            if node := habits.locations[copy.location]:
                yield record.edition, _Stated(habits.member, node, copy)


def _is_simple(edition: Edition) -> bool:
    return edition.is_chinese and edition.pieces == 1 and edition.part is None and bool(edition.isbn)


def _free(copies: Iterable[_Stated]) -> list[_Stated]:
    return [each for each in copies if each.copy.state == "available"]
