"""Items out of a bibliographic record, by a holdings profile; and which profile a source follows.

Owns: applying profiles and weighing which one explains a source's records.
Must not: judge what a location code or a status word means; those are the source's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.marc.holdings_profiles import HoldingsProfile, Places, parse_profiles, profiles
from connectors.marc.number_ranges import expand, is_range
from hub.kernel.record import Field, Record, Subfield

__all__ = [
    "Detected",
    "HoldingsProfile",
    "StatedItem",
    "detect",
    "items",
    "parse_profiles",
    "profiles",
    "ranked",
]

_BARCODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z./:_-]*")
_MIN_DIGITS = 3
# A profile that finds no barcodes explains less than one that does.
_WITHOUT_BARCODES = 0.5


@dataclass(frozen=True, slots=True)
class StatedItem:
    """One item as the record states it; every text as found, empty where nothing is stated."""

    barcode: str
    location: str = ""
    call_number: str = ""
    shelf: str = ""
    volume: str = ""
    status: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class Detected:
    """The profile that explains the records best (None: none does), and how well, from 0 to 1."""

    profile: HoldingsProfile | None
    confidence: float


def items(record: Record, profile: HoldingsProfile) -> tuple[StatedItem, ...]:
    """The items the record states, in its order."""
    found: list[StatedItem] = []
    for field in record.every(*profile.places.tags):
        for group in _groups(field, profile):
            found.extend(_items(group, profile, _holding(record, field, profile)))
    return tuple(found)


def detect(records: Iterable[Record], known: Mapping[str, HoldingsProfile] | None = None) -> Detected:
    """Which of the known profiles a sample of one source's records follows: the first of ``ranked``."""
    return next(iter(ranked(records, known)), Detected(None, 0.0))


def ranked(
    records: Iterable[Record], known: Mapping[str, HoldingsProfile] | None = None
) -> tuple[Detected, ...]:
    """The profiles that explain something of a sample of one source's records, best first.

    Some hundred records suffice. Confidence is the share of the records with local fields that the
    profile explains: items found, no structure contradicted, few subfields left over.
    """
    choices = tuple((profiles() if known is None else known).values())
    tags = {tag for profile in choices for tag in profile.places.tags}
    sample = [record for record in records if any(True for _ in record.every(*tags))]
    if not sample:
        return ()
    scores = [
        (round(sum(_explains(record, profile) for record in sample) / len(sample), 3), -place)
        for place, profile in enumerate(choices)
    ]
    best = sorted((score for score in scores if score[0] > 0), reverse=True)
    return tuple(Detected(choices[-place], score) for score, place in best)


def _groups(field: Field, profile: HoldingsProfile) -> Iterator[tuple[Subfield, ...]]:
    """The field's subfields, cut where a group begins; whole when the profile knows no groups."""
    group: list[Subfield] = []
    for subfield in field.subfields:
        if subfield.code == profile.group_start and group:
            yield tuple(group)
            group = []
        group.append(subfield)
    if group:
        yield tuple(group)


def _items(group: Sequence[Subfield], profile: HoldingsProfile, fallback: StatedItem) -> Iterator[StatedItem]:
    stated = _stated(group, profile.places, fallback)
    written = [part.value.strip() for part in group if part.code in profile.places.barcode]
    if not profile.places.barcode:
        yield stated
        return
    for text in written if profile.copies else written[:1]:
        for barcode in expand(text) if profile.ranges else (text,):
            if barcode:
                yield replace(stated, barcode=barcode)


def _stated(group: Sequence[Subfield], places: Places, fallback: StatedItem) -> StatedItem:
    return StatedItem(
        barcode="",
        location=_first(group, places.location) or fallback.location,
        call_number=_call_number(group, places) or fallback.call_number,
        shelf=_first(group, places.shelf) or fallback.shelf,
        volume=_first(group, places.volume) or fallback.volume,
        status=_flagged(group, places) or _first(group, places.status) or fallback.status,
        price=_first(group, places.price) or fallback.price,
    )


def _flagged(group: Sequence[Subfield], places: Places) -> str:
    """The status that a subfield states by standing there with anything but 0."""
    return next((word for code, word in places.flags.items() if _first(group, code) not in ("", "0")), "")


def _first(group: Sequence[Subfield], codes: str) -> str:
    values = (part.value.strip() for code in codes for part in group if part.code == code)
    return next(filter(None, values), "")


def _call_number(group: Sequence[Subfield], places: Places) -> str:
    whole = _first(group, places.call_number)
    if whole:
        return whole
    parts = filter(None, (_first(group, code) for code in places.call_parts))
    # A Cutter number brings its own point; it follows a space wherever it is printed.
    return places.call_join.join(parts).replace(f"{places.call_join}.", " .")


def _holding(record: Record, item: Field, profile: HoldingsProfile) -> StatedItem:
    """What the record states about the item outside its own field."""
    nothing = StatedItem("")
    if profile.holding is None:
        return nothing
    holdings = list(record.every(*profile.holding.tags))
    if profile.link_item and (key := item.first(profile.link_item)):
        holdings = [field for field in holdings if field.first(profile.link_holding) == key] or holdings
    return _stated(holdings[0].subfields, profile.holding, nothing) if holdings else nothing


def _explains(record: Record, profile: HoldingsProfile) -> float:
    """How well the profile explains this record's local fields, from 0 to 1."""
    fields = list(record.every(*profile.places.tags))
    found = items(record, profile)
    if not found or any(_contradicts(field, profile) for field in fields):
        return 0.0
    if profile.places.barcode and not all(_plausible(item.barcode) for item in found):
        return 0.0
    understood = set(profile.places.codes) | set(profile.ignored)
    codes = [part.code for field in fields for part in field.subfields]
    coverage = sum(code in understood for code in codes) / len(codes)
    return coverage if profile.places.barcode else coverage * _WITHOUT_BARCODES


def _contradicts(field: Field, profile: HoldingsProfile) -> bool:
    barcodes = field.all(profile.places.barcode)
    if not profile.ranges and any(map(is_range, barcodes)):
        return True
    if profile.group_start and field.subfields and field.subfields[0].code != profile.group_start:
        return True
    groups = list(_groups(field, profile))
    once = profile.places.location[:1] + ("" if profile.copies else profile.places.barcode)
    return any(sum(part.code == code for part in group) > 1 for group in groups for code in once)


def _plausible(barcode: str) -> bool:
    digits = sum(character.isdecimal() for character in barcode)
    return digits >= _MIN_DIGITS and _BARCODE.fullmatch(barcode) is not None
