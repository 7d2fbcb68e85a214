"""Answers told to a person: labelled lines, and lists of objects as tables."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from hub.messages.catalogue import label, text

#: control and format characters, surrogates and characters that nobody assigned
_UNPRINTABLE: Final = frozenset(("Cc", "Cf", "Cs", "Cn"))


def width(value: str) -> int:
    """Columns a terminal needs: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in value)


def padded(value: str, columns: int) -> str:
    """The value followed by spaces up to ``columns``."""
    return value + " " * (columns - width(value))


def told(value: Any) -> str:
    """One value in a line."""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(told(entry) for entry in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={told(entry)}" for name, entry in value.items())
    return "" if value is None else printable(str(value))


def printable(value: str) -> str:
    """The text in one line, without what would change the terminal's state: records hold anything."""
    return "".join(map(_shown, value))


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _UNPRINTABLE else character


def table(rows: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    """The rows under the names of their columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [[label(name, language) for name in names]]
    lines += [[told(row.get(name)) for name in names] for row in rows]
    columns = [max(width(line[position]) for line in lines) for position in range(len(names))]
    for line in lines:
        yield "  ".join(padded(cell, columns[position]) for position, cell in enumerate(line)).rstrip()


def labelled(answer: dict[str, Any], language: str) -> Iterable[str]:
    """Any answer: its values by name, then its lists as tables."""
    for name, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield ""
            yield f"{label(name, language)}:"
            yield from table(value, language)
        else:
            yield f"{label(name, language)}: {told(value)}"


def broken_promises(answer: dict[str, Any], language: str) -> Iterator[str]:
    """Which promises an examination found broken, and how often; nothing when all are kept."""
    found = Counter(violation["promise"] for violation in answer.get("violations", ()))
    if found:
        listed = ", ".join(f"{promise} ({number})" for promise, number in found.items())
        yield text("cli.promises_broken", language, promises=listed)
