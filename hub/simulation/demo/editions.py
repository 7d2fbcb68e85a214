"""Editions as values: everything about them but the work is invented and marked as 演示."""

from __future__ import annotations

from dataclasses import dataclass

from hub.simulation.demo.works.values import Contributor, Work

CHINESE = "chi"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An invented publisher in its two usual forms, and in traditional script."""

    full: str
    short: str
    place: str
    traditional: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Which volume of a set an edition is; ``number`` counts from 1."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition, a whole set, or one volume of a set: whatever a library may make one record of.

    ``key`` is the truth: records of the same key describe the same edition. ``isbn`` has 13 digits or is
    empty; ``other_binding`` is that of the same edition in another binding, ``set_isbn`` stands on every
    volume of a set that has one. ``number`` is 0 where the book is a new edition but does not say so.
    ``printings`` are the years in which it was printed again. ``pieces`` is the number of volumes of a
    whole set.
    """

    key: str
    work: Work
    language: str
    publisher: Publisher
    year: int
    month: int
    pages: int
    centimetres: int
    price_fen: int
    isbn: str = ""
    other_binding: str = ""
    set_isbn: str = ""
    unified_number: str = ""
    number: int = 1
    translators: tuple[Contributor, ...] = ()
    series: str = ""
    binding: str = ""
    traditional: bool = False  #: printed in traditional script
    printings: tuple[int, ...] = ()
    part: Part | None = None
    pieces: int = 1

    @property
    def is_chinese(self) -> bool:
        """Whether the text is in Chinese."""
        return self.language == CHINESE

    @property
    def contributors(self) -> tuple[Contributor, ...]:
        """Authors of the work, then the translators of this edition."""
        return (*self.work.by, *self.translators)


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publisher issued: the edition as a whole and, where it has several, each of its volumes."""

    whole: Edition
    volumes: tuple[Edition, ...] = ()
