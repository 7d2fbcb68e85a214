"""What ``search`` indexes and asks: editions with copies in libraries, and queries made of their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from dedupe.description import describe
from dedupe.merging import Source, display_record
from hub.index.analysis import tokens
from hub.index.documents import Copies, Document, Edition
from hub.index.fields import Facet
from hub.kernel.record import Record

#: what every search counts beside its results
FACETS = (Facet.LIBRARY, Facet.LANGUAGE, Facet.MATERIAL, Facet.CLC)
LIMIT = 20  #: results of a page
QUERIES = 300
DISTRICTS, LIBRARIES, MOST_COPIES = 12, 60, 6

#: tokens that must all occur
Query = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An engine's answer."""

    total: int
    keys: tuple[str, ...]  #: of the best, in the engine's own order
    counts: Mapping[Facet, Mapping[str, int]]


class Engine(Protocol):
    """An index in the making and in use."""

    def add(self, documents: Iterable[Document]) -> None:
        """Index documents durably, all at once."""
        ...

    def count(self) -> int:
        """How many documents it holds."""
        ...

    def find(self, query: Query) -> Found:
        """Answer a query."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


def edition(number: int, record: Record) -> Edition:
    """The record as an edition of its own, with copies in a few libraries."""
    chance = Random(number)
    libraries = sorted({chance.randrange(LIBRARIES) for _ in range(chance.randint(1, MOST_COPIES))})
    return Edition(
        str(number),
        display_record([Source(str(number), describe(record))]),
        tuple(Copies((f"library-{one}", f"district-{one % DISTRICTS}", "city")) for one in libraries),
    )


def queries(editions: Sequence[Edition]) -> list[Query]:
    """Queries that find something: a word, two words, a title, a title with its author."""
    chance = Random(1)
    made: list[Query] = []
    for number in range(QUERIES):
        display = chance.choice(editions).display
        title = _required([str(display["title"])])
        author = _required(display["authors"][:1])
        chosen = (title[:1], title[:2], title, (*title, *author))[number % 4]
        made.append(chosen or ("no", "title"))
    return made


def _required(texts: Iterable[str]) -> Query:
    found = (token for text in texts for token in tokens.required(tokens.runs(text)))
    return tuple(dict.fromkeys(found))
