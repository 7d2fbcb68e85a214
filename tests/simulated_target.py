"""A searchable target that exists only in memory, with every way of lying that a real one has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from connectors.errors import Diagnostic, Disconnected
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import Key, Kind, Lacks, Outside, Range, Slice
from connectors.ports import RawRecord

DAY = Key("date-modified", Kind.DAY)
YEAR = Key("year", Kind.YEAR)
TEXT = Key("local-number", Kind.TEXT)


@dataclass(frozen=True)
class Book:
    """A record with what it can be searched by."""

    number: str | None
    day: str | None
    year: str | None
    text: str = ""

    @property
    def record(self) -> RawRecord:
        return RawRecord(f"{self.number} {self.day} {self.year} {self.text}".encode(), self.number)

    def value(self, key: Key) -> str | None:
        return {DAY: self.day, YEAR: self.year, TEXT: self.number}[key]

    def lies_in(self, part: Slice) -> bool:
        return member_test(part)(self)


def member_test(part: Slice) -> Callable[[Book], bool]:
    """Whether a book lies in a slice, with the slice's bounds worked out once."""
    tests = [_condition_test(condition) for condition in part.conditions]
    return lambda book: all(test(book) for test in tests)


def _condition_test(condition: Range | Lacks | Outside) -> Callable[[Book], bool]:
    if isinstance(condition, Lacks):
        key = condition.key
        return lambda book: book.value(key) is None
    if isinstance(condition, Outside):
        inside = [member_test(part) for part in condition.slices]
        return lambda book: not any(test(book) for test in inside)
    key, low, high = condition.key, condition.low_value, condition.high_value

    def lies(book: Book) -> bool:
        value = book.value(key)
        return value is not None and (low is None or value >= low) and (high is None or value < high)

    return lies


@dataclass
class SimulatedTarget:
    """Answers from its books; implements ``SearchTarget``."""

    books: list[Book]
    understood: Sequence[Key] = (DAY, YEAR, TEXT)
    cap: int | None = None  #: most hits of any search
    says_cap: bool = True  #: a capped result is called a subset
    hides: tuple[Key, frozenset[int]] | None = None  #: books that no query over this key finds, by place
    denies_everything: bool = False  #: finds nothing when it is asked for everything
    understands_outside: bool = True
    breaks: frozenset[int] = frozenset()  #: requests that end the conversation
    shuffles: bool = False  #: every search lists its records in another order
    batch: int = 3
    requests: int = 0
    delivered: list[RawRecord] = field(default_factory=list)

    async def keys(self) -> Sequence[Key]:
        return self.understood

    async def count(self, part: Slice) -> Found:
        return self._search(part)[0]

    async def occurrences(self, identifier: str) -> int | None:
        self._request()
        return sum(book.number == identifier for book in self.books)

    @asynccontextmanager
    async def take(
        self, part: Slice, skip: int = 0
    ) -> AsyncIterator[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        found, books = self._search(part)
        yield found, self._deliver(books[skip:])

    async def _deliver(self, books: list[Book]) -> AsyncIterator[tuple[RawRecord, ...]]:
        for start in range(0, len(books), self.batch):
            self._request()
            yield tuple(book.record for book in books[start : start + self.batch])

    def _search(self, part: Slice) -> tuple[Found, list[Book]]:
        self._request()
        if not self.understands_outside and any(isinstance(one, Outside) for one in part.conditions):
            raise Diagnostic("here", "bib-1", 3, "too complex")
        if self.denies_everything and not part.conditions:
            return Found(0), []
        lies = member_test(part)
        hidden = self.hides[1] if self.hides is not None and _mentions(part, self.hides[0]) else frozenset()
        found = [book for place, book in enumerate(self.books) if place not in hidden and lies(book)]
        if self.shuffles:
            Random(self.requests).shuffle(found)
        if self.cap is not None and len(found) > self.cap:
            return Found(self.cap, exact=not self.says_cap), found[: self.cap]
        return Found(len(found)), found

    def _request(self) -> None:
        self.requests += 1
        if self.requests in self.breaks:
            raise Disconnected("disconnected", "here", reason="as planned")


def _mentions(part: Slice, key: Key) -> bool:
    return any(
        any(_mentions(inner, key) for inner in one.slices) if isinstance(one, Outside) else one.key == key
        for one in part.conditions
    )
