"""Slices said as type-1 queries over bib-1 attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from connectors.harvesting.slices import Key, Kind, Lacks, Outside, Range, Slice
from connectors.z3950.rpn import Operator, RpnQuery, Term, Token, joined, term

_USE: Final = 1
_RELATION: Final = 2
_STRUCTURE: Final = 4
_LESS: Final = 1
_GREATER_OR_EQUAL: Final = 4
_ALWAYS_MATCHES: Final = 103

#: Keys in the order of their worth for a harvest, with their bib-1 use attributes.
USE_ATTRIBUTES: Final[Mapping[Key, int]] = MappingProxyType(
    {
        Key("date-modified", Kind.DAY): 1012,
        Key("date-entered", Kind.DAY): 1011,
        Key("local-number", Kind.TEXT): 12,
        Key("year", Kind.YEAR): 31,
        Key("language", Kind.TEXT): 54,
        Key("isbn", Kind.TEXT): 7,
        Key("title", Kind.TEXT): 4,
    }
)
#: Keys that cost a target much to compare: used only where an operator names them.
SPARE_KEYS: Final = ("isbn", "title")

#: Ways to ask for everything; which one a target understands is found by asking.
EVERYTHING: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "always-matches": term("", (_USE, "_ALLRECORDS"), (_RELATION, _ALWAYS_MATCHES)),
        "any": term("", (_USE, 1016), (_RELATION, _ALWAYS_MATCHES)),
        "anywhere": term("", (_USE, 1035), (_RELATION, _ALWAYS_MATCHES)),
        "local-number": term("", (_USE, 12), (_RELATION, _ALWAYS_MATCHES)),
        "year": term("0", (_USE, 31), (_RELATION, _GREATER_OR_EQUAL)),
        "identifier-range": term("0", (_USE, 12), (_RELATION, _GREATER_OR_EQUAL)),
    }
)

#: The ways that ask for nothing but records; by the others those are missed that lack what is asked for.
CERTAIN: Final = ("always-matches", "any")

#: Structure attributes a target may want for each kind of key; None means none.
STRUCTURES: Final[Mapping[Kind, tuple[int | None, ...]]] = MappingProxyType(
    {Kind.DAY: (None, 5, 100), Kind.YEAR: (None, 4, 109), Kind.TEXT: (None, 3, 107)}
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one target wants to be asked."""

    everything: str = "always-matches"  #: a key of ``EVERYTHING``
    structures: Mapping[str, int | None] = field(default_factory=dict)  #: by the name of a key
    #: A range as "from low on, but not from high on" instead of "from low on and below high". It puts a
    #: record with several values into one slice only, and asks for one kind of comparison less.
    difference: bool = True

    def query(self, part: Slice) -> RpnQuery:
        """The query whose result is the slice."""
        return RpnQuery(self._tokens(part))

    def _tokens(self, part: Slice) -> tuple[Token, ...]:
        wanted: list[tuple[Token, ...]] = []
        unwanted: list[tuple[Token, ...]] = []
        for condition in part.conditions:
            if isinstance(condition, Lacks):
                unwanted.append(self._has(condition.key))
            elif isinstance(condition, Outside):
                unwanted += [self._tokens(other) for other in condition.slices]
            else:
                self._range(condition, wanted, unwanted)
        tokens = joined(Operator.AND, wanted or [(EVERYTHING[self.everything],)])
        return joined(Operator.AND_NOT, [tokens, *unwanted])

    def has_key(self, key: Key) -> RpnQuery:
        """The query for every record that has a value of the key."""
        return RpnQuery(self._has(key))

    def differences(self, key: Key) -> tuple[RpnQuery, RpnQuery, RpnQuery]:
        """Three queries: one finds nothing, and the other two find together whatever has the key.

        So it is wherever differences are understood.
        """
        middle = self._bound(key, _GREATER_OR_EQUAL, key.middle)
        nothing = RpnQuery((middle, middle, Operator.AND_NOT))
        return nothing, RpnQuery((middle,)), RpnQuery((*self._has(key), middle, Operator.AND_NOT))

    def _range(self, part: Range, wanted: list[tuple[Token, ...]], unwanted: list[tuple[Token, ...]]) -> None:
        if part.low_value is not None:
            wanted.append((self._bound(part.key, _GREATER_OR_EQUAL, part.low_value),))
        elif self.difference or part.high_value is None:
            wanted.append(self._has(part.key))
        if part.high_value is None:
            return
        if self.difference:
            unwanted.append((self._bound(part.key, _GREATER_OR_EQUAL, part.high_value),))
        else:
            wanted.append((self._bound(part.key, _LESS, part.high_value),))

    def _has(self, key: Key) -> tuple[Token, ...]:
        """Whatever has a value of the key: below its middle or not below it."""
        below = self._bound(key, _LESS, key.middle)
        return (below, self._bound(key, _GREATER_OR_EQUAL, key.middle), Operator.OR)

    def _bound(self, key: Key, relation: int, value: str) -> Term:
        structure = self.structures.get(key.name)
        attributes: list[tuple[int, int | str]] = [(_USE, USE_ATTRIBUTES[key]), (_RELATION, relation)]
        if structure is not None:
            attributes.append((_STRUCTURE, structure))
        return term(value, *attributes)


def by_identifier(identifier: str, encoding: str) -> RpnQuery:
    """The query for the records with this local number."""
    return RpnQuery((term(identifier.encode(encoding), (_USE, 12)),))
