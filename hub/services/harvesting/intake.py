"""Received bytes to rows for the store: read, named, with their items; or put aside with the reason. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.marc.holdings import HoldingsProfile, StatedItem, detect, items, profiles
from connectors.marc.reading import ReadRecord, Rejected, read
from connectors.marc.skimming import Skim, Skimmed
from connectors.ports import RawRecord
from hub.kernel.call_numbers import shelf_key
from hub.kernel.record import Record
from hub.services.harvesting.locations import Locations
from hub.services.harvesting.statuses import status_of
from hub.services.harvesting.volumes import volume_name
from hub.storage.harvests.batch_plan import digest_identifier
from hub.storage.harvests.values import ItemRow, QuarantinedRow, RecordRow

#: longer ones are not identifiers but accidents
LONGEST_IDENTIFIER = 200
#: a profile found automatically is used from this confidence on
TRUSTED = 0.5


@dataclass(frozen=True, slots=True)
class Habits:
    """How one source writes: what intake needs to know of it."""

    locations: Locations
    encoding: str = "auto"
    profile: str = ""  #: name of the holdings profile; "" = the source states no items


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of some received records: every one is in ``rows`` or in ``quarantined``."""

    rows: tuple[RecordRow, ...]
    quarantined: tuple[QuarantinedRow, ...]
    unmapped: Mapping[str, int] = field(default_factory=dict)  #: location code -> items


def take_in(received: Sequence[RawRecord], habits: Habits, position: int = 0) -> Intake:
    """Read what was received.

    ``position`` is the ordinal of the first record in the run: it tells where a quarantined one stood.
    """
    rows: list[RecordRow] = []
    quarantined: list[QuarantinedRow] = []
    unmapped: Counter[str] = Counter()
    profile = profiles()[habits.profile] if habits.profile else None
    skim = _skim(habits.profile, habits.encoding)
    for ordinal, raw in enumerate(received, start=position):
        if raw.deleted and raw.identifier:
            rows.append(RecordRow(raw.identifier, b"", "", "", deleted=True))
            continue
        if raw.syntax == "diagnostic":
            detail = raw.raw.decode("utf-8", "replace")
            quarantined.append(QuarantinedRow(raw.raw, "refused_by_target", detail, ordinal, raw.identifier))
            continue
        # Of a record that names itself nothing is wanted but its items; the rest is read for clustering.
        found = (skim.of(raw.raw) if raw.identifier else None) or read(raw.raw, encoding=habits.encoding)
        if isinstance(found, Rejected):
            quarantined.append(QuarantinedRow(raw.raw, found.reason, found.detail, ordinal, raw.identifier))
        else:
            stated = stated_items(found.record, profile, habits.locations, unmapped)
            rows.append(_row(raw, found, stated))
    return Intake(tuple(rows), tuple(quarantined), dict(unmapped))


@lru_cache(maxsize=16)
def _skim(profile: str, encoding: str) -> Skim:
    """What a source's records are skimmed with; it remembers how they are laid out."""
    return Skim(profiles()[profile].tags if profile else (), encoding)


def _row(raw: RawRecord, found: ReadRecord | Skimmed, stated: tuple[ItemRow, ...]) -> RecordRow:
    own = (raw.identifier or found.record.identifier or "").strip()
    if not own or len(own) > LONGEST_IDENTIFIER or "\0" in own:
        own = digest_identifier(hashlib.sha256(raw.raw).hexdigest())
    return RecordRow(own, raw.raw, found.format, found.encoding, found.confidence, items=stated)


def stated_items(
    record: Record, profile: HoldingsProfile | None, locations: Locations, unmapped: Counter[str]
) -> tuple[ItemRow, ...]:
    """The record's items at their nodes; items at unknown locations are counted in ``unmapped``."""
    if profile is None:
        return ()
    found: list[ItemRow] = []
    for item in items(record, profile):
        node = locations.node_of(item.location)
        if node is None:
            unmapped[item.location.strip()] += 1
        elif item.barcode:
            found.append(_item(item, locations.member, node))
    return tuple(found)


def _item(item: StatedItem, owner: str, node: str) -> ItemRow:
    barcode, _, call_number, shelf, volume, stated, price = item
    status = status_of(stated) if stated else "available"
    return ItemRow(
        owner,
        barcode.strip(),
        node,
        call_number,
        shelf_key(call_number) if call_number else "",
        shelf,
        volume_name(volume) if volume else "",
        "reference" if status == "reference" else "book",
        status,
        fen(price) if price else None,
    )


def fen(price: str) -> int | None:
    """A stated price (CNY39.80, ￥0.40, 12.5元) in fen; None where there is none."""
    # Longer ones are barcodes in the wrong subfield, and more than the column can hold.
    found = re.search(r"(?<!\d)\d{1,7}(?!\d)(?:\.\d{1,2})?", price or "")
    return round(float(found.group()) * 100) if found else None


def profile_for(received: Iterable[RawRecord], encoding: str) -> str:
    """The holdings profile that these records are written in; "" when none is found with confidence."""
    records = [
        found.record
        for raw in received
        if not raw.deleted and isinstance(found := read(raw.raw, encoding=encoding), ReadRecord)
    ]
    detected = detect(records)
    if detected.profile is None or detected.confidence < TRUSTED:
        return ""
    return detected.profile.name
