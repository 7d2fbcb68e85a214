"""Custody: whose hands a volume is in, folded from append-only scans (P3).

Scans arrive late, twice and out of order; they are ordered by (when it happened, when it was recorded,
sequence), so that any order of arrival gives the same fold. The latest scan always tells where the volume is:
what the history makes impossible is reported beside it, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlaceKind(StrEnum):
    """What kind of place answers for a volume."""

    SHELF = "shelf"  #: on the shelf of a node, free to be taken
    NODE = "node"  #: inside a node, in somebody's hands or on the hold shelf
    TOTE = "tote"
    VEHICLE = "vehicle"
    COURIER = "courier"
    READER = "reader"
    UNKNOWN = "unknown"  #: nobody knows since the time of the event


class CustodyEventKind(StrEnum):
    """What a scan says happened."""

    PICKED = "picked"  #: taken from the shelf for somebody
    SHELVED = "shelved"
    HELD = "held"  #: put on the hold shelf
    PACKED = "packed"  #: into a tote
    LOADED = "loaded"  #: its tote onto a vehicle
    UNLOADED = "unloaded"  #: its tote off the vehicle
    UNPACKED = "unpacked"  #: out of a tote
    LENT = "lent"
    RETURNED = "returned"
    MISSING = "missing"  #: it was not where it should be
    FOUND = "found"  #: it turned up, wherever it was thought to be


IN_A_NODE = frozenset({PlaceKind.SHELF, PlaceKind.NODE})
EVERYWHERE = frozenset(PlaceKind)

#: From which places a scan of each kind can follow. A volume never handled counts as on its owner's shelf,
#: and one whose place is unknown may turn up by any scan.
ALLOWED_FROM: Mapping[CustodyEventKind, frozenset[PlaceKind]] = {
    CustodyEventKind.PICKED: IN_A_NODE,
    CustodyEventKind.SHELVED: IN_A_NODE,
    CustodyEventKind.HELD: IN_A_NODE,
    CustodyEventKind.PACKED: IN_A_NODE,
    CustodyEventKind.LOADED: frozenset({PlaceKind.TOTE}),
    CustodyEventKind.UNLOADED: frozenset({PlaceKind.VEHICLE, PlaceKind.COURIER}),
    CustodyEventKind.UNPACKED: frozenset({PlaceKind.TOTE}),
    CustodyEventKind.LENT: IN_A_NODE,
    # A member's own desk may have lent it without the hub: it then comes back from a shelf.
    CustodyEventKind.RETURNED: IN_A_NODE | {PlaceKind.READER},
    CustodyEventKind.MISSING: EVERYWHERE,
    CustodyEventKind.FOUND: EVERYWHERE,
}
#: Scans whose place is inside a node, and those that also happen inside one.
AT_A_NODE = frozenset(
    {
        CustodyEventKind.PICKED,
        CustodyEventKind.SHELVED,
        CustodyEventKind.HELD,
        CustodyEventKind.PACKED,
        CustodyEventKind.LENT,
    }
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One custody event. ``sequence`` tells apart what happened and was recorded at the same instants."""

    kind: CustodyEventKind
    place_kind: PlaceKind
    place: str
    node: str  #: where it was scanned; "" when that is not known
    happened_at: datetime
    recorded_at: datetime
    sequence: int
    key: str

    @property
    def order(self) -> tuple[datetime, datetime, int]:
        """What scans are ordered by."""
        return self.happened_at, self.recorded_at, self.sequence


@dataclass(frozen=True, slots=True)
class Place:
    """Where a volume is, and since when."""

    kind: PlaceKind
    place: str
    since: datetime
    node: str = ""  #: the last node that saw it


@dataclass(frozen=True, slots=True)
class Impossibility:
    """A scan that cannot follow what came before it."""

    key: str  #: of the scan
    reason: str  #: code: wrong_place or moved_unseen
    kind: CustodyEventKind
    before: str  #: the place before it
    at: str  #: the place or node of the scan


@dataclass(frozen=True, slots=True)
class Folded:
    """The outcome of a history. ``place`` is None for a volume never handled."""

    place: Place | None = None
    impossible: tuple[Impossibility, ...] = ()


def fold(scans: Iterable[Scan]) -> Folded:
    """Where the volume is after all its scans, and which of them are impossible."""
    place: Place | None = None
    impossible: list[Impossibility] = []
    for scan in sorted(scans, key=lambda scan: scan.order):
        reason = _impossible(place, scan)
        if reason:
            before = f"{place.kind}:{place.place}" if place else ""
            at = scan.node or f"{scan.place_kind}:{scan.place}"
            impossible.append(Impossibility(scan.key, reason, scan.kind, before, at))
        node = scan.node or (place.node if place else "")
        place = Place(scan.place_kind, scan.place, scan.happened_at, node)
    return Folded(place, tuple(impossible))


def _impossible(before: Place | None, scan: Scan) -> str:
    """The code of what is wrong with a scan after a place; "" when nothing is."""
    kind = PlaceKind.SHELF if before is None else before.kind
    if kind is PlaceKind.UNKNOWN:
        return ""
    if kind not in ALLOWED_FROM[scan.kind]:
        return "wrong_place"
    elsewhere = before is not None and kind in IN_A_NODE and before.node and scan.node != before.node
    if elsewhere and scan.node and scan.kind in AT_A_NODE:
        return "moved_unseen"
    return ""
