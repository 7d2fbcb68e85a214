"""Reading drops: which record of which file has the last word.

Owns: the order of full load, changes and deletions. Must not: interpret a record beyond its 001.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.errors import Unreadable
from connectors.files.folder import Drop, Role
from connectors.harvesting.identifiers import control_number
from connectors.marc.files import read_file
from connectors.ports import RawRecord

_MAX_LINE: Final = 10_000
_FULL_LOAD: Final = -1


@dataclass(frozen=True, slots=True)
class LastWords:
    """For each identifier that a later file names, the number of the last such file."""

    drops: tuple[Drop, ...]
    _last: dict[str, int]

    def records(self, drop: Drop) -> Iterator[RawRecord]:
        """The records of a file on which it has the last word; records without 001 always count.

        Raises:
            Unreadable: the file cannot be read.
        """
        number = _FULL_LOAD if drop.role is Role.FULL else self.drops.index(drop)
        for record in _records(drop):
            if record.identifier is None or self._last.get(record.identifier, _FULL_LOAD) == number:
                yield record


def last_words(drops: Sequence[Drop]) -> LastWords:
    """Read the identifiers of all changes and deletions, which are few beside the full load.

    Raises:
        Unreadable: a file cannot be read.
    """
    last: dict[str, int] = {}
    for number, drop in enumerate(drops):
        if drop.role is not Role.FULL:
            last.update(
                (record.identifier, number) for record in _records(drop) if record.identifier is not None
            )
    return LastWords(tuple(drops), last)


def _records(drop: Drop) -> Iterator[RawRecord]:
    try:
        if drop.role is Role.DELETED:
            for identifier in _identifiers(drop.path):
                yield RawRecord(b"", identifier, deleted=True)
            return
        for raw in read_file(drop.path):
            yield RawRecord(raw, control_number(raw), syntax=_syntax(raw))
    except OSError as error:
        raise Unreadable(
            "unreadable_file", drop.name, file=drop.name, reason=error.strerror or str(error)
        ) from error


def _identifiers(path: Path) -> Iterator[str]:
    seen: set[str] = set()
    with path.open("rb") as lines:
        while line := lines.readline(_MAX_LINE):
            text = _text(line).split("\t")[0].strip().strip('"')
            if text and not text.startswith("#") and text not in seen:
                seen.add(text)
                yield text


def _text(line: bytes) -> str:
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def _syntax(raw: bytes) -> str:
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "marcxml", b"{": "json"}.get(start, "marc")
