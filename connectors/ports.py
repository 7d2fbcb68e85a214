"""What the hub needs from a connector, whatever protocol stands behind it.

Owns: the harvester's interface and the values that pass through it.
Must not: know any protocol, open anything, or decide what is done with what came.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, TypeAlias

from connectors.profile import TargetProfile


class RawRecord(NamedTuple):
    """One record with its bytes exactly as they came; a tuple, for a harvest makes one of each record."""

    raw: bytes  #: empty for a deletion; the diagnostic's text where ``syntax`` is "diagnostic"
    identifier: str | None  #: the target's own id; None where the record has none
    deleted: bool = False  #: the target says that this record is gone
    #: marc (ISO 2709), marcxml, xml, json, sutrs, opac (as BER), or diagnostic (see ``HarvestOrder``)
    syntax: str = "marc"


@dataclass(frozen=True, slots=True)
class HarvestOrder:
    """What to fetch.

    A record that the target itself refuses to deliver comes as a ``RawRecord`` of syntax "diagnostic" and the
    harvest ends with the problem ``records_refused``: it is counted and shown, and it never deletes.
    """

    full: bool = True  #: everything; otherwise what changed since ``since``, where the target can say so
    done_slices: frozenset[str] = frozenset()  #: checkpoints of the interrupted run that this one continues
    since: datetime | None = None  #: aware; the start of the last complete harvest


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records, deletions included, the order amounts to at the target; None when it does not say."""

    total: int | None
    moment: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class SliceStarted:
    """A slice of the plan begins; its name is the same in every run over the same target."""

    slice: str
    hits: int | None  #: None when the target does not say


@dataclass(frozen=True, slots=True)
class Fetched:
    """Some records of a slice."""

    slice: str
    records: tuple[RawRecord, ...]


@dataclass(frozen=True, slots=True)
class SliceDone:
    """A slice ended. Only an exact one is a checkpoint."""

    slice: str
    received: int
    exact: bool  #: as many came as the target counted, and its count was not an estimate


@dataclass(frozen=True, slots=True)
class Finished:
    """The harvest ended; without a problem it was complete."""

    problem: str | None  #: a key of ``errors.HARVEST_PROBLEMS`` or ``errors.ERROR_CODES``
    values: Mapping[str, object] = field(default_factory=dict)  #: the particulars of the problem
    #: When the harvest began by the target's own clock, where it has one: the next ``HarvestOrder.since``.
    begun: datetime | None = None


HarvestEvent: TypeAlias = Counted | SliceStarted | Fetched | SliceDone | Finished


class Harvester(Protocol):
    """One source of records."""

    async def probe(self) -> TargetProfile:
        """Find out what the target can do.

        Raises:
            ConnectorError: the target cannot be reached or does not answer in its protocol.
        """
        ...

    def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch what the order asks for; the last event is always ``Finished``.

        Failures of the target do not raise: they end the stream with ``Finished`` and the error's code.

        Raises:
            Misconfigured: an option or address that no retry can mend.
        """
        ...
