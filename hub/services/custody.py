"""Custody of volumes: recording every scan, and where each volume is to go next (P3).

Lending and carrying both record through here. A scan that arrives late is ordered by its own time; one that
makes an impossible history opens a case, and never silently disappears.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.errors import Refusal
from hub.kernel.calendars import NeverOpensError
from hub.kernel.volumes import Volume
from hub.services.context import Transaction
from hub.storage import cases
from hub.storage import custody as rows
from ill.transport.custody import CustodyEventKind, Folded, Place, PlaceKind, Scan, fold

IMPOSSIBLE = "impossible_history"
CASE_OPEN_DAYS = 2  #: open days of the node until somebody must have looked at a case


def moment(tx: Transaction, happened_at: datetime | None) -> datetime:
    """When a scan happened: as it says, or now.

    Raises:
        Refusal: it says a time that is still to come.
    """
    if happened_at is None:
        return tx.now
    if happened_at > tx.now:
        raise Refusal(
            "carrying.not_yet", field="happened_at", at=happened_at.isoformat(), now=tx.now.isoformat()
        )
    return happened_at


def record(
    tx: Transaction,
    volume: Volume,
    kind: CustodyEventKind,
    place_kind: PlaceKind,
    place: str,
    *,
    happened_at: datetime,
    actor: str,
    key: str,
    node: str = "",
) -> Place:
    """Append a custody event and fold the volume's history anew; where the volume is then.

    Args:
        tx: the decision this belongs to.
        volume: which one.
        kind: what happened.
        place_kind: what kind of place has it now.
        place: a node's code, a tote's, a trip's or a loan's id; never who a reader is.
        happened_at: when it happened, which may be earlier than now.
        actor: the account that scanned.
        key: the same scan recorded again under its key changes nothing.
        node: where it was scanned, when ``place`` does not say so itself.
    """
    where_scanned = node or (place if place_kind in (PlaceKind.SHELF, PlaceKind.NODE) else "")
    before = _fold(tx.connection, volume)
    row = rows.EventRow(
        volume.owner, volume.barcode, kind.value, place_kind.value, place, where_scanned, actor, key,
        happened_at, tx.now,
    )  # fmt: skip
    added = rows.append(tx.connection, row)
    after = _fold(tx.connection, volume)
    assert after.place is not None
    if added:
        _store(tx.connection, volume, after.place)
        _look_after_cases(tx, volume, before, after)
    return after.place


def send_to(
    tx: Transaction, volume: Volume, destination: str, purpose: str, supply: str | None = None
) -> None:
    """Give a volume its routing slip: it is to go to ``destination`` (request, home, float or hold)."""
    row = rows.SlipRow(volume.owner, volume.barcode, destination, purpose, supply, tx.now)
    rows.put_slip(tx.connection, row)


def clear_slip(tx: Transaction, volume: Volume) -> None:
    """Take the routing slip away: the volume has arrived, or stays where it is."""
    rows.drop_slip(tx.connection, volume)


def where(connection: Connection, volume: Volume) -> Place | None:
    """Where a volume is; None when it was never handled (its owner's shelf, unverified)."""
    row = rows.of(connection, volume)
    return Place(PlaceKind(row.place_kind), row.place, row.since, row.node) if row else None


def case_deadline(tx: Transaction, node: str) -> datetime:
    """Until when somebody at ``node`` must have looked at a case opened now."""
    answerable = node if node in tx.network.nodes else tx.network.sorting_hub
    try:
        return tx.network.calendars.add_open_days(answerable, tx.now, CASE_OPEN_DAYS)
    except NeverOpensError:
        return tx.network.calendars.add_open_days(tx.network.sorting_hub, tx.now, CASE_OPEN_DAYS)


def _fold(connection: Connection, volume: Volume) -> Folded:
    return fold(
        Scan(
            CustodyEventKind(row.kind),
            PlaceKind(row.place_kind),
            row.place,
            row.node,
            row.happened_at,
            row.recorded_at,
            row.id,
            row.key,
        )
        for row in rows.events(connection, volume)
    )


def _store(connection: Connection, volume: Volume, place: Place) -> None:
    row = rows.CustodyRow(
        volume.owner, volume.barcode, place.kind.value, place.place, place.node, place.since
    )
    rows.put(connection, row)


def _look_after_cases(tx: Transaction, volume: Volume, before: Folded, after: Folded) -> None:
    if before.impossible and not after.impossible:
        # The scan that was missing came late, as from a scanner that had been offline.
        cases.close_cases_about(
            tx.connection, "volume", str(volume), "explained_by_late_scan", tx.now, kind=IMPOSSIBLE
        )
    known = {(entry.key, entry.reason) for entry in before.impossible}
    for entry in after.impossible:
        if (entry.key, entry.reason) in known:
            continue
        node = entry.at if entry.at in tx.network.nodes else ""
        cases.open_case(
            tx.connection,
            kind=IMPOSSIBLE,
            subject_kind="volume",
            subject=str(volume),
            node=node,
            details={
                "reason": entry.reason,
                "event": entry.kind.value,
                "before": entry.before,
                "at": entry.at,
                "key": entry.key,
            },
            now=tx.now,
            deadline_at=case_deadline(tx, node),
        )
