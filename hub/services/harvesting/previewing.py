"""What the first records of a source state of their items, and where these would stand. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.marc.holdings import HoldingsProfile, StatedItem, items, profiles, ranked
from connectors.marc.reading import ReadRecord, read
from connectors.marc.textual_holdings import held_runs
from connectors.ports import RawRecord
from hub.kernel.record import Record
from hub.services.harvesting.intake import TRUSTED
from hub.services.harvesting.locations import Locations
from hub.services.harvesting.statuses import status_of

#: so many profiles are shown beside the one that is used
_RIVALS = 3


def previewed(
    received: Sequence[RawRecord], locations: Locations, encoding: str, chosen: str
) -> dict[str, Any]:
    """The items of some records.

    Args:
        received: the records, deletions left out.
        locations: the source's table of location codes.
        encoding: the source's, or auto.
        chosen: the name of a holdings profile, or auto.

    Returns:
        profile ("-" where none is used) and the confidence in it, from 0 to 1; the profiles that explain
        the records best; records and items, each with its node or the location code that no node
        claims; and these codes with their number.
    """
    found = [(raw, read(raw.raw, encoding=encoding)) for raw in received]
    records = [one.record for _, one in found if isinstance(one, ReadRecord)]
    rivals = ranked(records)
    name, confidence = _used(records, chosen)
    rows: list[dict[str, Any]] = []
    unmapped: Counter[str] = Counter()
    for raw, one in found:
        if isinstance(one, ReadRecord):
            rows += _rows(raw, one.record, profiles().get(name), locations, unmapped)
        else:
            rows.append({"record": raw.identifier or "", "problem": one.reason})
    return {
        "profile": name or "-",
        "confidence": confidence,
        "profiles": [
            {"profile": rival.profile.name, "confidence": rival.confidence}
            for rival in rivals[:_RIVALS]
            if rival.profile is not None
        ],
        "records": len(received),
        "items": rows,
        "unmapped": dict(unmapped),
    }


def title_of(record: Record) -> str:
    """By what people know a record, in any flavour."""
    return record.first("200", "a") or record.first("245", "a") or ""


def _used(records: Sequence[Record], chosen: str) -> tuple[str, float]:
    """The profile that a harvest would use, and the confidence in it."""
    if chosen == "auto":
        best = next(iter(ranked(records)), None)
        if best is None or best.profile is None:
            return "", 0.0
        return (best.profile.name if best.confidence >= TRUSTED else ""), best.confidence
    known = {name: profile for name, profile in profiles().items() if name == chosen}
    return chosen, next((one.confidence for one in ranked(records, known)), 0.0)


def _rows(
    raw: RawRecord,
    record: Record,
    profile: HoldingsProfile | None,
    locations: Locations,
    unmapped: Counter[str],
) -> list[dict[str, Any]]:
    """One row for each item, or one for a record without any."""
    about = {
        "record": raw.identifier or record.identifier or "",
        "title": title_of(record),
    }
    rows = [{**about, **_item(item, locations, unmapped)} for item in _items(record, profile)]
    if not rows:
        rows = [about]
    runs = [f"{run.location} {run.text}".strip() for run in held_runs(record)]
    if runs:
        rows[0]["held"] = "; ".join(runs)
    return rows


def _items(record: Record, profile: HoldingsProfile | None) -> Iterator[StatedItem]:
    yield from items(record, profile) if profile else ()


def _item(item: StatedItem, locations: Locations, unmapped: Counter[str]) -> dict[str, str]:
    node = locations.node_of(item.location)
    if node is None:
        unmapped[item.location.strip()] += 1
    return {
        "barcode": item.barcode,
        "location": item.location,
        "node": node or "?",
        "call_number": item.call_number,
        "shelf": item.shelf,
        "volume": item.volume,
        "status": status_of(item.status),
    }
