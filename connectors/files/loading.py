"""Reading drops: which record of which file has the last word.

Owns: the order of full load, changes and deletions, and what becomes of a file that cannot be read.
Must not: interpret a record beyond its 001 and whether it is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.errors import Unreadable
from connectors.files.folder import Drop
from connectors.files.naming import Role
from connectors.files.tombstones import identifiers, is_list, is_tombstone
from connectors.files.unpacking import Limits, unpacked
from connectors.harvesting.identifiers import control_number
from connectors.marc.files import read_file
from connectors.marc.reading import Rejected, read
from connectors.marc.tables.rows import MARK as ROW
from connectors.ports import RawRecord

_FULL_LOAD: Final = -1


@dataclass(frozen=True, slots=True)
class Delivery:
    """Some drops with the number of records that each contributes.

    A file that cannot be read contributes nothing but a diagnostic, and has no say over other files.
    """

    drops: tuple[Drop, ...]
    counts: Mapping[str, int]  #: by slice
    broken: Mapping[str, Unreadable]  #: by slice
    _paths: Mapping[str, tuple[Path, ...]]
    _last: Mapping[str, int]  #: for each identifier that a later file names, the number of the last such file

    def records(self, drop: Drop) -> Iterator[RawRecord]:
        """The records of a file on which it has the last word; records without 001 always count.

        Raises:
            Unreadable: the file changed since it was counted.
        """
        failure = self.broken.get(drop.slice)
        if failure is not None:
            yield RawRecord(str(failure).encode(), None, syntax="diagnostic")
            return
        number = _FULL_LOAD if drop.role is Role.FULL else self.drops.index(drop)
        for record in _records(drop, self._paths[drop.slice]):
            if record.identifier is None or self._last.get(record.identifier, _FULL_LOAD) == number:
                yield record


def read_delivery(drops: Sequence[Drop], workspace: Path, limits: Limits | None = None) -> Delivery:
    """Read which records the drops name; what is packed is unpacked into the folder ``workspace``.

    Of the full load only the number of its records is kept in memory, of the others also their identifiers.
    """
    paths: dict[str, tuple[Path, ...]] = {}
    broken: dict[str, Unreadable] = {}
    last: dict[str, int] = {}
    for number, drop in enumerate(drops):
        try:
            paths[drop.slice] = _unpacked(drop, workspace, limits or Limits())
            if drop.role is not Role.FULL:
                named = {record.identifier for record in _records(drop, paths[drop.slice])}
                last.update((name, number) for name in named if name is not None)
        except Unreadable as failure:
            broken[drop.slice] = failure
    counts: dict[str, int] = {}
    delivery = Delivery(tuple(drops), counts, broken, paths, last)
    for drop in drops:
        try:
            counts[drop.slice] = sum(1 for _ in delivery.records(drop))
            if drop.role is Role.FULL and drop.size == 0:
                # An upload that failed at its beginning, not a library that lost all its books.
                raise Unreadable("unreadable_file", drop.name, file=drop.name, reason="empty")
        except Unreadable as failure:
            broken[drop.slice] = failure
            counts[drop.slice] = 1
    return delivery


def _unpacked(drop: Drop, workspace: Path, limits: Limits) -> tuple[Path, ...]:
    try:
        # Whoever may write into the folder must not have us read what they may not.
        if drop.path.is_symlink() and not drop.path.resolve().is_relative_to(drop.path.parent.resolve()):
            raise Unreadable("unreadable_file", drop.name, file=drop.name, reason="a link out of the folder")
        return unpacked(drop.path, drop.name, workspace, limits)
    except OSError as error:
        raise _unreadable(drop, error) from error


def _records(drop: Drop, paths: tuple[Path, ...]) -> Iterator[RawRecord]:
    try:
        for path in paths:
            if drop.role is Role.DELETED and is_list(path):
                yield from (RawRecord(b"", identifier, deleted=True) for identifier in identifiers(path))
            else:
                for raw in read_file(path):
                    yield _record(raw, gone=drop.role is Role.DELETED)
    except OSError as error:
        raise _unreadable(drop, error) from error


def _record(raw: bytes, *, gone: bool) -> RawRecord:
    identifier = _row_number(raw) if raw.startswith(ROW) else control_number(raw)
    if not (gone or is_tombstone(raw)):
        return RawRecord(raw, identifier, syntax=_syntax(raw))
    if identifier is None:
        return RawRecord(b"a deleted record without identifier", None, syntax="diagnostic")
    return RawRecord(b"", identifier, deleted=True)


def _row_number(raw: bytes) -> str | None:
    """The number of a table's row, which stands wherever its columns say."""
    answer = read(raw)
    return None if isinstance(answer, Rejected) else answer.record.identifier or None


def _unreadable(drop: Drop, error: OSError) -> Unreadable:
    reason = error.strerror or str(error)
    return Unreadable("unreadable_file", drop.name, file=drop.name, reason=reason)


def _syntax(raw: bytes) -> str:
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "marcxml", b"{": "json"}.get(start, "marc")
