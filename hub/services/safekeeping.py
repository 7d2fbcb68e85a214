"""Backup, restore and upgrade of a hub's database, for those who look after it.

Owns: holding the data folder's lock while nobody else may work, and throwing away the projections of a
database that was replaced.
Must not: know which database it is, or where its settings come from.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.storage import backup, schema
from hub.storage.lock import HubLock


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a hub keeps what it knows."""

    url: str  #: of the database
    data: Path
    index: Path  #: the folder of the search index, made again from the database when it is gone
    environment: Mapping[str, str]  #: for programs that are started: pg_dump


def back_up(kept: Kept, file: Path, now: datetime) -> dict[str, Any]:
    """Write the database into a new file; the hub may go on working.

    Raises:
        Conflict, Refusal, Broken: see ``hub.storage.backup.backup``.
    """
    manifest = backup.backup(kept.url, file, now, kept.environment)
    return {"file": str(file), "bytes": manifest.bytes, "sha256": manifest.sha256}


def restore(kept: Kept, file: Path, now: datetime, *, overwrite: bool) -> dict[str, Any]:
    """Put the database of a backup in place, bring it up to this version, and drop the index of the other.

    Raises:
        Conflict: a hub runs, or there are data and ``overwrite`` was not said.
        Refusal, Broken: see ``hub.storage.backup.restore``.
    """
    kept.data.mkdir(parents=True, exist_ok=True)
    with HubLock(kept.data, os.getpid(), now):
        manifest = backup.restore(file, kept.url, kept.environment, overwrite=overwrite)
        shutil.rmtree(kept.index, ignore_errors=True)
        _, revision = schema.upgrade(kept.url)
    return {"file": str(file), "made_at": manifest.made_at.isoformat(), "revision": revision}


def upgrade(kept: Kept, now: datetime) -> dict[str, Any]:
    """Bring the database up to this version.

    Raises:
        Conflict: a hub runs.
        Broken: the database is newer than this version, or cannot be brought up to it.
    """
    kept.data.mkdir(parents=True, exist_ok=True)
    with HubLock(kept.data, os.getpid(), now):
        before, revision = schema.upgrade(kept.url)
    return {"before": before, "revision": revision}
