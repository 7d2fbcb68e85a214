"""Every member's catalogue from one seed, with the truth about which records are the same edition."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from connectors.marc.writing import to_iso2709
from hub.kernel.ports import Randomness
from hub.kernel.record import Record
from hub.simulation.demo.cataloguing import catalogue
from hub.simulation.demo.chance import Streams, shuffled
from hub.simulation.demo.cnmarc import cnmarc_record
from hub.simulation.demo.editions import Edition, Publication
from hub.simulation.demo.habits import Habits, catalogues
from hub.simulation.demo.marc21 import marc21_record
from hub.simulation.demo.publishing import publish
from hub.simulation.demo.shelving import Copy, Shelves
from hub.simulation.demo.truth import TruthRow
from hub.simulation.demo.works.reading import works
from hub.simulation.demo.works.values import Audience

#: sets of more volumes are always recorded as one
_LARGEST_DIVIDED_SET = 10
_LACKS_A_VOLUME = 0.08
_TWICE = 0.005
_WITHOUT_OWN_IDENTIFIER = 0.04
_REPEATED_IDENTIFIER = "demoteam"
_POPULAR = 6.0
_YOUNG = frozenset({Audience.CHILDREN, Audience.YOUTH})

#: every publication with how likely libraries are to hold it
Demand: TypeAlias = Sequence[tuple[Publication, float]]


@dataclass(frozen=True, slots=True)
class CatalogueRecord:
    """One record of a member, as a value and as bytes, with the truth about it."""

    identifier: str
    record: Record
    raw: bytes  #: ISO 2709 in the member's encoding
    modified: datetime
    edition: Edition
    copies: tuple[Copy, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class MemberCatalogue:
    """One catalogue of one member."""

    habits: Habits
    records: tuple[CatalogueRecord, ...]

    @cached_property
    def truth(self) -> tuple[TruthRow, ...]:
        """What each record really describes."""
        times = Counter(record.identifier for record in self.records)
        return tuple(
            TruthRow(
                self.habits.source,
                self.habits.member,
                record.identifier if times[record.identifier] == 1 else "",
                record.digest,
                record.edition.key,
            )
            for record in self.records
        )


@dataclass(frozen=True)
class DemoNetwork:
    """The catalogues of all members and the publications behind them."""

    publications: tuple[Publication, ...]
    catalogues: tuple[MemberCatalogue, ...]

    @property
    def truth(self) -> tuple[TruthRow, ...]:
        """The truth table over all catalogues."""
        return tuple(row for each in self.catalogues for row in each.truth)

    @property
    def digest(self) -> str:
        """Changes with any byte of any catalogue."""
        total = hashlib.sha256()
        for each in self.catalogues:
            for record in each.records:
                total.update(record.raw)
        return total.hexdigest()


def generate(streams: Streams) -> DemoNetwork:
    """The demo network's catalogues: the same streams give the same bytes."""
    publications = publish(works(), streams)
    demand = _demand(publications, streams("demand"))
    return DemoNetwork(publications, tuple(_catalogue(habits, demand, streams) for habits in catalogues()))


def _demand(publications: Sequence[Publication], chance: Randomness) -> Demand:
    """How likely libraries are to hold each publication: most few, some many."""
    return tuple(
        (
            publication,
            (_POPULAR if publication.whole.work.popular else 1.0) * (0.1 + 3 * chance.random() ** 3),
        )
        for publication in publications
    )


def _catalogue(habits: Habits, demand: Demand, streams: Streams) -> MemberCatalogue:
    chance = streams(f"catalogue/{habits.source}")
    shelves = Shelves(habits, streams(f"shelves/{habits.source}"))
    records: list[CatalogueRecord] = []
    for publication in _chosen(habits, demand, chance):
        for edition in _recorded(publication, habits, chance):
            if len(records) == habits.size:
                return MemberCatalogue(habits, tuple(records))
            records.append(_record(publication, edition, len(records) + 1, shelves, habits, chance))
    return MemberCatalogue(habits, tuple(records))


def _record(
    publication: Publication,
    edition: Edition,
    serial: int,
    shelves: Shelves,
    habits: Habits,
    chance: Randomness,
) -> CatalogueRecord:
    identifier = _identifier(serial, edition, habits, chance)
    entry = catalogue(publication, edition, identifier, shelves.copies(edition), habits, chance)
    record = cnmarc_record(entry) if habits.flavour == "cnmarc" else marc21_record(entry)
    raw = to_iso2709(record, habits.encoding)
    return CatalogueRecord(identifier, record, raw, entry.modified, edition, entry.copies)


def _chosen(habits: Habits, demand: Demand, chance: Randomness) -> list[Publication]:
    """What the member holds, as likely as it is in demand there; a few things are recorded twice."""
    drawn = [
        (chance.random() ** (1 / wanted), publication)
        for publication, general in demand
        if (wanted := general * _interest(publication.whole, habits)) > 0
    ]
    ordered = [publication for _, publication in sorted(drawn, key=lambda pair: -pair[0])]
    first = ordered[: habits.size]
    return shuffled(chance, [*first, *(each for each in first if chance.random() < _TWICE)])


def _interest(edition: Edition, habits: Habits) -> float:
    if habits.taste == "original":
        return 0.0 if edition.is_chinese else 1.0
    own_language = 1.0 if edition.is_chinese else 0.12
    if habits.taste == "young":
        return own_language * (10.0 if edition.work.audience in _YOUNG else 0.1)
    return own_language


def _recorded(publication: Publication, habits: Habits, chance: Randomness) -> Iterator[Edition]:
    """The set as one record, or its volumes as one each, as the member does it."""
    volumes = publication.volumes
    if habits.sets == "whole" or not 1 < len(volumes) <= _LARGEST_DIVIDED_SET:
        yield publication.whole
        return
    for volume in volumes:
        if chance.random() >= _LACKS_A_VOLUME:
            yield volume


def _identifier(serial: int, edition: Edition, habits: Habits, chance: Randomness) -> str:
    if habits.identifier == "nlc":
        return f"01{edition.year}{serial:06d}"
    if habits.identifier == "prefixed":
        return f"{habits.source.replace('-', '').upper()}{serial:08d}"
    if habits.identifier in ("repeating", "lacking") and chance.random() < _WITHOUT_OWN_IDENTIFIER:
        return _REPEATED_IDENTIFIER if habits.identifier == "repeating" else ""
    return f"{serial:07d}"
