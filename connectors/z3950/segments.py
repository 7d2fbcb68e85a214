"""Answers in segments (3.2.3.3 and 3.3): records put together from fragments, and divided into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.z3950.apdu import DiagnosticRecord, Fragment, Part, Place, RetrievedRecord, Slot
from connectors.z3950.ber import Malformed

#: What surrounds a record in a segment: headers, syntax and the name of a database of usual length.
OVERHEAD = 96


def assembled(parts: Sequence[Part], syntax: str | None) -> tuple[Slot, ...]:
    """The records that segments and the answer after them hold.

    ``syntax`` is what was asked for; a fragment may leave it out.

    Raises:
        Malformed: a fragment stands alone.
    """
    whole = tuple([part for part in parts if not isinstance(part, Fragment)])
    if len(whole) == len(parts):
        return whole
    slots: list[Slot] = []
    opened: list[Fragment] = []
    for part in parts:
        if not isinstance(part, Fragment):
            if opened:
                raise Malformed("a whole record in the middle of fragments")
            slots.append(part)
            continue
        if (part.place is Place.STARTING) is bool(opened):
            raise Malformed(f"a fragment out of place: {part.place.name.lower()}")
        opened.append(part)
        if part.place is Place.FINAL:
            slots.append(_joined(opened, syntax))
            opened = []
    if opened:
        raise Malformed("a record whose final fragment did not come")
    return tuple(slots)


def _joined(fragments: list[Fragment], syntax: str | None) -> RetrievedRecord:
    stated = next((one.syntax for one in fragments if one.syntax), syntax or "")
    content = b"".join(one.content for one in fragments)
    return RetrievedRecord(stated, content, fragments[0].database)


@dataclass(frozen=True, slots=True)
class SegmentLimits:
    """How a client wants its segments."""

    size: int  #: bytes of one segment
    fragments: bool  #: whether a record may be divided
    count: int | None = None  #: segments at the most, the last answer included


def segmented(slots: Iterable[Slot], limits: SegmentLimits) -> list[tuple[Part, ...]]:
    """The records in as few segments as hold them, in order; fewer records where their number is limited.

    A record that is larger than a segment is divided if the client allows it; else it has one of its own.
    """
    segments: list[list[Part]] = [[]]
    free = limits.size
    for slot in slots:
        before = len(segments), len(segments[-1])
        for part in _parts(slot, limits):
            if _size(part) > free and segments[-1]:
                segments.append([])
                free = limits.size
            segments[-1].append(part)
            free -= _size(part)
        if limits.count is not None and len(segments) > limits.count:
            del segments[before[0] :]
            del segments[-1][before[1] :]
            break
    return [tuple(segment) for segment in segments]


def _parts(slot: Slot, limits: SegmentLimits) -> Iterator[Part]:
    if isinstance(slot, DiagnosticRecord) or not limits.fragments or _size(slot) <= limits.size:
        yield slot
        return
    step = max(1, limits.size - OVERHEAD)
    starts = range(0, len(slot.content), step)
    for start in starts:
        place = Place.STARTING if start == 0 else Place.INTERMEDIATE
        if start == starts[-1]:
            place = Place.FINAL
        content = slot.content[start : start + step]
        yield Fragment(place, content, slot.syntax, slot.database)


def _size(part: Part) -> int:
    return OVERHEAD + len(part.addinfo if isinstance(part, DiagnosticRecord) else part.content)
