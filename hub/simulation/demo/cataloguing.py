"""One edition as one member records it: what the cataloguer decides before any field is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.kernel.ports import Randomness
from hub.simulation.demo import wording
from hub.simulation.demo.chance import between
from hub.simulation.demo.editions import Edition, Publication
from hub.simulation.demo.habits import OTHER_YEAR, PRINTING_AS_YEAR, WRONG_ISBN, Habits
from hub.simulation.demo.shelving import Copy
from hub.simulation.demo.slips import Transcription, transcribe

DEMO_NOTE = "演示数据：作品真实，版本与出版信息为虚构"
#: entries were made on days after this
_FIRST_DAY = datetime(2015, 1, 5, tzinfo=UTC)
_DAYS = 3900


@dataclass(frozen=True, slots=True)
class Number:
    """An ISBN as written, with what stands beside it; a wrong one goes to another subfield."""

    written: str
    qualifier: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything a record says, in the member's words but not yet in fields."""

    edition: Edition
    habits: Habits
    transcription: Transcription
    identifier: str  #: 001; empty where the member gives none
    numbers: tuple[Number, ...]
    publisher: str
    date: str  #: empty where the cataloguer left it out
    year: int | None
    copies: tuple[Copy, ...]
    entered: datetime
    modified: datetime


def catalogue(
    publication: Publication,
    edition: Edition,
    identifier: str,
    copies: tuple[Copy, ...],
    habits: Habits,
    chance: Randomness,
) -> Entry:
    """Record an edition: ``publication`` is what it belongs to, ``copies`` what the member has of it."""
    written, year = _date(edition, habits, chance)
    entered = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS), seconds=chance.randrange(36_000))
    return Entry(
        edition=edition,
        habits=habits,
        transcription=transcribe(edition, wording.title(edition, habits), chance),
        identifier=identifier,
        numbers=_numbers(publication, edition, habits, chance),
        publisher=wording.publisher(edition, habits, short=chance.random() < habits.short_publisher),
        date=written,
        year=year,
        copies=copies,
        entered=entered,
        modified=entered + timedelta(days=chance.randrange(60)),
    )


def _date(edition: Edition, habits: Habits, chance: Randomness) -> tuple[str, int | None]:
    if chance.random() < habits.missing_year:
        return "", None
    if chance.random() < OTHER_YEAR:
        return str(edition.year + 1), edition.year + 1
    written = wording.date(edition, habits)
    if not edition.printings:
        return written, edition.year
    printed = chance.choice(edition.printings)
    slip = chance.random()
    if slip < PRINTING_AS_YEAR:
        return str(printed), printed
    ordinal = edition.printings.index(printed) + 2
    if slip < 0.5:
        return f"{written}({wording.printing(printed, ordinal)})", edition.year
    return written, edition.year


def _numbers(
    publication: Publication, edition: Edition, habits: Habits, chance: Randomness
) -> tuple[Number, ...]:
    if chance.random() < habits.missing_isbn:
        return ()
    found = _own_numbers(edition, habits, chance)
    if edition.set_isbn:
        found.append(Number(wording.isbn(edition.set_isbn, edition, habits), "套装"))
    if edition.pieces > 1 and not edition.isbn:
        found += [
            Number(wording.isbn(volume.isbn, volume, habits), f"第{volume.part.number}册")
            for volume in publication.volumes
            if volume.isbn and volume.part
        ]
    if found and chance.random() < WRONG_ISBN:
        found[0] = Number(_mistyped(found[0].written, chance), found[0].qualifier, wrong=True)
    return tuple(found)


def _own_numbers(edition: Edition, habits: Habits, chance: Randomness) -> list[Number]:
    """The edition's number, or those of its two bindings; a library that has one binding knows one."""
    if not edition.isbn:
        return []
    first = Number(wording.isbn(edition.isbn, edition, habits), edition.binding)
    if not edition.other_binding:
        return [first]
    first = Number(first.written, "平装")
    second = Number(wording.isbn(edition.other_binding, edition, habits), "精装")
    return chance.choice(([first, second], [first], [second]))


def _mistyped(written: str, chance: Randomness) -> str:
    """One digit wrong, so that the check digit fails."""
    places = [place for place, character in enumerate(written[:-1]) if character.isdecimal()]
    place = places[between(chance, 4, len(places) - 1)]
    return f"{written[:place]}{(int(written[place]) + 1) % 10}{written[place + 1 :]}"
