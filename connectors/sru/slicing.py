"""Slices said in CQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from connectors.harvesting.slices import Key, Kind, Lacks, Outside, Range, Slice
from connectors.sru.cql_writing import quote

#: Keys in the order of their worth for a harvest, with the index names that servers give them.
INDEXES: Final[Mapping[Key, tuple[str, ...]]] = MappingProxyType(
    {
        Key("date-modified", Kind.DAY): ("rec.lastModificationDate", "rec.modificationDate"),
        Key("date-entered", Kind.DAY): ("rec.creationDate",),
        Key("local-number", Kind.TEXT): ("rec.id", "rec.identifier"),
        Key("year", Kind.YEAR): ("dc.date", "dcterms.issued"),
        Key("language", Kind.TEXT): ("dc.language",),
        Key("isbn", Kind.TEXT): ("bath.isbn",),
        Key("title", Kind.TEXT): ("dc.title",),
    }
)
#: Keys that cost a server much to compare: used only where an operator names them.
SPARE_KEYS: Final = ("isbn", "title")

#: Ways to ask for everything; which one a server understands is found by asking.
EVERYTHING: Final = ("cql.allRecords=1", "cql.allIndexes=*", "cql.anywhere=*", 'rec.id>="0"')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server wants to be asked."""

    everything: str = EVERYTHING[0]
    indexes: Mapping[str, str] = field(default_factory=dict)  #: by the name of a key
    iso_dates: bool = False

    def query(self, part: Slice) -> str:
        """The query whose result is the slice."""
        wanted: list[str] = []
        unwanted: list[str] = []
        for condition in part.conditions:
            if isinstance(condition, Lacks):
                unwanted.append(self.has_key(condition.key))
            elif isinstance(condition, Outside):
                unwanted += [f"({self.query(other)})" for other in condition.slices]
            else:
                self._range(condition, wanted, unwanted)
        text = " and ".join(wanted or [self.everything])
        return " not ".join([text, *unwanted])

    def has_key(self, key: Key) -> str:
        """The query for every record that has a value of the key."""
        return f"({self._bound(key, '<', key.middle)} or {self._bound(key, '>=', key.middle)})"

    def by_identifier(self, identifier: str) -> str | None:
        """The query for the records under an identifier; None where that cannot be asked."""
        index = self.indexes.get("local-number")
        return f"{index}={quote(identifier)}" if index else None

    def _range(self, part: Range, wanted: list[str], unwanted: list[str]) -> None:
        # "From low on, but not from high on" puts a record with several values into one slice only.
        low, high = part.low_value, part.high_value
        wanted.append(self.has_key(part.key) if low is None else self._bound(part.key, ">=", low))
        if high is not None:
            unwanted.append(self._bound(part.key, ">=", high))

    def _bound(self, key: Key, relation: str, value: str) -> str:
        if key.kind is Kind.DAY and self.iso_dates:
            value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
        return f"{self.indexes[key.name]}{relation}{quote(value)}"
