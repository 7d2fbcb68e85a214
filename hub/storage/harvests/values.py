"""The values that go into and come out of the storage of harvests."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a member's records come from."""

    name: str
    member: str
    protocol: str
    address: str
    options: dict[str, Any]
    profile: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of received records. ``stored + unchanged + quarantined`` is what was received (P7)."""

    received: int = 0
    stored: int = 0  #: new, changed, or deleted by the target's own word
    unchanged: int = 0
    quarantined: int = 0
    deleted: int = 0  #: of those stored, the ones the target says are gone
    clashes: int = 0  #: of all, the ones whose identifier another record of the source has

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    def __sub__(self, other: Tally) -> Tally:
        """This without the other."""
        return Tally(*(getattr(self, item.name) - getattr(other, item.name) for item in fields(self)))


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run over one source."""

    id: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    state: str  #: running, complete, incomplete, failed
    full: bool
    expected: int | None
    missing: int
    problem: str
    attempts: int  #: how often it was begun
    tally: Tally


@dataclass(frozen=True, slots=True)
class Sighting:
    """When and where a record was last seen: in which slice of which run, and in which attempt of it."""

    run: int
    slice: int | None = None
    attempt: int | None = None

    @classmethod
    def in_slice(cls, run: int, name: str, attempt: int) -> Sighting:
        """In the slice of this name."""
        # A number takes less room than a name, and two slices of one number do no harm.
        return cls(run, zlib.crc32(name.encode()) & 0x7FFFFFFF, attempt)

    def stands_beside(self, other: Sighting) -> bool:
        """Whether what was seen here is still to be taken for there when something is seen at ``other``.

        A slice that broke off is fetched again from its beginning: what it brought before is only an older
        version of what it brings now.
        """
        if self.run != other.run:
            return False
        if self.slice is None or self.slice != other.slice:
            return True
        return (self.attempt or 0) >= (other.attempt or 0)


class ItemRow(NamedTuple):
    """A volume as its owner's record states it."""

    owner: str
    barcode: str
    node: str
    call_number: str = ""
    call_key: str = ""
    shelf: str = ""
    volume: str = ""
    item_class: str = "book"
    status: str = "available"
    price_fen: int | None = None


class _ReceivedRecord(NamedTuple):
    identifier: str
    raw: bytes
    format: str
    encoding: str
    confidence: float
    deleted: bool  #: the target says that it is gone; ``raw`` is not looked at
    items: tuple[ItemRow, ...]
    digest: str  #: of ``raw``


class RecordRow(_ReceivedRecord):
    """A record as it was received, with the items it states.

    A tuple, because a harvest makes one for every record and hands them between processes.
    """

    __slots__ = ()

    def __new__(
        cls,
        identifier: str,
        raw: bytes,
        format: str,  # noqa: A002 - the trade's word
        encoding: str,
        confidence: float = 1.0,
        deleted: bool = False,
        items: tuple[ItemRow, ...] = (),
        digest: str = "",
    ) -> RecordRow:
        """``digest`` is found from ``raw`` where it is not given."""
        digest = digest or hashlib.sha256(raw).hexdigest()
        return tuple.__new__(cls, (identifier, raw, format, encoding, confidence, deleted, items, digest))


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """Bytes that could not be made a record."""

    raw: bytes
    reason: str
    detail: str = ""
    position: int = 0  #: byte offset or ordinal in what was received
    identifier: str | None = None  #: where the target gave one apart from the bytes


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """What became of stated items."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    clashes: int = 0  #: barcodes that another record of the owner has already, or that one record repeats
    promoted: tuple[int, ...] = ()  #: records that got a barcode they had waited for


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What became of a batch of records."""

    stored: int
    unchanged: int
    deleted: int
    clashes: int
    changed_record_ids: tuple[int, ...]
    items: ItemCounts

    def tally(self, quarantined: int = 0) -> Tally:
        """As the tally of a slice, with ``quarantined`` more that could not be read."""
        return Tally(
            received=self.stored + self.unchanged + quarantined,
            stored=self.stored,
            unchanged=self.unchanged,
            quarantined=quarantined,
            deleted=self.deleted,
            clashes=self.clashes,
        )


@dataclass(frozen=True, slots=True)
class Absence:
    """What a complete run did not see (P7)."""

    missing: int  #: not seen for the first time: reported
    deleted: int  #: not seen for the second time: deleted
    refused: int  #: not seen for the second time, but more than the limit: kept, for an operator to look at


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it is kept."""

    id: int
    source: str
    identifier: str
    state: str
    format: str
    encoding: str
    confidence: float
    raw: bytes
    changed_at: datetime

    @property
    def key(self) -> str:
        """The record's name for decisions and reports: source:identifier."""
        return f"{self.source}:{self.identifier}"
