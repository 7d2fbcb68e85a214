"""A catalogue in memory that our server sides answer from: for demonstration members and for tests.

It is searched by plain conditions, which the protocols translate their queries into. Results are snapshots:
a change while somebody fetches does not disturb what was found.

Owns: records with their times and deletions; searching, scanning and listing them.
Must not: know a protocol.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Final, TypeAlias

from connectors.serving_terms import marc_terms
from connectors.words import isbn, words


@dataclass(frozen=True, slots=True)
class ServedRecord:
    """One record as its member would deliver it."""

    identifier: str
    raw: bytes  #: ISO 2709
    marcxml: bytes | None  #: the same as a MARCXML record element; None where it is not offered
    modified: datetime  #: aware
    deleted: bool = False


class Index(StrEnum):
    """What can be searched."""

    ANY = "any"
    TITLE = "title"
    AUTHOR = "author"
    ISBN = "isbn"
    IDENTIFIER = "identifier"
    MODIFIED = "modified"  #: the day, as yyyymmdd
    YEAR = "year"  #: of publication
    ALL = "all"  #: every record, whatever the term


class Relation(StrEnum):
    """How a value must stand to the term."""

    LESS = "<"
    LESS_OR_EQUAL = "<="
    EQUAL = "="
    GREATER_OR_EQUAL = ">="
    GREATER = ">"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; words of the term must all occur, in any order, unless ``Relation`` compares values."""

    index: Index
    term: str
    relation: Relation = Relation.EQUAL
    truncated: bool = False  #: the last word may go on


@dataclass(frozen=True, slots=True)
class Order:
    """A key to sort by; records without a value come last, whichever the direction."""

    index: Index
    descending: bool = False


#: The words of each index in a record, folded for comparison.
Terms: TypeAlias = Mapping[str, tuple[str, ...]]
Describe: TypeAlias = Callable[[bytes], Terms]

_ORDERED: Final = frozenset({Index.IDENTIFIER, Index.MODIFIED, Index.YEAR})


class ServedCatalogue:
    """The records of one member under one database name."""

    def __init__(
        self, name: str, records: Iterable[ServedRecord], *, describe: Describe = marc_terms
    ) -> None:
        """``describe`` finds the searchable words of a record's bytes."""
        self.name = name
        self._describe = describe
        self._records: dict[str, ServedRecord] = {}
        self._terms: dict[str, Terms] = {}
        self._indexed: dict[Index, dict[str, set[str]]] = {}
        for record in records:
            self.change(record)

    def __len__(self) -> int:
        return sum(not record.deleted for record in self._records.values())

    def change(self, record: ServedRecord) -> None:
        """Add a record, or replace the one with its identifier."""
        if record.modified.tzinfo is None:
            raise ValueError("the time of a change must be aware")
        self._records[record.identifier] = record
        self._terms.pop(record.identifier, None)
        self._indexed.clear()

    def delete(self, identifier: str, at: datetime) -> None:
        """Delete a record; it stays listed as deleted.

        Raises:
            KeyError: there is no such record.
        """
        self.change(replace(self._records[identifier], deleted=True, modified=at))

    def record(self, identifier: str) -> ServedRecord | None:
        """The record, deleted or not; None when there never was one."""
        return self._records.get(identifier)

    def live(self) -> frozenset[str]:
        """The identifiers of all records that are not deleted."""
        return frozenset(name for name, record in self._records.items() if not record.deleted)

    def matching(self, condition: Condition) -> frozenset[str]:
        """The identifiers of the records that meet a condition."""
        if condition.index is Index.ALL:
            return self.live()
        postings = self._postings(condition.index)
        if condition.index in _ORDERED or condition.relation is not Relation.EQUAL:
            return _with_value(postings, condition)
        return _with_words(postings, condition)

    def in_order(self, identifiers: Iterable[str], *orders: Order) -> tuple[ServedRecord, ...]:
        """These records by the keys given, the most significant first, and by their identifiers at last."""
        found = [self._records[name] for name in sorted(identifiers)]
        for order in reversed(orders):
            # Sorting keeps equals as they are, so that the least significant key goes first.
            found.sort(key=lambda record: self._values(record, order.index), reverse=order.descending)
            found.sort(key=lambda record: not self._values(record, order.index))
        return tuple(found)

    def changes(self, since: datetime | None, until: datetime | None) -> tuple[ServedRecord, ...]:
        """Records changed or deleted in this span, its ends included, the earliest first."""
        chosen = (
            record
            for record in self._records.values()
            if (since is None or record.modified >= since) and (until is None or record.modified <= until)
        )
        return tuple(sorted(chosen, key=lambda record: (record.modified, record.identifier)))

    def earliest(self) -> datetime | None:
        """When the first change happened; None in an empty catalogue."""
        return min((record.modified for record in self._records.values()), default=None)

    def scan(self, index: Index, start: str, count: int, before: int = 0) -> list[tuple[str, int]]:
        """Terms of an index in order with their numbers of records, from ``start``; some before it."""
        postings = self._postings(index)
        terms = sorted(postings)
        first = max(0, bisect.bisect_left(terms, start.casefold()) - before)
        return [(term, len(postings[term])) for term in terms[first : first + count]]

    def sorted_by(
        self, records: Iterable[ServedRecord], index: Index, *, descending: bool = False
    ) -> tuple[ServedRecord, ...]:
        """These records by their values in an index; those without a value last, in whichever direction."""
        valued = [(self._values(record, index), record) for record in records]
        with_value = sorted((one for one in valued if one[0]), key=itemgetter(0), reverse=descending)
        without = (one for one in valued if not one[0])
        return tuple(record for _, record in (*with_value, *without))

    def _postings(self, index: Index) -> Mapping[str, set[str]]:
        """The live records by their values in an index; kept until something changes."""
        postings = self._indexed.get(index)
        if postings is None:
            postings = self._indexed[index] = {}
            for name in self.live():
                for value in self._values(self._records[name], index):
                    postings.setdefault(value, set()).add(name)
        return postings

    def _values(self, record: ServedRecord, index: Index) -> tuple[str, ...]:
        if index is Index.IDENTIFIER:
            return (record.identifier.casefold(),)
        if index is Index.MODIFIED:
            return (record.modified.astimezone(UTC).strftime("%Y%m%d"),)
        if record.identifier not in self._terms:
            self._terms[record.identifier] = self._describe(record.raw)
        return self._terms[record.identifier].get(index, ())


def _with_value(postings: Mapping[str, set[str]], condition: Condition) -> frozenset[str]:
    """The records that have a value which stands to the term as the condition says."""
    term = condition.term.casefold()
    if condition.relation is Relation.EQUAL and not condition.truncated:
        return frozenset(postings.get(term, ()))
    compare: dict[Relation, Callable[[str], bool]] = {
        Relation.LESS: lambda value: value < term,
        Relation.LESS_OR_EQUAL: lambda value: value <= term,
        Relation.EQUAL: lambda value: value.startswith(term),
        Relation.GREATER_OR_EQUAL: lambda value: value >= term,
        Relation.GREATER: lambda value: value > term,
    }
    return _of_values(postings, compare[condition.relation])


def _with_words(postings: Mapping[str, set[str]], condition: Condition) -> frozenset[str]:
    """The records that have all words of the term, of which the last may go on."""
    wanted = (isbn(condition.term),) if condition.index is Index.ISBN else words([condition.term])
    if not wanted:
        return frozenset()
    last = wanted[-1]
    if condition.truncated:
        found = _of_values(postings, lambda value: value.startswith(last))
    else:
        found = frozenset(postings.get(last, ()))
    return found.intersection(*(postings.get(word, ()) for word in wanted[:-1]))


def _of_values(postings: Mapping[str, set[str]], good: Callable[[str], bool]) -> frozenset[str]:
    return frozenset[str]().union(*(names for value, names in postings.items() if good(value)))
