"""What cataloguers do differently from each other and from the book, as often as real exports show it.

Shares are of records. They are estimates from looking through exports, not measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.kernel.ports import Randomness
from hub.simulation.demo.chance import between
from hub.simulation.demo.editions import Edition
from hub.simulation.demo.works.reading import TRANSLATED
from hub.simulation.demo.works.values import Contributor

_PRELIMINARY_PAGES = 0.12
_OTHER_COUNT = 0.05
_NO_EXTENT = 0.03
_OTHER_SIZE = 0.08
_NO_SIZE = 0.06
_NO_PLACE = 0.02
_NO_TRANSLATOR = 0.06
_SWAPPED_CHARACTERS = 0.004
_VERSION_AS_SUBTITLE = 0.03
_VERSIONS = ("插图本", "典藏版", "珍藏本", "注释本")
_VERSION_OF_TRANSLATIONS = "全译本"
_SHORTEST_SWAPPED = 4


@dataclass(frozen=True, slots=True)
class Transcription:
    """How one cataloguer took down what the book says; empty where it was left out."""

    title: str
    subtitle: str
    people: tuple[Contributor, ...]
    place: str
    pages: str
    size: str


def transcribe(edition: Edition, title: str, chance: Randomness) -> Transcription:
    """Take down an edition whose title proper and subtitle stand in ``title``, parted by a colon."""
    proper, _, subtitle = title.partition("：")
    return Transcription(
        title=_title(proper, chance),
        subtitle=subtitle or _version(edition, chance),
        people=_people(edition, chance),
        place="" if chance.random() < _NO_PLACE else edition.publisher.place,
        pages=_pages(edition, chance),
        size=_size(edition, chance),
    )


def _title(proper: str, chance: Randomness) -> str:
    if len(proper) < _SHORTEST_SWAPPED or chance.random() >= _SWAPPED_CHARACTERS:
        return proper
    place = between(chance, 1, len(proper) - 2)
    return f"{proper[:place]}{proper[place + 1]}{proper[place]}{proper[place + 2 :]}"


def _version(edition: Edition, chance: Randomness) -> str:
    if not edition.is_chinese or chance.random() >= _VERSION_AS_SUBTITLE:
        return ""
    return chance.choice((*_VERSIONS, _VERSION_OF_TRANSLATIONS) if edition.translators else _VERSIONS)


def _people(edition: Edition, chance: Randomness) -> tuple[Contributor, ...]:
    without = chance.random() < _NO_TRANSLATOR
    return tuple(person for person in edition.contributors if not (without and person.role == TRANSLATED))


def _pages(edition: Edition, chance: Randomness) -> str:
    point = chance.random()
    if point < _NO_EXTENT:
        return ""
    if point < _NO_EXTENT + _OTHER_COUNT:
        return str(edition.pages + between(chance, 1, 6))
    if point < _NO_EXTENT + _OTHER_COUNT + _PRELIMINARY_PAGES and edition.pieces == 1:
        return f"{between(chance, 2, 24)},{edition.pages}"
    return str(edition.pages)


def _size(edition: Edition, chance: Randomness) -> str:
    point = chance.random()
    if point < _NO_SIZE:
        return ""
    other = 1 if point < _NO_SIZE + _OTHER_SIZE else 0
    return f"{edition.centimetres + other}cm"
