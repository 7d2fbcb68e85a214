"""P3: every handled volume is in exactly one place, and that place is what its scans say."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection

from hub.kernel.volumes import Volume
from hub.storage import custody
from hub.storage.promises.custody import impossible_histories_with_cases, lent_volumes_elsewhere
from hub.storage.promises.violation import Violation
from ill.transport.custody import CustodyEventKind, PlaceKind, Scan, fold


def custody_is_folded(connection: Connection, now: datetime) -> list[Violation]:
    """Fold every volume's scans again and compare with the stored place."""
    scans: dict[tuple[str, str], list[Scan]] = defaultdict(list)
    for row in custody.every_event(connection):
        scans[row.owner, row.barcode].append(_scan(row))
    stored = {(row.owner, row.barcode): row for row in custody.every_place(connection)}
    looked_at = impossible_histories_with_cases(connection)
    found: list[Violation] = []
    for volume in sorted(scans.keys() | stored.keys()):
        folded, kept = fold(scans.get(volume, ())), stored.get(volume)
        told = folded.place
        if folded.impossible and str(Volume(*volume)) not in looked_at:
            values = {"event": folded.impossible[0].kind.value, "reason": folded.impossible[0].reason}
            found.append(
                Violation("P3", "custody_event", "/".join(volume), "impossible_without_case", values)
            )
        expected = f"{told.kind}:{told.place}" if told else "-"
        actual = f"{kept.place_kind}:{kept.place}" if kept else "-"
        if expected != actual:
            name = "/".join(volume)
            found.append(
                Violation("P3", "custody", name, "custody_differs", {"told": expected, "kept": actual})
            )
    return found + lent_volumes_elsewhere(connection, now)


def _scan(row: custody.EventRow) -> Scan:
    return Scan(
        kind=CustodyEventKind(row.kind),
        place_kind=PlaceKind(row.place_kind),
        place=row.place,
        node=row.node,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        sequence=row.id,
        key=row.key,
    )
