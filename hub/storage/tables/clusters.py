"""Tables of the union: descriptions, match keys, edges, decisions, clusters and their history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant


class Description(SQLModel, table=True):
    """What matching and display need of a record, extracted once."""

    record: int = Field(foreign_key="source_record.id", primary_key=True)
    matcher: str  #: the matcher version that made it
    digest: str  #: of the bytes it was made from
    work: str = Field(default="", index=True)  #: the work it is of; records of one are clustered in one batch
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class MatchKey(SQLModel, table=True):
    """A blocking key of a record: records that share one are compared."""

    __tablename__ = "match_key"
    __table_args__ = (Index("match_key_key", "key"),)
    record: int = Field(foreign_key="source_record.id", primary_key=True)
    key: str = Field(primary_key=True)
    refinements: list[str] = Field(sa_column=Column(JSON, nullable=False))  #: what divides an oversized block


class Edge(SQLModel, table=True):
    """A scored pair at or above the review threshold; ``first`` < ``second``."""

    first: int = Field(foreign_key="source_record.id", primary_key=True)
    second: int = Field(foreign_key="source_record.id", primary_key=True, index=True)
    score: int  #: thousandths
    tier: str = Field(index=True)  #: automatic or review


class Decision(SQLModel, table=True):
    """A cataloguer's word on two records, kept by record key so that it survives a re-harvest."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str  #: same or different
    first: str  #: record key: source:identifier
    second: str
    who: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    why: str = ""
    undone_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Cluster(SQLModel, table=True):
    """One edition in the union index, with the record shown for it."""

    id: str = Field(primary_key=True)
    display: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    work: str = Field(default="", index=True)
    set_of: str = ""  #: the cluster of the multi-volume set it is a volume of
    redirect: str | None = Field(default=None, index=True)  #: the cluster that took its place
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ClusterMember(SQLModel, table=True):
    """Which edition a record belongs to: exactly one."""

    __tablename__ = "cluster_member"
    record: int = Field(foreign_key="source_record.id", primary_key=True)
    cluster: str = Field(foreign_key="cluster.id", index=True)


class ClusterEvent(SQLModel, table=True):
    """Append-only: what became of an edition, with the evidence."""

    __tablename__ = "cluster_event"
    id: int | None = Field(default=None, primary_key=True)
    cluster: str = Field(index=True)
    kind: str  #: created, grew, shrank, merged, split, retired
    evidence: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class PendingRecord(SQLModel, table=True):
    """A record that changed since it was last clustered: the clustering's own in-tray."""

    __tablename__ = "pending_record"
    record: int = Field(foreign_key="source_record.id", primary_key=True)
