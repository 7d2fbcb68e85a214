"""Tables of the catalogue: sources, harvest runs, source records, holdings and items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant


class Source(SQLModel, table=True):
    """Where a member's records come from: one address, one protocol, one profile."""

    name: str = Field(primary_key=True)
    member: str = Field(index=True)  #: node code of the library system that answers for it
    protocol: str  #: z3950, sru, oai-pmh or file
    address: str
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    profile: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class HarvestRun(SQLModel, table=True):
    """One run over one source, with what was expected and what came (promise P7)."""

    __tablename__ = "harvest_run"
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="source.name", index=True)
    started_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    state: str  #: running, complete, incomplete, failed
    full: bool = True
    expected: int | None = None
    received: int = 0
    stored: int = 0
    unchanged: int = 0
    missing: int = 0
    deleted: int = 0
    quarantined: int = 0
    clashes: int = 0  #: records whose own identifier another record of the source already has
    problem: str = ""
    #: how often it was begun; more than once when it was cut off and gone on with
    attempts: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class HarvestSlice(SQLModel, table=True):
    """A checkpoint: one slice of a run, so that a killed run goes on where it stopped."""

    __tablename__ = "harvest_slice"
    run: int = Field(foreign_key="harvest_run.id", primary_key=True)
    slice: str = Field(primary_key=True)
    state: str  #: waiting, done, inexact
    hits: int = 0
    received: int = 0
    stored: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    clashes: int = 0


class SourceRecord(SQLModel, table=True):
    """A member's record with its bytes exactly as they came (promise P8)."""

    __tablename__ = "source_record"
    __table_args__ = (
        UniqueConstraint("source", "identifier"),
        Index("source_record_state", "source", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="source.name")
    identifier: str  #: the target's own id, or the digest with an ordinal
    state: str  #: live, deleted
    format: str  #: cnmarc, unimarc, marc21, marcxml, dc
    encoding: str
    confidence: float = 1.0
    digest: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    seen_run: int  #: the last run that saw it
    missing_run: int | None = None  #: the first complete run that did not see it
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    seen_slice: int | None = None  #: in which slice of ``seen_run``, as a number made of the slice's name
    seen_attempt: int | None = None  #: and in which of the run's attempts


class Quarantine(SQLModel, table=True):
    """Bytes that could not be made a record, kept with the reason (promise P8)."""

    __table_args__ = (UniqueConstraint("source", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="source.name")
    digest: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: str
    detail: str = ""
    position: int = 0  #: byte offset or ordinal in what was received
    run: int  #: the last run that received it
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    identifier: str | None = None  #: where the target gave one apart from the bytes


class Item(SQLModel, table=True):
    """A volume as its owner's catalogue states it. Call numbers belong here, never to the edition."""

    __table_args__ = (
        UniqueConstraint("owner", "barcode"),
        Index("item_record", "record"),
        # Whoever scans a barcode at a desk does not say whose it is.
        Index("item_barcode", "barcode"),
    )
    id: int | None = Field(default=None, primary_key=True)
    record: int = Field(foreign_key="source_record.id")
    owner: str  #: node code of the library whose barcodes these are (the system's member code)
    barcode: str
    node: str = Field(index=True)  #: permanent location: the node whose shelf it belongs to
    call_number: str = ""
    call_key: str = ""  #: the call number in shelf order
    shelf: str = ""
    volume: str = ""  #: which volume of a set, as the record writes it
    item_class: str = "book"  #: what policies distinguish: book, reference, rare, child, audio-visual
    status: str = "available"  #: as the member last said: available, on_loan, missing, reference
    price_fen: int | None = None
    withdrawn: bool = False


class BarcodeClaim(SQLModel, table=True):
    """A barcode that a record states although another record of the same owner has it: it waits its turn."""

    __tablename__ = "barcode_claim"
    __table_args__ = (Index("barcode_claim_record", "record"),)
    owner: str = Field(primary_key=True)
    barcode: str = Field(primary_key=True)
    record: int = Field(foreign_key="source_record.id", primary_key=True)
    stated: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  #: the item as this record has it


class UnmappedLocation(SQLModel, table=True):
    """A location code that no node claims: reported, never given to the parent."""

    __tablename__ = "unmapped_location"
    source: str = Field(foreign_key="source.name", primary_key=True)
    code: str = Field(primary_key=True)
    items: int = 0
