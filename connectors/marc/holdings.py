"""Items out of a bibliographic record, by a holdings profile; and which profile a source follows.

Owns: applying profiles and weighing which one explains a source's records.
Must not: judge what a location code or a status word means; those are the source's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from connectors.marc.holdings_profiles import HoldingsProfile, Places, parse_profiles, profiles
from connectors.marc.number_ranges import expand, is_range
from hub.kernel.record import Field, Record

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

#: code and text of each subfield that tells of the same volumes
_Group: TypeAlias = Sequence[tuple[str, str]]

_BARCODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z./:_-]*")
_MIN_DIGITS = 3
# A profile that finds no barcodes explains less than one that does.
_WITHOUT_BARCODES = 0.5


class StatedItem(NamedTuple):
    """One item as the record states it; every text as found, empty where nothing is stated."""

    barcode: str
    location: str = ""
    call_number: str = ""
    shelf: str = ""
    volume: str = ""
    status: str = ""
    price: str = ""


_NOTHING: Final = StatedItem("")


@dataclass(frozen=True, slots=True)
class Detected:
    """The profile that explains the records best (None: none does), and how well, from 0 to 1."""

    profile: HoldingsProfile | None
    confidence: float


def items(record: Record, profile: HoldingsProfile) -> tuple[StatedItem, ...]:
    """The items the record states, in its order."""
    found: list[StatedItem] = []
    for field in record.every(*profile.places.tags):
        fallback = _holding(record, field, profile)
        for group in _groups(field.pairs, profile):
            found.extend(_items(group, profile, fallback))
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


def _groups(pairs: _Group, profile: HoldingsProfile) -> Sequence[_Group]:
    """A field's subfields, cut where a group begins; whole when the profile knows no groups."""
    if not pairs:
        return ()
    if not profile.group_start:
        return (pairs,)
    begins = [place for place, (code, _) in enumerate(pairs) if place and code == profile.group_start]
    return [pairs[start:end] for start, end in pairwise((0, *begins, len(pairs)))]


def _items(group: _Group, profile: HoldingsProfile, fallback: StatedItem) -> Iterable[StatedItem]:
    places = profile.places
    stated = _stated(group, places, fallback)
    if not places.barcode:
        return (stated,)
    written = [text.strip() for code, text in group if code in places.barcode]
    if not profile.copies:
        written = written[:1]
    if profile.ranges:
        written = [number for text in written for number in expand(text)]
    return [StatedItem(barcode, *stated[1:]) for barcode in written if barcode]


def _stated(group: _Group, places: Places, fallback: StatedItem) -> StatedItem:
    first = _first_texts(group)
    return StatedItem(
        "",
        _first(first, places.location) or fallback.location,
        _call_number(first, places) or fallback.call_number,
        _first(first, places.shelf) or fallback.shelf,
        _first(first, places.volume) or fallback.volume,
        _flagged(first, places) or _first(first, places.status) or fallback.status,
        _first(first, places.price) or fallback.price,
    )


def _first_texts(group: _Group) -> Mapping[str, str]:
    """The first text under each code that is not blank."""
    found: dict[str, str] = {}
    for code, text in group:
        if code not in found and (stripped := text.strip()):
            found[code] = stripped
    return found


def _flagged(first: Mapping[str, str], places: Places) -> str:
    """The status that a subfield states by standing there with anything but 0."""
    for code, word in places.flags.items():
        if first.get(code, "0") != "0":
            return word
    return ""


def _first(first: Mapping[str, str], codes: str) -> str:
    for code in codes:
        if code in first:
            return first[code]
    return ""


def _call_number(first: Mapping[str, str], places: Places) -> str:
    whole = _first(first, places.call_number)
    if whole:
        return whole
    parts = places.call_join.join([first[code] for code in places.call_parts if code in first])
    # A Cutter number brings its own point; it follows a space wherever it is printed.
    return parts.replace(f"{places.call_join}.", " .")


def _holding(record: Record, item: Field, profile: HoldingsProfile) -> StatedItem:
    """What the record states about the item outside its own field."""
    if profile.holding is None:
        return _NOTHING
    holdings = list(record.every(*profile.holding.tags))
    if profile.link_item and (key := item.first(profile.link_item)):
        holdings = [field for field in holdings if field.first(profile.link_holding) == key] or holdings
    return _stated(holdings[0].pairs, profile.holding, _NOTHING) if holdings else _NOTHING


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
    groups = list(_groups(field.pairs, profile))
    once = profile.places.location[:1] + ("" if profile.copies else profile.places.barcode)
    return any(sum(found == code for found, _ in group) > 1 for group in groups for code in once)


def _plausible(barcode: str) -> bool:
    digits = sum(character.isdecimal() for character in barcode)
    return digits >= _MIN_DIGITS and _BARCODE.fullmatch(barcode) is not None
