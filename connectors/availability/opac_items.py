"""Copies with their state out of the holdings of an OPAC record, which each system fills in its own way.

Alma and FOLIO use the circulation data as the standard means them. Horizon leaves the barcode empty and says
the state in the restrictions, the shelving data or the temporary location. Sierra gives no circulation data
and says the state, with the day it is due, in the public note.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.availability.dates import due_date
from connectors.availability.values import LiveItem
from connectors.statuses import CirculationStatus, circulation_status
from connectors.z3950.opac import Circulation, OpacHolding


def opac_items(holding: OpacHolding, date_order: str = "") -> Iterator[LiveItem]:
    """The copies of a holding; ``date_order`` as for ``dates.due_date``."""
    for circulation in holding.circulation:
        status, said = _state(holding, circulation)
        moved = circulation.temporary_location.strip()
        yield LiveItem(
            barcode=circulation.item_id.strip() or None,
            location=_location(holding),
            shelf=moved if moved and moved != said else holding.shelving_location.strip(),
            call_number=holding.call_number.strip(),
            volume=circulation.enum_and_chron.strip() or _volume(holding),
            status=status,
            status_text=said,
            due=due_date(circulation.availability_date, date_order) if status != "available" else None,
        )
    if not holding.circulation:
        said = _said(holding.public_note, holding.shelving_data)
        status = circulation_status(said)
        yield LiveItem(
            barcode=None,
            location=_location(holding),
            shelf=holding.shelving_location.strip(),
            call_number=holding.call_number.strip(),
            volume=_volume(holding),
            status=status,
            status_text=said,
            due=due_date(said, date_order) if status == "on_loan" else None,
        )


def _state(holding: OpacHolding, circulation: Circulation) -> tuple[CirculationStatus, str]:
    """The state and the words that say it. Words against the copy count more than a flag for it."""
    said = _said(
        circulation.restrictions, circulation.availability_thru, circulation.temporary_location,
        holding.public_note, holding.shelving_data,
    )  # fmt: skip
    status = circulation_status(said)
    if status not in ("available", "unknown"):
        return status, said
    if not circulation.available_now:
        return "on_loan", "" if status == "available" else said
    return ("reserved", "") if circulation.on_hold else ("available", said)


def _said(*texts: str) -> str:
    """The first of these texts that speaks of a state; "" where none does."""
    return next((text.strip() for text in texts if circulation_status(text) != "unknown"), "")


def _location(holding: OpacHolding) -> str:
    return holding.local_location.strip() or holding.nuc_code.strip()


def _volume(holding: OpacHolding) -> str:
    parts = [holding.enum_and_chron]
    for volume in holding.volumes:
        parts += [volume.enum_and_chron, volume.enumeration, volume.chronology]
    return " ".join(part.strip() for part in parts if part.strip())
