"""Works and the people behind them, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Whom a work is for."""

    GENERAL = "general"
    SCHOLARLY = "scholarly"
    YOUTH = "youth"  #: about 9 to 14 years
    CHILDREN = "children"  #: about 5 to 10 years


@dataclass(frozen=True, slots=True)
class Contributor:
    """Someone named in a statement of responsibility.

    ``origin`` is the dynasty or nationality put before the name in brackets; ``traditional`` the name in
    traditional script, equal to ``name`` where nothing differs. Western names have no ``pinyin``.
    """

    name: str
    role: str
    origin: str = ""
    pinyin: str = ""
    traditional: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The work in the language it was written in; ``by`` has family names first."""

    title: str
    by: tuple[str, ...]
    language: str  #: ISO 639-2/B


@dataclass(frozen=True, slots=True)
class Work:
    """A real work: nothing in it is invented."""

    key: str
    title: str
    pinyin: str
    by: tuple[Contributor, ...]
    clc: str
    subjects: tuple[str, ...]
    audience: Audience
    traditional: str = ""
    other_titles: tuple[str, ...] = ()
    volumes: int = 1
    translators: tuple[tuple[Contributor, ...], ...] = ()
    original: Original | None = None
    since: int = 1979
    popular: bool = False
