"""From works to publications: who issued which work when, in how many volumes, under which number."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from hub.kernel.ports import Randomness
from hub.simulation.demo.chance import Streams, between, weighted
from hub.simulation.demo.editions import CHINESE, Edition, Part, Publication, Publisher
from hub.simulation.demo.standard_numbers import chinese_isbn, foreign_isbn, unified_number
from hub.simulation.demo.works.values import Work

LATEST_YEAR = 2025
#: ISBN replaced the unified book number in these years
FIRST_ISBN_YEAR = 1987
#: share of new editions that call themselves so
_STATES_NEW_EDITION = 0.6
#: share of editions that came out in two bindings, each with a number
_TWO_BINDINGS = 0.04
#: share of early editions whose publisher used a number again for another book
_NUMBER_USED_AGAIN = 0.02
_EARLY = 1995
_SERIES = ("演示文库", "演示经典丛书", "演示名著译丛", "演示青少年书架", "江南文化演示丛书")
_LITERATURE, _HISTORY, _SCIENCE = 10, 11, 13
_UNIFIED_CLASSES = {
    "I": _LITERATURE,
    "K": _HISTORY,
    "N": _SCIENCE,
    "O": _SCIENCE,
    "P": _SCIENCE,
    "Q": _SCIENCE,
}


@dataclass(slots=True)
class _Numbers:
    """Hands out serial numbers per publisher, so that no two editions share one by accident."""

    used: Counter[str] = field(default_factory=Counter)

    def next(self, publisher: Publisher) -> int:
        """The next serial of this publisher, in a block of its own."""
        self.used[publisher.full] += 1
        return self.last(publisher)

    def last(self, publisher: Publisher) -> int:
        """The serial that this publisher was given last."""
        chinese, foreign = publishers()
        block = chinese.index(publisher) if publisher in chinese else foreign_order(foreign, publisher)
        return block * 10_000 + self.used[publisher.full]


def foreign_order(foreign: Mapping[str, tuple[Publisher, ...]], publisher: Publisher) -> int:
    """The place of a publisher among those that issue works in their original language."""
    return [each for group in foreign.values() for each in group].index(publisher)


@cache
def publishers() -> tuple[tuple[Publisher, ...], Mapping[str, tuple[Publisher, ...]]]:
    """The invented publishers: the Chinese ones, and the others by language."""
    said = tomllib.loads((files("hub.simulation.demo") / "publishers.toml").read_text("utf-8"))
    chinese = tuple(Publisher(**each) for each in said["chinese"])
    foreign: dict[str, tuple[Publisher, ...]] = {}
    for each in said["foreign"]:
        language = each.pop("language")
        foreign[language] = (*foreign.get(language, ()), Publisher(**each))
    return chinese, foreign


def publish(works: Iterable[Work], streams: Streams) -> tuple[Publication, ...]:
    """One to four editions of each work, and for some an edition in the original language.

    Editions of one work by one publisher lie at least four years apart: closer ones could not be told
    from each other by anybody who lacks the ISBN.
    """
    numbers = _Numbers()
    found: list[Publication] = []
    for work in works:
        chance = streams(f"publish/{work.key}")
        chinese: list[Publication] = []
        for ordinal in range(1, _how_many(work, chance) + 1):
            chinese.append(_chinese_edition(work, ordinal, chinese, numbers, chance))
        found += chinese
        if original := _original_edition(work, numbers, chance):
            found.append(original)
    return tuple(found)


def _how_many(work: Work, chance: Randomness) -> int:
    if work.popular:
        return between(chance, 2, 4)
    return weighted(chance, (1, 2, 3), (0.68, 0.24, 0.08))


def _chinese_edition(
    work: Work, ordinal: int, earlier: list[Publication], numbers: _Numbers, chance: Randomness
) -> Publication:
    publisher, year, again = _imprint(work, [each.whole for each in earlier], chance)
    modern = year >= FIRST_ISBN_YEAR
    translators = chance.choice(work.translators) if work.translators else ()
    pages = between(chance, 90, 620)
    two_bindings = modern and chance.random() < _TWO_BINDINGS
    edition = Edition(
        key=f"{work.key}-{ordinal}",
        work=work,
        language=CHINESE,
        publisher=publisher,
        year=year,
        month=between(chance, 1, 12),
        pages=pages,
        centimetres=weighted(chance, (19, 20, 21, 23, 24, 26), (10, 25, 35, 15, 10, 5)),
        price_fen=_price(pages, year, chance),
        isbn=_isbn(publisher, year, numbers, chance) if modern else "",
        other_binding=chinese_isbn(numbers.next(publisher)) if two_bindings else "",
        unified_number="" if modern else _unified(work, numbers.next(publisher)),
        number=_stated_number(again, chance),
        translators=translators,
        series=chance.choice(_SERIES) if chance.random() < 0.25 else "",
        binding=weighted(chance, ("", "精装"), (0.85, 0.15)),
        traditional=bool(work.traditional) and chance.random() < 0.12,
        printings=_printings(year, chance),
    )
    wanted = work.volumes if ordinal == 1 else chance.choice((1, work.volumes))
    return _in_volumes(edition, wanted, numbers, chance)


def _imprint(work: Work, own: list[Edition], chance: Randomness) -> tuple[Publisher, int, bool]:
    """A publisher and year; and whether it is a new edition by a publisher that issued the work before."""
    chinese, _ = publishers()
    if own and chance.random() < 0.3:
        last = own[-1]
        latest = max(each.year for each in own if each.publisher == last.publisher)
        if latest + 4 <= LATEST_YEAR:
            return last.publisher, between(chance, latest + 4, min(latest + 15, LATEST_YEAR)), True
    free = [each for each in chinese if each not in {edition.publisher for edition in own}]
    return chance.choice(free), between(chance, work.since, LATEST_YEAR), False


def _isbn(publisher: Publisher, year: int, numbers: _Numbers, chance: Randomness) -> str:
    again = year < _EARLY and numbers.used[publisher.full] and chance.random() < _NUMBER_USED_AGAIN
    return chinese_isbn(numbers.last(publisher) if again else numbers.next(publisher))


def _unified(work: Work, serial: int) -> str:
    return unified_number(_UNIFIED_CLASSES.get(work.clc[0], _LITERATURE), serial)


def _stated_number(again: bool, chance: Randomness) -> int:
    if not again:
        return 1
    return 2 if chance.random() < _STATES_NEW_EDITION else 0


def _price(pages: int, year: int, chance: Randomness) -> int:
    per_page = max(0.3, (year - 1975) * 0.28) * (0.7 + 0.6 * chance.random())
    return max(25, round(pages * per_page / 10) * 10)


def _printings(year: int, chance: Randomness) -> tuple[int, ...]:
    if chance.random() > 0.3:
        return ()
    return tuple(sorted({min(LATEST_YEAR, year + between(chance, 1, 9)) for _ in range(2)} - {year}))


def _in_volumes(edition: Edition, count: int, numbers: _Numbers, chance: Randomness) -> Publication:
    if count == 1:
        return Publication(edition)
    # Publishers give a set one number, or each volume its own with or without one for the set.
    manner = weighted(chance, ("set", "each", "both"), (0.4, 0.35, 0.25))
    shared = edition.isbn if manner != "each" else ""
    volumes = tuple(
        replace(
            edition,
            key=f"{edition.key}/{number}",
            pages=between(chance, 240, 560),
            isbn=_volume_isbn(edition, manner, numbers),
            other_binding="",
            set_isbn=shared if manner == "both" else "",
            part=Part(number, count),
        )
        for number in range(1, count + 1)
    )
    whole = replace(
        edition,
        isbn=shared,
        pages=sum(volume.pages for volume in volumes),
        price_fen=edition.price_fen * count,
        pieces=count,
    )
    return Publication(whole, volumes)


def _volume_isbn(edition: Edition, manner: str, numbers: _Numbers) -> str:
    if not edition.isbn or manner == "set":
        return edition.isbn
    return chinese_isbn(numbers.next(edition.publisher))


def _original_edition(work: Work, numbers: _Numbers, chance: Randomness) -> Publication | None:
    _, foreign = publishers()
    original = work.original
    if original is None or original.language not in foreign or chance.random() > 0.55:
        return None
    publisher = chance.choice(foreign[original.language])
    pages = between(chance, 120, 640)
    return Publication(
        Edition(
            key=f"{work.key}-{original.language}",
            work=work,
            language=original.language,
            publisher=publisher,
            year=between(chance, max(work.since, 1988), LATEST_YEAR - 2),
            month=0,
            pages=pages,
            centimetres=chance.choice((18, 20, 22, 24)),
            price_fen=pages * 20,
            isbn=foreign_isbn(numbers.next(publisher)),
        )
    )
