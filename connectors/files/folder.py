"""A folder into which a member's system drops its records.

    FOLDER/*  or  FOLDER/full/*     the full load, in as many files as one likes
    FOLDER/delta/*                  records that are new or changed since the full load
    FOLDER/deleted/*                what is gone: lists of identifiers, one on a line, or records

A file in ``FOLDER`` whose name ends in ``-delta`` or ``-deleted`` (before its ending) is what the name says.
Files in ``delta`` and ``deleted`` apply in the order of the dates in their names where all of them have one,
else in that of their times; the last word on a record counts. Those older than the whole full load are behind
it and ignored.

Owns: which files a folder offers, in which order, and which are still being written.
Must not: read records, wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connectors.errors import Unreadable
from connectors.files.naming import (
    MARKERS,
    Role,
    in_natural_order,
    is_ignored,
    is_unfinished,
    role_of,
    stamp_of,
)

_MAX_FILES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Drop:
    """One file as it was found."""

    path: Path
    role: Role
    name: str  #: relative to the folder, with slashes
    size: int
    modified_ns: int

    @property
    def modified(self) -> datetime:
        """When it was written."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)

    @property
    def slice(self) -> str:
        """Its name as a checkpoint: another content is another slice."""
        return f"{self.name} {self.size} {self.modified_ns}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds."""

    drops: tuple[Drop, ...]  #: in the order in which they apply
    unfinished: tuple[Drop, ...]  #: still being written, or without their marker

    def without(self, names: frozenset[str]) -> Listing:
        """The listing with the files of these names among the unfinished ones."""
        return Listing(
            tuple(drop for drop in self.drops if drop.name not in names),
            (*self.unfinished, *(drop for drop in self.drops if drop.name in names)),
        )

    def awaited(self) -> Drop | None:
        """A part of the full load that is on its way; one left over from an earlier delivery is none."""
        newest = max((drop.modified_ns for drop in self.drops if drop.role is Role.FULL), default=0)
        coming = (drop for drop in self.unfinished if drop.role is Role.FULL and drop.modified_ns >= newest)
        return next(coming, None)


def find_drops(folder: Path, *, marked: bool = False) -> Listing:
    """The files of a folder, or the one file; with ``marked`` only those with a marker beside them are whole.

    Raises:
        Unreadable: there is no such folder or file, or it cannot be listed.
    """
    try:
        found = [
            (drop, whole)
            for path, role, whole in _files(folder, marked)
            if (drop := _drop(folder, path, role))
        ]
    except OSError as error:
        raise Unreadable(
            "unreadable_file", str(folder), file=str(folder), reason=error.strerror or str(error)
        ) from error
    whole = [drop for drop, finished in found if finished]
    full = sorted(
        (drop for drop in whole if drop.role is Role.FULL), key=lambda drop: in_natural_order(drop.name)
    )
    oldest = min((drop.modified_ns for drop in full), default=0)
    later = [drop for drop in whole if drop.role is not Role.FULL and drop.modified_ns >= oldest]
    later.sort(key=_order_of(later))
    return Listing((*full, *later), tuple(drop for drop, finished in found if not finished))


def _order_of(drops: list[Drop]) -> Callable[[Drop], tuple[object, ...]]:
    # A copy made anew has a new time and the old name.
    if all(stamp_of(drop.name) for drop in drops):
        return lambda drop: (stamp_of(drop.name), drop.modified_ns, in_natural_order(drop.name))
    return lambda drop: (drop.modified_ns, in_natural_order(drop.name))


def _files(folder: Path, marked: bool) -> Iterator[tuple[Path, Role, bool]]:
    """Each file with its role and whether it is whole."""
    if folder.is_file():
        yield folder, Role.FULL, True
        return
    places: list[tuple[Path, Role | None]] = [(folder, None), *((folder / role, role) for role in Role)]
    count = 0
    for place, role in places:
        if place != folder and not place.is_dir():
            continue
        names = {path.name: path for path in place.iterdir() if path.is_file()}
        folded = {name.casefold() for name in names}
        for name, path in names.items():
            if is_ignored(name):
                continue
            count += 1
            if count > _MAX_FILES:
                raise Unreadable("too_large", str(folder), reason="files in a folder", limit=_MAX_FILES)
            whole = not is_unfinished(name) and (not marked or _has_marker(name, folded))
            yield path, role or role_of(name), whole


def _has_marker(name: str, names: set[str]) -> bool:
    stems = {name.casefold(), name.rpartition(".")[0].casefold()} - {""}
    return any(f"{stem}{marker}" in names for stem in stems for marker in MARKERS)


def _drop(folder: Path, path: Path, role: Role) -> Drop | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        # Renamed after it was listed, as uploads are when they are whole: the next look finds it.
        return None
    name = path.name if path == folder else path.relative_to(folder).as_posix()
    return Drop(path, role, name, stat.st_size, stat.st_mtime_ns)
