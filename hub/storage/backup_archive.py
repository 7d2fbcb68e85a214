"""The backup archive: a ZIP file of a manifest and one database file, checked against it byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.errors import Conflict, Refusal

FORMAT = 1
MANIFEST, CONTENT = "manifest.json", "database"
MANIFEST_LIMIT = 64 * 1024  # bytes; a real one has some hundred
CHUNK = 1024 * 1024  # bytes
# Every way in which the standard library says that a ZIP file or the JSON in it is not what it should be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    database: str  #: sqlite or postgresql
    revision: str | None  #: of the schema
    bytes: int  #: length of the database file
    sha256: str  #: of the database file


def write_archive(
    content: Path, target: Path, *, made_at: datetime, database: str, revision: str | None
) -> Manifest:
    """Put ``content`` with its manifest into ``target``, which appears only when it is whole and on disk.

    Raises:
        Conflict: there is such a file already.
    """
    if target.exists():
        raise Conflict("storage.backup_exists", field="file", file=target)
    with content.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    manifest = Manifest(made_at, database, revision, content.stat().st_size, digest)
    said = {"format": FORMAT, **asdict(manifest), "made_at": made_at.isoformat()}
    partial = target.with_name(f"{target.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(said, indent=2))
            archive.write(content, CONTENT)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def read_archive(source: Path, content: Path) -> Manifest:
    """Take the database file out of ``source`` into ``content`` and check it against the manifest.

    Raises:
        Refusal: the file is no backup, is damaged, or is of a format that this hub does not know.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive, source)
        digest, length = hashlib.sha256(), 0
        with archive.open(CONTENT) as stream, content.open("wb") as out:
            while chunk := stream.read(CHUNK):
                length += len(chunk)
                if length > manifest.bytes:
                    break
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if length != manifest.bytes or digest.hexdigest() != manifest.sha256:
            raise _damaged(source, "checksum")
        return manifest


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    with archive.open(MANIFEST) as stream:
        said: dict[str, Any] = dict(json.loads(stream.read(MANIFEST_LIMIT)))
    if said.pop("format") != FORMAT:
        raise Refusal("storage.backup_format", field="file", file=source)
    return Manifest(**{**said, "made_at": datetime.fromisoformat(said["made_at"])})


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with its bytes becomes one refusal."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except FileNotFoundError:
        raise Refusal("storage.no_backup", field="file", file=source) from None
    except DAMAGE as problem:
        raise _damaged(source, str(problem)) from problem


def _damaged(source: Path, problem: str) -> Refusal:
    return Refusal("storage.backup_damaged", field="file", file=source, problem=problem)
