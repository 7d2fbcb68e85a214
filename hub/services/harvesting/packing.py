"""Records and what came of them on their way between processes: plain values, and no record's bytes twice.

Owns: the form in which they pass. Must not: read anything, or leave anything out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from connectors.ports import RawRecord
from hub.services.harvesting.intake import Intake
from hub.storage.harvests.values import ItemRow, QuarantinedRow, RecordRow

#: a received record: named values take five times as long to pass
PackedRecord: TypeAlias = tuple[bytes, str | None, bool, str]

# The constructors of these tuples, without their own names for each value.
_record: Final = partial(tuple.__new__, RecordRow)
_item: Final = partial(tuple.__new__, ItemRow)


class PackedIntake(NamedTuple):
    """An ``Intake`` without the bytes of its rows: whoever handed them over still has them."""

    rows: Sequence[tuple[Any, ...]]
    quarantined: tuple[QuarantinedRow, ...]
    unmapped: Mapping[str, int]
    began: int  #: the ordinal of the first record in the run


def pack(received: Iterable[RawRecord]) -> list[PackedRecord]:
    """Records on their way to whoever reads them."""
    return [(*record,) for record in received]


def unpack(packed: Iterable[PackedRecord]) -> list[RawRecord]:
    """The records that were packed."""
    return [RawRecord(*one) for one in packed]


def pack_intake(intake: Intake, began: int) -> PackedIntake:
    """What came of records whose first has the ordinal ``began``, on its way back."""
    rows = [(row[0], b"", *row[2:6], tuple(map(tuple, row.items)), row.digest) for row in intake.rows]
    return PackedIntake(rows, intake.quarantined, intake.unmapped, began)


def unpack_intake(packed: PackedIntake, received: Sequence[RawRecord]) -> Intake:
    """What came of these records, with their bytes again."""
    rows = [
        _record((row[0], b"" if row[5] else raw, *row[2:6], tuple(map(_item, row[6])), row[7]))
        for row, raw in zip(packed.rows, _bytes_of_rows(packed, received), strict=True)
    ]
    return Intake(tuple(rows), packed.quarantined, packed.unmapped)


def _bytes_of_rows(packed: PackedIntake, received: Sequence[RawRecord]) -> Iterator[bytes]:
    """The bytes of the records that became rows: those of all others are in quarantine, by their ordinals."""
    aside = {row.position - packed.began for row in packed.quarantined}
    return (record.raw for place, record in enumerate(received) if place not in aside)
