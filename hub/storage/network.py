"""The versions of the network document. The newest is in force; older ones explain older decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from hub.storage.tables.columns import core
from hub.storage.tables.operations import NetworkVersion

VERSIONS = core(NetworkVersion)


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """One version of the network document."""

    version: int
    digest: str
    body: dict[str, Any]
    loaded_at: datetime


def store(connection: Connection, body: Mapping[str, Any], now: datetime) -> StoredNetwork:
    """Put ``body`` in force; where the newest version says the same, that one stays and is returned."""
    digest = digest_of(body)
    present = newest(connection)
    if present is not None and present.digest == digest:
        return present
    values = {"digest": digest, "body": dict(body), "loaded_at": now}
    number = connection.execute(insert(VERSIONS).values(values).returning(VERSIONS.c.id)).scalar_one()
    return StoredNetwork(number, digest, dict(body), now)


def newest(connection: Connection) -> StoredNetwork | None:
    """The version in force, or None before any was loaded."""
    row = connection.execute(_select().order_by(VERSIONS.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else StoredNetwork(*row)


def version(connection: Connection, number: int) -> StoredNetwork | None:
    """The version ``number``, or None."""
    row = connection.execute(_select().where(VERSIONS.c.id == number)).one_or_none()
    return None if row is None else StoredNetwork(*row)


def digest_of(body: Mapping[str, Any]) -> str:
    """A digest that is equal for documents that say the same, whatever the order of their keys."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _select() -> Select[Any]:
    return select(VERSIONS.c.id, VERSIONS.c.digest, VERSIONS.c.body, VERSIONS.c.loaded_at)
