"""Reading the fields of a JSON object while every mistake is noted with its path, not only the first.

Each reading method answers with a value of the right type even when the field is wrong, so that reading goes
on; whoever reads asks ``problems`` at the end and uses nothing when there is one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, time
from typing import Any, TypeVar

T = TypeVar("T")
Problem = tuple[str, str, dict[str, object]]  #: path of the field, message key, values

CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


class Fields:
    """One JSON object of the document, at its path."""

    def __init__(self, data: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            problems.append((path or "document", "network.not_an_object", {}))

    def at(self, name: str) -> str:
        """The path of a field of this object."""
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, message: str, **values: object) -> None:
        """Note that a field is wrong."""
        self.problems.append((self.at(name), f"network.{message}", values))

    def only(self, *names: str) -> None:
        """Note every field that is none of these: a misspelt name would otherwise be lost in silence."""
        for name in self._data:
            if name not in names:
                self.wrong(name, "unknown_field", allowed=", ".join(names))

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._data.get(name) is not None

    def text(self, name: str, *, default: str | None = None, pattern: str = ".+", form: str = "") -> str:
        """A text matching ``pattern`` as a whole; ``form`` describes the pattern to people."""
        if not self.has(name):
            return self._absent(name, default, "")
        value = self._data[name]
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, "not_text")
            return ""
        if re.fullmatch(pattern, value) is None:
            self.wrong(name, "wrong_form", value=value, form=form or pattern)
        return value

    def number(self, name: str, low: float, high: float, *, default: float | None = None) -> float:
        """A number between two limits, both allowed."""
        if not self.has(name):
            return self._absent(name, default, low)
        value = self._data[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(name, "out_of_range", value=value, low=low, high=high)
            return low
        return float(value)

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        """A whole number between two limits, both allowed."""
        if not self.has(name):
            return self._absent(name, default, low)
        value = self._data[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(name, "not_whole", value=value, low=low, high=high)
            return low
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self._data.get(name, default)
        if not isinstance(value, bool):
            self.wrong(name, "not_a_flag", value=value)
            return default
        return value

    def one_of(self, name: str, options: Collection[str], *, default: str | None = None) -> str:
        """One word out of a closed list."""
        if not self.has(name):
            return self._absent(name, default, min(options))
        value = self._data[name]
        if value not in options:
            self.wrong(name, "not_an_option", value=value, options=", ".join(sorted(options)))
            return min(options)
        return str(value)

    def words(self, name: str, options: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of texts, each out of ``options`` when those are given; absent means none."""
        found = []
        for position, value in self._list(name):
            if not isinstance(value, str) or not value:
                self.wrong(f"{name}[{position}]", "not_text")
            elif options is not None and value not in options:
                self.wrong(
                    f"{name}[{position}]", "not_an_option", value=value, options=", ".join(sorted(options))
                )
            else:
                found.append(value)
        return tuple(found)

    def clock(self, name: str) -> time:
        """A time of day, HH:MM."""
        value = self.text(name, pattern=CLOCK.pattern, form="HH:MM")
        return parse_clock(value) or time(0, 0)

    def day(self, name: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        return self._as_day(name, self.text(name))

    def days(self, name: str) -> tuple[date, ...]:
        """A list of calendar days."""
        return tuple(self._as_day(f"{name}[{position}]", value) for position, value in self._list(name))

    def objects(self, name: str, *, required: bool = False) -> Iterator[Fields]:
        """The objects of a list, each at its own path."""
        if required and not self._data.get(name):
            self.wrong(name, "missing")
        for position, value in self._list(name):
            yield Fields(value, self.at(f"{name}[{position}]"), self.problems)

    def named(self, name: str) -> Iterator[tuple[str, Fields]]:
        """The objects of an object, by their names."""
        value = self._data.get(name, {})
        if not isinstance(value, dict):
            self.wrong(name, "not_an_object")
            return
        for key, entry in value.items():
            yield key, Fields(entry, self.at(f"{name}.{key}"), self.problems)

    def within(self, name: str) -> Fields:
        """The object in a field that must be there."""
        return Fields(self._data.get(name), self.at(name), self.problems)

    def _list(self, name: str) -> list[tuple[int, Any]]:
        value = self._data.get(name, [])
        if not isinstance(value, list):
            self.wrong(name, "not_a_list")
            return []
        return list(enumerate(value))

    def _as_day(self, name: str, value: object) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            if value:
                self.wrong(name, "not_a_day", value=value)
            return date.min

    def _absent(self, name: str, default: T | None, stand_in: T) -> T:
        if default is None:
            self.wrong(name, "missing")
            return stand_in
        return default


def parse_clock(text: str) -> time | None:
    """A time of day from HH:MM; None: not one. 24:00 is given as 00:00, as closing times write it."""
    if CLOCK.fullmatch(text) is None:
        return None
    return time(int(text[:2]) % 24, int(text[3:]))
