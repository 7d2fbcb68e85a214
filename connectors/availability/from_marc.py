"""Copies with their state out of a MARC record: 852, 949, 952, 995, AVA and the Chinese local fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from connectors.availability.dates import due_date
from connectors.availability.options import AUTOMATIC
from connectors.availability.values import LiveItem
from connectors.marc.holdings import HoldingsProfile, StatedItem, detect, items, profiles
from connectors.markup import whole_number
from connectors.statuses import CirculationStatus, circulation_status
from hub.kernel.record import Field, Record


@dataclass(frozen=True, slots=True)
class _Lent:
    """Where an item's field says that it is lent, beside its status."""

    due: str = ""  #: subfield of the day it is due
    total: str = ""  #: subfield with the number of copies
    out: str = ""  #: subfield with the number of those that are not in
    unsaid: CirculationStatus = "unknown"  #: the state of an item of which nothing is said


#: By holdings profile. Koha marks only what keeps a copy from being lent, and a loan by the day it is due.
_LENT: Final = {
    "marc21-852-items": _Lent(due="u"),
    "marc21-952-koha": _Lent(due="q", unsaid="available"),
    "unimarc-995-koha": _Lent(due="n", unsaid="available"),
    "alma-ava": _Lent(total="f", out="g"),
}
_NOBODY: Final = _Lent()


def marc_items(record: Record, profile: str = AUTOMATIC, date_order: str = "") -> tuple[LiveItem, ...]:
    """The copies that a record states, as the system has them now; none where no profile explains it.

    A live answer may be another format than what was harvested: a named profile that finds nothing is passed
    over for one that does.
    """
    named = profiles().get(profile)
    if named is not None and (found := _items(record, named, date_order)):
        return found
    detected = detect([record]).profile
    return () if detected is None else _items(record, detected, date_order)


def _items(record: Record, profile: HoldingsProfile, date_order: str) -> tuple[LiveItem, ...]:
    lent = _LENT.get(profile.name, _NOBODY)
    if lent.total:
        return tuple(_counted(record, profile, lent))
    stated = items(record, profile)
    return tuple(_live(one, _field_of(one, record, profile), lent, date_order) for one in stated)


def _live(stated: StatedItem, field: Field | None, lent: _Lent, date_order: str) -> LiveItem:
    status = circulation_status(stated.status) if stated.status else lent.unsaid
    # A code is no word.
    said = "" if stated.status.isdecimal() else stated.status
    due_text = (field.first(lent.due) or "") if field is not None and lent.due else ""
    due = due_date(due_text, date_order)
    if due is not None and status in ("available", "on_loan", "unknown"):
        status, said = "on_loan", due_text.strip()
    return LiveItem(
        barcode=stated.barcode.strip() or None,
        location=stated.location,
        shelf=stated.shelf,
        call_number=stated.call_number,
        volume=stated.volume,
        status=status,
        status_text=said,
        due=due,
    )


def _field_of(stated: StatedItem, record: Record, profile: HoldingsProfile) -> Field | None:
    """The field that states this item."""
    codes = profile.places.barcode
    for field in record.every(*profile.places.tags):
        if stated.barcode and stated.barcode in (value.strip() for value in field.all(codes)):
            return field
    return None


def _counted(record: Record, profile: HoldingsProfile, lent: _Lent) -> Iterator[LiveItem]:
    """Copies that are only counted: those that are in, and those that are not."""
    fields = list(record.every(*profile.places.tags))
    for field, stated in zip(fields, items(record, profile), strict=False):
        item = replace(_live(stated, None, lent, ""), barcode=None)
        total = whole_number(field.first(lent.total) or "")
        out = whole_number(field.first(lent.out) or "")
        if total is None or out is None or not 0 <= out <= total or total == 0:
            yield item
            continue
        if total > out:
            yield replace(item, status="available", copies=total - out)
        if out:
            yield replace(item, status="on_loan", status_text="", copies=out)
