"""A folder into which a member's system drops its records.

    FOLDER/*  or  FOLDER/full/*     the full load, in as many files as one likes
    FOLDER/delta/*                  records that are new or changed since the full load
    FOLDER/deleted/*                lists of identifiers that are gone, one on a line

Files in ``delta`` and ``deleted`` apply in the order of their times; the last word on a record counts. Those
older than the whole full load are behind it and ignored. Hidden files and names ending in ``.part`` or
``.tmp`` are still being written and ignored.

Owns: which files a folder offers, in which order. Must not: read records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from connectors.errors import Unreadable

_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")
_MAX_FILES: Final = 100_000


class Role(StrEnum):
    """What a file does to the records it names."""

    FULL = "full"
    DELTA = "delta"
    DELETED = "deleted"


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


def find_drops(folder: Path) -> tuple[Drop, ...]:
    """The files of a folder, or the one file, in the order in which they apply.

    Raises:
        Unreadable: there is no such folder or file, or it cannot be listed.
    """
    try:
        found = [_drop(folder, path, role) for path, role in _files(folder)]
    except OSError as error:
        raise Unreadable(
            "unreadable_file", str(folder), file=str(folder), reason=error.strerror or str(error)
        ) from error
    full = sorted((drop for drop in found if drop.role is Role.FULL), key=lambda drop: drop.name)
    oldest = min((drop.modified_ns for drop in full), default=0)
    later = (drop for drop in found if drop.role is not Role.FULL and drop.modified_ns >= oldest)
    return (*full, *sorted(later, key=lambda drop: (drop.modified_ns, drop.name)))


def _files(folder: Path) -> Iterator[tuple[Path, Role]]:
    if folder.is_file():
        yield folder, Role.FULL
        return
    places = [(folder, Role.FULL), *((folder / role.value, role) for role in Role)]
    count = 0
    for place, role in places:
        if place != folder and not place.is_dir():
            continue
        for path in place.iterdir():
            if path.is_file() and not path.name.startswith(".") and path.suffix not in _UNFINISHED:
                count += 1
                if count > _MAX_FILES:
                    raise Unreadable("too_large", str(folder), reason="files in a folder", limit=_MAX_FILES)
                yield path, role


def _drop(folder: Path, path: Path, role: Role) -> Drop:
    stat = path.stat()
    name = path.name if path == folder else path.relative_to(folder).as_posix()
    return Drop(path, role, name, stat.st_size, stat.st_mtime_ns)
