"""The values of live availability: what was asked of whom, what came of it, and how every copy stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from connectors.availability.values import AvailabilitySource, LiveItem, LocalIdentifiers
from hub.storage.edition_records import EditionRecord


class Answered(StrEnum):
    """How a member's answer about one record came about."""

    LIVE = "live"  #: it answered just now
    RECENT = "recent"  #: it answered a moment ago, and was not asked again
    NO_STATE = "no_state"  #: it answered, and says nothing of the state of its copies
    LATE = "late"  #: it did not answer before the deadline
    FAILED = "failed"  #: it could not be reached, or its answer could not be used
    RESTING = "resting"  #: not asked: it has been silent
    HARVESTED = "harvested"  #: not asked: it is being harvested, and bears one conversation at a time
    NOT_ASKED = "not_asked"  #: it could be asked, and was not
    STORED = "stored"  #: it cannot be asked; what its catalogue said when it was harvested


class Basis(StrEnum):
    """What the state of a copy rests on."""

    HUB = "hub"  #: the hub's own ledger: reserved, lent or under way; always wins
    LIVE = "live"
    RECENT = "recent"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class Question:
    """One record to be asked about at its member."""

    record: EditionRecord
    options: Mapping[str, object]  #: the source's, filled up; secrets stand in them as references
    identifiers: LocalIdentifiers
    connect: Callable[[], AvailabilitySource]  #: the way to the member; raises what forbids it
    harvested: bool = False  #: whether a harvest of it is under way, beside which it is not to be asked


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question."""

    answered: Answered
    as_of: datetime | None  #: of the items; None where there are none
    items: tuple[LiveItem, ...] = ()
    problem: str = ""  #: a code of ``connectors.errors``
    silent_since: datetime | None = None

    @property
    def has_items(self) -> bool:
        """Whether the member itself told of its copies."""
        return self.answered in (Answered.LIVE, Answered.RECENT, Answered.NO_STATE)


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What came of asking one member about one record, as it is shown."""

    source: str
    member: str
    record: str  #: the record's identifier in the source
    reply: Reply
    as_of: datetime  #: of what is shown of its copies, whoever said it


@dataclass(frozen=True, slots=True)
class CopyNow:
    """One copy that the hub knows, as it stands now as far as anybody said."""

    owner: str
    barcode: str
    node: str
    call_number: str
    volume: str
    status: (
        str  #: available, on_loan, reserved, under_way, reference, processing, missing, withdrawn, unknown
    )
    basis: Basis
    as_of: datetime
    due: date | None = None  #: in the network's calendar
    said: str = ""  #: the member's own words for the state

    @property
    def available(self) -> bool:
        """Whether it is in and can be lent."""
        return self.status == "available"


@dataclass(frozen=True, slots=True)
class OtherCopies:
    """Copies that a member told of and that are none the hub can name."""

    member: str
    node: str  #: "" where the location is of no node
    location: str  #: as the member says it
    call_number: str
    volume: str
    status: str
    said: str
    copies: int
    barcode: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class LiveAvailability:
    """How an edition's copies stand, with who said so."""

    edition: str
    asked_at: datetime
    copies: tuple[CopyNow, ...]
    others: tuple[OtherCopies, ...] = ()
    answers: tuple[SourceAnswer, ...] = ()
    _index: Mapping[tuple[str, str], CopyNow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {(copy.owner, copy.barcode): copy for copy in self.copies})

    @property
    def complete(self) -> bool:
        """Whether everybody that can be asked has answered."""
        answered = (Answered.LIVE, Answered.RECENT, Answered.NO_STATE, Answered.STORED)
        return all(one.reply.answered in answered for one in self.answers)

    def copy(self, owner: str, barcode: str) -> CopyNow | None:
        """How this copy stands; None when it is none of the edition's."""
        return self._index.get((owner, barcode))
