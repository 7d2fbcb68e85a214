"""Slices of a catalogue: conditions over keys by which a target can be searched in ranges.

A key's values are laid on whole numbers, so that every key is halved in the same way: days are numbered,
texts are read as fractions in base 36. Ranges are half open, and open outwards, so that nothing lies outside.

Owns: keys, ranges, names. Must not: know how a protocol says them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

_FIRST_DAY: Final = date(1970, 1, 1)
_DAYS: Final = (
    36_525  # a hundred years; the ends are open, so what lies beyond belongs to the outermost slices
)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_TEXT_WIDTH: Final = 16  # characters of an identifier that can tell slices apart

#: The name of the key that tells when a record was changed last.
MODIFIED: Final = "date-modified"

_FIRST_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_OF_A_DAY: Final = 86_400


class Kind(StrEnum):
    """How the values of a key are ordered."""

    DAY = "day"  #: written yyyymmdd
    SECOND = "second"  #: written yyyy-mm-ddThh:mm:ssZ
    YEAR = "year"  #: written yyyy
    TEXT = "text"


#: The number of places that the values of each kind are laid on.
_SIZES: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.DAY: _DAYS,
        Kind.SECOND: _DAYS * _SECONDS_OF_A_DAY,
        Kind.YEAR: 10_000,
        Kind.TEXT: len(_DIGITS) ** _TEXT_WIDTH,
    }
)


@dataclass(frozen=True, slots=True)
class Key:
    """Something every record should have exactly once, by which it can be searched in ranges."""

    name: str
    kind: Kind

    @property
    def size(self) -> int:
        """The number of places its values are laid on."""
        return _SIZES[self.kind]

    def value(self, place: int) -> str:
        """The value at a place, as it is written in a query."""
        if self.kind is Kind.DAY:
            return (_FIRST_DAY + timedelta(days=place)).strftime("%Y%m%d")
        if self.kind is Kind.SECOND:
            return (_FIRST_MOMENT + timedelta(seconds=place)).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.kind is Kind.YEAR:
            return f"{place:04d}"
        digits = ""
        for _ in range(_TEXT_WIDTH):
            place, digit = divmod(place, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return digits.rstrip("0") or "0"

    def between(self, low: int, high: int) -> int | None:
        """A place well inside these two; None when there is none.

        Of texts it is the shortest one: targets compare short values more reliably than long ones.
        """
        middle = (low + high) // 2
        if self.kind is not Kind.TEXT:
            return middle if middle > low else None
        for width in range(1, _TEXT_WIDTH + 1):
            step: int = len(_DIGITS) ** (_TEXT_WIDTH - width)
            rounded = -(-middle // step) * step
            if low < rounded < high:
                return rounded
        return None

    def place(self, day: date) -> int:
        """The place of a day, or of its first second; only for keys of time."""
        days = min(max((day - _FIRST_DAY).days, 0), _DAYS - 1)
        return days * _SECONDS_OF_A_DAY if self.kind is Kind.SECOND else days

    def place_of(self, moment: datetime) -> int:
        """The place of an aware moment; only for keys of time."""
        moment = moment.astimezone(UTC)
        place = self.place(moment.date())
        if self.kind is Kind.SECOND:
            place += moment.hour * 3600 + moment.minute * 60 + moment.second
        return place

    @property
    def middle(self) -> str:
        """A value amid those that occur; below it or not below it is every record that has the key."""
        places = {Kind.DAY: (date(2010, 1, 1) - _FIRST_DAY).days, Kind.YEAR: 2000}
        return self.value(places.get(self.kind, self.size // 2))


@dataclass(frozen=True, slots=True)
class Range:
    """Values from the place ``low`` up to but without the place ``high``; the outermost ranges are open."""

    key: Key
    low: int
    high: int

    @property
    def low_value(self) -> str | None:
        """The least value; None when open."""
        return self.key.value(self.low) if self.low > 0 else None

    @property
    def high_value(self) -> str | None:
        """The first value above; None when open."""
        return self.key.value(self.high) if self.high < self.key.size else None

    def __str__(self) -> str:
        """As in the names of slices."""
        return f"{self.key.name}:{self.low_value or ''}..{self.high_value or ''}"


@dataclass(frozen=True, slots=True)
class Lacks:
    """The records that have no value of the key at all."""

    key: Key

    def __str__(self) -> str:
        """As in the names of slices."""
        return f"{self.key.name}:none"


@dataclass(frozen=True, slots=True)
class Outside:
    """The records that lie in none of these slices."""

    slices: tuple[Slice, ...]

    def __str__(self) -> str:
        """As in the names of slices."""
        return f"outside {len(self.slices)} slices"


Condition: TypeAlias = Range | Lacks | Outside


@dataclass(frozen=True, slots=True)
class Slice:
    """The records that meet all conditions; without conditions, all records."""

    conditions: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        """The same for the same slice in every run; checkpoints go by it."""
        return " ".join(str(condition) for condition in self.conditions) or "all"

    @property
    def keys(self) -> frozenset[Key]:
        """The keys of its conditions."""
        return frozenset(one.key for one in self.conditions if not isinstance(one, Outside))

    def range_on(self, key: Key) -> Range:
        """The range this slice has on a key; the key's whole range where it has none."""
        for condition in self.conditions:
            if isinstance(condition, Range) and condition.key == key:
                return condition
        return Range(key, 0, key.size)

    def within(self, condition: Condition) -> Slice:
        """This slice narrowed; a range replaces the wider range on the same key."""
        kept = tuple(
            other
            for other in self.conditions
            if not (isinstance(other, Range) and isinstance(condition, Range) and other.key == condition.key)
        )
        return replace(self, conditions=(*kept, condition))


def since(key: Key, day: date) -> Slice:
    """The records whose key is this day or later."""
    return Slice((Range(key, key.place(day), key.size),))


WHOLE: Final = Slice()
