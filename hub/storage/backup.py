"""Backup and restore: the whole database in one file that carries its own checksum.

A backup can be taken while the hub works. A restore wants the database to itself: hold the ``HubLock``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from hub.errors import Conflict, Refusal
from hub.storage import backup_postgresql, backup_sqlite
from hub.storage.backup_archive import Manifest, read_archive, write_archive


def backup(url: str, file: Path, now: datetime, environment: Mapping[str, str]) -> Manifest:
    """Write a consistent state of the database at ``url`` into the new file ``file``.

    ``environment`` is the process's own: where pg_dump is found for PostgreSQL.

    Raises:
        Conflict: the file exists.
        Refusal: there is no such database.
        Broken: PostgreSQL's programs are missing or failed.
    """
    database = make_url(url)
    kind = database.get_backend_name()
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        copy = Path(folder) / "database"
        if kind == "sqlite":
            revision = backup_sqlite.dump(_path(database), copy)
        else:
            revision = backup_postgresql.dump(database, copy, environment)
        return write_archive(copy, file, made_at=now, database=kind, revision=revision)


def restore(file: Path, url: str, environment: Mapping[str, str], *, overwrite: bool = False) -> Manifest:
    """Put the database of the backup ``file`` at ``url``. Until every check has passed nothing is changed.

    The schema is that of the backup: ``schema.upgrade`` afterwards.

    Raises:
        Refusal: the file is no backup, is damaged, or is of the other kind of database.
        Conflict: there are data at ``url`` and ``overwrite`` was not said, or another process uses them.
        Broken: PostgreSQL's programs are missing or failed.
    """
    database = make_url(url)
    kind = database.get_backend_name()
    with tempfile.TemporaryDirectory(dir=_beside(database), prefix=".restore-") as folder:
        copy = Path(folder) / "database"
        manifest = read_archive(file, copy)
        if manifest.database != kind:
            raise Refusal("storage.backup_kind", field="file", file=file, kind=manifest.database, wanted=kind)
        if kind == "sqlite":
            backup_sqlite.check(copy)
            _refuse_full(backup_sqlite.is_empty(_path(database)), overwrite)
            backup_sqlite.put_in_place(copy, _path(database))
        else:
            backup_postgresql.check(copy, environment)
            _refuse_full(backup_postgresql.is_empty(database), overwrite)
            backup_postgresql.put_in_place(copy, database, environment)
    return manifest


def _refuse_full(empty: bool, overwrite: bool) -> None:
    if not empty and not overwrite:
        raise Conflict("storage.not_empty")


def _path(database: URL) -> Path:
    return Path(str(database.database))


def _beside(database: URL) -> Path | None:
    """Where a copy lies on the same disk as the database; None where that does not matter."""
    if database.get_backend_name() != "sqlite":
        return None
    folder = _path(database).parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder
