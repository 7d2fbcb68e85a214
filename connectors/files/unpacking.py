"""Files that were packed for the way: gzip and zip, unpacked into a folder of our own within limits.

Owns: how much an archive may hold. Must not: read records, or use a name out of an archive as a path.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from connectors.errors import Unreadable
from connectors.files.naming import MAPPING, is_ignored

_CHUNK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
#: A worksheet file is a zip archive too, with this at its beginning.
_OFFICE: Final = "[Content_Types].xml"
_SAFE_ENDING: Final = 12  # characters
#: What the standard library was seen to raise for damaged archives, besides OSError: RuntimeError is how it
#: says encrypted, NotImplementedError an unknown method, and the others come of bytes that it believes.
_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error),
    *(RuntimeError, NotImplementedError, ValueError, LookupError, OverflowError),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one archive may hold."""

    bytes: int = 8 << 30  #: unpacked, all members together
    free: int = 64 << 20  #: unpacked bytes for which the ratio is not asked
    ratio: int = 100  #: unpacked to packed; records of ISO 2709 are packed to about a fifth
    members: int = 1_000


def unpacked(path: Path, name: str, folder: Path, limits: Limits) -> tuple[Path, ...]:
    """The files of records that a file is or holds; what was packed is written to ``folder``.

    Raises:
        Unreadable: a damaged or encrypted archive, an archive in an archive, or more than the limits.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(len(_ZIP))
    try:
        if head.startswith(_GZIP):
            return (_gunzipped(path, name, folder, limits),)
        if head == _ZIP:
            return _unzipped(path, name, folder, limits)
    except _DAMAGED as error:
        raise _unreadable(name, str(error) or "damaged archive") from error
    return (path,)


def _gunzipped(path: Path, name: str, folder: Path, limits: Limits) -> Path:
    try:
        with gzip.open(path) as source:
            allowance = _Allowance(name, path.stat().st_size, limits)
            copy = _copied(source.read, folder, name.removesuffix(".gz"), allowance)
        mapping = path.with_suffix("").with_suffix(MAPPING)
        if mapping.is_file():
            with mapping.open("rb") as columns:
                _write(columns.read, copy.with_suffix(MAPPING), allowance)
        return copy
    except gzip.BadGzipFile as error:
        raise _unreadable(name, str(error)) from error


def _unzipped(path: Path, name: str, folder: Path, limits: Limits) -> tuple[Path, ...]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(member.filename == _OFFICE for member in members):
            return (path,)
        if len(members) > limits.members:
            raise _too_large(name, "files in an archive", limits.members)
        allowance = _Allowance(name, path.stat().st_size, limits)
        return tuple(_unzip(archive, members, folder, allowance))


def _unzip(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, allowance: _Allowance
) -> Iterator[Path]:
    by_name = {PurePosixPath(member.filename): member for member in members}
    for member in sorted(members, key=lambda member: member.filename):
        name = PurePosixPath(member.filename)
        if is_ignored(name.name) or name.name.startswith("_"):
            continue
        with archive.open(member) as source:
            copy = _copied(source.read, folder, member.filename, allowance)
        mapping = by_name.get(name.with_suffix(MAPPING))
        if mapping is not None:
            with archive.open(mapping) as source:
                _write(source.read, copy.with_suffix(MAPPING), allowance)
        yield copy


class _Allowance:
    """What one archive may still unpack."""

    def __init__(self, name: str, packed: int, limits: Limits) -> None:
        self.name = name
        self._left = min(limits.bytes, max(limits.free, packed * limits.ratio))
        self._most = self._left

    def take(self, count: int) -> None:
        """Count bytes.

        Raises:
            Unreadable: too many by now.
        """
        self._left -= count
        if self._left < 0:
            raise _too_large(self.name, "bytes in an archive", self._most)


def _copied(read: Callable[[int], bytes], folder: Path, name: str, allowance: _Allowance) -> Path:
    """A copy under a name of our own; only the ending, which may tell the format, is taken over."""
    ending = "".join(c for c in PurePosixPath(name).suffix if c.isalnum() and c.isascii())[:_SAFE_ENDING]
    copy = folder / f"{sum(1 for _ in folder.iterdir())}.{ending}"
    _write(read, copy, allowance)
    return copy


def _write(read: Callable[[int], bytes], copy: Path, allowance: _Allowance) -> None:
    with copy.open("wb") as target:
        while chunk := read(_CHUNK):
            if target.tell() == 0 and chunk.startswith((_GZIP, _ZIP)):
                raise _unreadable(allowance.name, "an archive within an archive")
            allowance.take(len(chunk))
            target.write(chunk)


def _unreadable(name: str, reason: str) -> Unreadable:
    return Unreadable("unreadable_file", name, file=name, reason=reason[:200])


def _too_large(name: str, what: str, limit: int) -> Unreadable:
    return Unreadable("too_large", name, file=name, reason=what, limit=limit)
