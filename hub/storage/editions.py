"""Editions of the union as they are shown: their display records, and which of them are live.

Owns: reading clusters by id, following redirects, walking all live ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, exists, select

from hub.storage.statements import batches
from hub.storage.tables.clusters import Cluster, ClusterMember
from hub.storage.tables.columns import core

CLUSTER, MEMBER = core(Cluster), core(ClusterMember)
# An edition without records was retired: the row stays for its history and for what refers to it.
LIVE = CLUSTER.c.redirect.is_(None) & exists().where(MEMBER.c.cluster == CLUSTER.c.id)


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition with the record shown for it."""

    id: str
    display: Mapping[str, Any]
    work: str
    set_of: str
    redirect: str | None

    @property
    def title(self) -> str:
        """Its title proper as shown."""
        return str(self.display.get("title") or "")

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of its authors."""
        return tuple(self.display.get("authors") or ())

    @property
    def isbn(self) -> str:
        """Its first ISBN; "" when it has none."""
        return str(next(iter(self.display.get("isbns") or ()), ""))


def edition(connection: Connection, cluster: str) -> EditionRow | None:
    """The edition, following what took its place; None when there never was one."""
    seen: set[str] = set()
    while cluster not in seen:
        seen.add(cluster)
        found = editions(connection, [cluster]).get(cluster)
        if found is None or found.redirect is None:
            return found
        cluster = found.redirect
    return None


def editions(connection: Connection, clusters: Collection[str]) -> dict[str, EditionRow]:
    """These editions by id, live or not."""
    return _read(connection, _columns(), clusters)


def live_editions(connection: Connection, clusters: Collection[str]) -> dict[str, EditionRow]:
    """Those of these editions that have records and were not merged into another, by id."""
    return _read(connection, _columns().where(LIVE), clusters)


def live_ids_after(connection: Connection, cluster: str, limit: int) -> list[str]:
    """The first ``limit`` live editions whose ids come after ``cluster``, in order; "" begins."""
    found = connection.scalars(
        select(CLUSTER.c.id).where(LIVE, CLUSTER.c.id > cluster).order_by(CLUSTER.c.id).limit(limit)
    )
    return list(found)


def _columns() -> Select[Any]:
    return select(CLUSTER.c.id, CLUSTER.c.display, CLUSTER.c.work, CLUSTER.c.set_of, CLUSTER.c.redirect)


def _read(connection: Connection, wanted: Select[Any], clusters: Collection[str]) -> dict[str, EditionRow]:
    found: dict[str, EditionRow] = {}
    for batch in batches(sorted(set(clusters))):
        for row in connection.execute(wanted.where(CLUSTER.c.id.in_(batch))).mappings():
            found[row["id"]] = EditionRow(**row)
    return found
