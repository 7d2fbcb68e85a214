"""The records that an edition is made of, with where they came from, their items, and how old that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from hub.storage.tables.catalogue import HarvestRun, Item, Source, SourceRecord
from hub.storage.tables.clusters import ClusterMember
from hub.storage.tables.columns import core

RECORD, SOURCE, RUN = core(SourceRecord), core(Source), core(HarvestRun)
MEMBER, ITEM = core(ClusterMember), core(Item)


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """A live record of an edition and the source it came from."""

    id: int
    identifier: str
    raw: bytes
    encoding: str
    source: str
    member: str  #: node code of the library system
    protocol: str
    address: str
    options: Mapping[str, Any]
    profile: Mapping[str, Any]
    as_of: datetime  #: when a harvest last saw it as it is stored


def edition_records(connection: Connection, cluster: str) -> list[EditionRecord]:
    """The live records of an edition, by source and number."""
    seen = func.coalesce(RUN.c.finished_at, RUN.c.started_at, RECORD.c.changed_at).label("as_of")
    joined = (
        MEMBER.join(RECORD, RECORD.c.id == MEMBER.c.record)
        .join(SOURCE, SOURCE.c.name == RECORD.c.source)
        .outerjoin(RUN, and_(RUN.c.id == RECORD.c.seen_run, RUN.c.source == RECORD.c.source))
    )
    statement = (
        select(
            RECORD.c.id, RECORD.c.identifier, RECORD.c.raw, RECORD.c.encoding, RECORD.c.source,
            SOURCE.c.member, SOURCE.c.protocol, SOURCE.c.address, SOURCE.c.options, SOURCE.c.profile, seen,
        )
        .select_from(joined)
        .where(MEMBER.c.cluster == cluster, RECORD.c.state == "live")
        .order_by(RECORD.c.source, RECORD.c.id)
    )  # fmt: skip
    return [EditionRecord(**row) for row in connection.execute(statement).mappings()]


def records_of_items(connection: Connection, cluster: str) -> dict[tuple[str, str], int]:
    """The record of each copy of an edition, by owner and barcode."""
    statement = (
        select(ITEM.c.owner, ITEM.c.barcode, ITEM.c.record)
        .select_from(ITEM.join(MEMBER, MEMBER.c.record == ITEM.c.record))
        .where(MEMBER.c.cluster == cluster, ~ITEM.c.withdrawn)
    )
    return {(row.owner, row.barcode): row.record for row in connection.execute(statement)}
