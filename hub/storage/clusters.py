"""Storage of clusters: who belongs to which edition, what is shown, what became of it.

Reading editions for display is in ``hub.storage.editions``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, tuple_, update

from hub.storage.statements import batches, upsert
from hub.storage.tables.catalogue import Source, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterEvent, ClusterMember
from hub.storage.tables.columns import core

CLUSTER, MEMBER, EVENT = core(Cluster), core(ClusterMember), core(ClusterEvent)
RECORD, SOURCE = core(SourceRecord), core(Source)


@dataclass(frozen=True, slots=True)
class RecordKey:
    """How a record is named wherever it must survive a re-harvest."""

    source: str
    identifier: str
    member: str  #: node code of the library system

    def __str__(self) -> str:
        """As it is written in decisions and provenance."""
        return f"{self.source}:{self.identifier}"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an edition's history: created, grew, shrank, merged, split, retired."""

    cluster: str
    kind: str
    evidence: Mapping[str, Any]


def record_keys(connection: Connection, records: Collection[int]) -> dict[int, RecordKey]:
    """The keys of records."""
    found: dict[int, RecordKey] = {}
    joined = RECORD.join(SOURCE, SOURCE.c.name == RECORD.c.source)
    for part in batches(sorted(records)):
        statement = select(RECORD.c.id, RECORD.c.source, RECORD.c.identifier, SOURCE.c.member).select_from(
            joined
        )
        for row in connection.execute(statement.where(RECORD.c.id.in_(part))):
            found[row.id] = RecordKey(row.source, row.identifier, row.member)
    return found


def records_by_key(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    """Records by their keys, live or not; keys that nobody has are left out."""
    # Both halves may hold a colon, so that every division is looked up.
    pairs = [
        (key[:place], key[place + 1 :])
        for key in sorted(keys)
        for place, character in enumerate(key)
        if character == ":"
    ]
    found: dict[str, int] = {}
    for part in batches(pairs):
        statement = select(RECORD.c.id, RECORD.c.source, RECORD.c.identifier)
        rows = connection.execute(statement.where(tuple_(RECORD.c.source, RECORD.c.identifier).in_(part)))
        found.update({f"{row.source}:{row.identifier}": row.id for row in rows})
    return found


def clusters_of(connection: Connection, records: Collection[int]) -> dict[int, str]:
    """The edition of each record that has one."""
    found: dict[int, str] = {}
    for part in batches(sorted(records)):
        statement = select(MEMBER.c.record, MEMBER.c.cluster).where(MEMBER.c.record.in_(part))
        found.update({row.record: row.cluster for row in connection.execute(statement)})
    return found


def members_of(connection: Connection, clusters: Collection[str]) -> dict[int, str]:
    """The records of these editions, each with its edition."""
    found: dict[int, str] = {}
    for part in batches(sorted(clusters)):
        statement = select(MEMBER.c.record, MEMBER.c.cluster).where(MEMBER.c.cluster.in_(part))
        found.update({row.record: row.cluster for row in connection.execute(statement)})
    return found


def move(connection: Connection, assigned: Mapping[int, str], gone: Collection[int]) -> None:
    """Put records into editions, and take those that are gone out of theirs."""
    for part in batches(sorted(gone)):
        connection.execute(delete(MEMBER).where(MEMBER.c.record.in_(part)))
    rows = [{"record": record, "cluster": cluster} for record, cluster in sorted(assigned.items())]
    upsert(connection, MEMBER, rows, ["record"])


def store_shown(
    connection: Connection, shown: Mapping[str, tuple[Mapping[str, Any], str]], now: datetime
) -> None:
    """Store the display record and the work of editions; new ones are created, retired ones come back."""
    rows = [
        {
            "id": cluster,
            "display": dict(display),
            "work": work,
            "set_of": "",
            "redirect": None,
            "created_at": now,
            "changed_at": now,
        }
        for cluster, (display, work) in sorted(shown.items())
    ]
    upsert(connection, CLUSTER, rows, ["id"], changed=["display", "work", "redirect", "changed_at"])


def redirect(connection: Connection, redirects: Mapping[str, str], now: datetime) -> None:
    """Point editions that are no more to what took their place, and with them whatever pointed to them."""
    for gone, kept in sorted(redirects.items()):
        pointing = (CLUSTER.c.id == gone) | (CLUSTER.c.redirect == gone)
        connection.execute(update(CLUSTER).where(pointing).values(redirect=kept, changed_at=now))


def record_happenings(connection: Connection, happenings: Sequence[Happening], now: datetime) -> None:
    """Append to the history of editions."""
    rows = [
        {"cluster": one.cluster, "kind": one.kind, "evidence": dict(one.evidence), "at": now}
        for one in happenings
    ]
    if rows:
        connection.execute(insert(EVENT), rows)


def standing(connection: Connection, clusters: Collection[str]) -> dict[str, str | None]:
    """Which of these ids exist, each with what it redirects to."""
    found: dict[str, str | None] = {}
    for part in batches(sorted(clusters)):
        statement = select(CLUSTER.c.id, CLUSTER.c.redirect).where(CLUSTER.c.id.in_(part))
        found.update({row.id: row.redirect for row in connection.execute(statement)})
    return found


def works_of(connection: Connection, clusters: Collection[str]) -> set[str]:
    """The works of these editions."""
    found: set[str] = set()
    for part in batches(sorted(clusters)):
        found.update(connection.scalars(select(CLUSTER.c.work).where(CLUSTER.c.id.in_(part))))
    return found - {""}


def editions_of_works(
    connection: Connection, works: Collection[str]
) -> list[tuple[str, str, str, Mapping[str, Any]]]:
    """The live editions of works: id, work, the set it is linked to, display record."""
    found = []
    for part in batches(sorted(works)):
        statement = select(CLUSTER.c.id, CLUSTER.c.work, CLUSTER.c.set_of, CLUSTER.c.display).where(
            CLUSTER.c.work.in_(part), exists().where(MEMBER.c.cluster == CLUSTER.c.id)
        )
        found += [(row.id, row.work, row.set_of, row.display) for row in connection.execute(statement)]
    return found


def link_sets(connection: Connection, linked: Mapping[str, str]) -> None:
    """Say of editions which set they are a volume of; "" for none."""
    if linked:
        statement = (
            update(CLUSTER).where(CLUSTER.c.id == bindparam("edition")).values(set_of=bindparam("whole"))
        )
        connection.execute(
            statement, [{"edition": one, "whole": whole} for one, whole in sorted(linked.items())]
        )


def count_clusters(connection: Connection) -> int:
    """How many editions have records."""
    return int(connection.scalar(select(func.count(MEMBER.c.cluster.distinct()))) or 0)


def memberships(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Member code, record identifier and edition of every clustered record, by source and identifier."""
    joined = MEMBER.join(RECORD, RECORD.c.id == MEMBER.c.record).join(
        SOURCE, SOURCE.c.name == RECORD.c.source
    )
    rows: Iterable[Any] = connection.execute(
        select(SOURCE.c.member, RECORD.c.identifier, MEMBER.c.cluster)
        .select_from(joined)
        .order_by(RECORD.c.source, RECORD.c.identifier)
    )
    for row in rows:
        yield row.member, row.identifier, row.cluster


def history(connection: Connection, cluster: str) -> list[tuple[str, datetime, dict[str, Any]]]:
    """What became of an edition: kind, instant and evidence, oldest first."""
    rows = connection.execute(
        select(EVENT.c.kind, EVENT.c.at, EVENT.c.evidence)
        .where(EVENT.c.cluster == cluster)
        .order_by(EVENT.c.id)
    )
    return [(row.kind, row.at, row.evidence) for row in rows]


def every_membership(connection: Connection) -> dict[int, str]:
    """The edition of every clustered record."""
    return {row.record: row.cluster for row in connection.execute(select(MEMBER.c.record, MEMBER.c.cluster))}
