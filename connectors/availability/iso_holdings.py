"""Copies with their state out of ISO 20775 holdings (SRU schema ``isohold``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from connectors import markup
from connectors.availability.dates import due_date
from connectors.availability.values import LiveItem
from connectors.statuses import CirculationStatus, circulation_status

NAME: Final = "holdings"
_MAX_ITEMS: Final = 10_000
#: availabilityStatus of the standard's code list; what is in no list stays unknown.
_CODES: Final[dict[str, CirculationStatus]] = {"1": "available", "2": "on_loan"}


def iso_items(element: etree._Element) -> tuple[LiveItem, ...]:
    """The copies that a ``holdings`` element states: one by one where it lists them, else counted."""
    found: list[LiveItem] = []
    for holding in markup.children(element, "holding"):
        found.extend(_of(holding))
        if len(found) >= _MAX_ITEMS:
            break
    return tuple(found[:_MAX_ITEMS])


def _of(holding: etree._Element) -> Iterator[LiveItem]:
    identifier = markup.child(holding, "institutionIdentifier")
    location = markup.text(holding, "physicalLocation") or markup.text(identifier, "value")
    copies = list(holding.iter("{*}copyInformation"))
    for copy in copies:
        yield _copy(copy, location)
    if not copies:
        for summary in holding.iter("{*}copiesSummary"):
            yield from _summary(summary, location)


def _copy(copy: etree._Element, location: str) -> LiveItem:
    code = next((markup.text(one) for one in copy.iter("{*}availabilityStatus")), "")
    status = _CODES.get(code) or circulation_status(code if not code.isdecimal() else "")
    back = next((markup.text(one) for one in copy.iter("{*}dateTimeAvailable")), "")
    return LiveItem(
        barcode=markup.text(markup.child(copy, "pieceIdentifier"), "value") or None,
        location=location,
        shelf=markup.text(copy, "sublocation"),
        call_number=markup.text(copy, "shelfLocator"),
        volume=markup.text(copy, "enumerationAndChronology"),
        status=status,
        status_text=code,
        due=due_date(back) if status == "on_loan" else None,
    )


def _summary(summary: etree._Element, location: str) -> Iterator[LiveItem]:
    """Copies that are only counted: those that are in, and those that are not."""
    total = markup.whole_number(markup.text(summary, "copiesCount"))
    available = markup.whole_number(markup.text(markup.child(summary, "status"), "availableCount"))
    if available is None or total is None or available > total:
        yield LiveItem(None, location, copies=total or 1)
        return
    if available:
        yield LiveItem(None, location, status="available", copies=available)
    if total > available:
        yield LiveItem(None, location, status="on_loan", copies=total - available)
