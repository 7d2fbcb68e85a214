"""An edition as the index keeps it: every field cut into tokens.

Owns: which parts of an edition are searched, counted and sorted by.
Must not: read a database or know an engine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hub.index import fields
from hub.index.analysis import numbers, pinyin, tokens
from hub.index.fields import Facet

#: What parts a title proper from what follows it, by ISBD and as catalogues write.
_TITLE_END = re.compile(r"\s*[:：=/;；(（\[【]|\s+[-—]")
#: Dynasty, nationality or role beside a name: (清) 曹雪芹.
_BESIDE_NAME = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
LONGEST_ABSTRACT = 2000
WEIGHT_PER_LIBRARY = 0.05


@dataclass(frozen=True, slots=True)
class Copies:
    """What the index needs of the copies at one node."""

    path: tuple[str, ...]  #: the node's code and those of the nodes above it
    call_numbers: tuple[str, ...] = ()
    available: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition to be indexed: the record shown for it and where its copies are."""

    key: str
    display: Mapping[str, Any]
    copies: tuple[Copies, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """An edition ready for an engine. ``texts`` values are token strings, joined by spaces where ordered."""

    key: str
    texts: Mapping[str, Sequence[str]]
    facets: Mapping[Facet, Sequence[str]] = field(default_factory=dict)
    year: int | None = None
    weight: float = 0.0  #: grows with the holdings; see ``hub.index.fields.WEIGHT``


def document(edition: Edition) -> Document:
    """Cut an edition into tokens."""
    display = edition.display
    titles = _titles(display)
    people = _strings(display, "authors") + _strings(display, "contributors")
    texts: dict[str, Sequence[str]] = {
        **_words(display, titles, people),
        **_spelled(display, titles, people),
        **_values(edition, titles),
        fields.TITLE_ORDER: (pinyin.sort_key(titles[0], _supplied(display))[:100],) if titles else (),
    }
    return Document(
        key=edition.key,
        texts=texts,
        facets=_facets(edition),
        year=display.get("year"),
        weight=_weight(edition),
    )


def main_title(title: str) -> str:
    """A title without subtitle, parallel title or statement of responsibility."""
    return _TITLE_END.split(title, maxsplit=1)[0] or title


def _titles(display: Mapping[str, Any]) -> tuple[str, ...]:
    return _strings(display, "title") + _strings(display, "other_titles")


def _supplied(display: Mapping[str, Any]) -> str:
    return str(display.get("title_pinyin") or "")


def _words(
    display: Mapping[str, Any], titles: Sequence[str], people: Sequence[str]
) -> dict[str, Sequence[str]]:
    parts = {
        fields.TITLE: _ordered((*titles, *_strings(display, "series"))),
        fields.PERSON: _ordered(people),
        fields.SUBJECT: _ordered(_strings(display, "subjects")),
        fields.PUBLISHER: _ordered(_strings(display, "publisher")),
    }
    rest = (*_strings(display, "volume"), *_strings(display, "edition"), *_years(display))
    abstract = tuple(text[:LONGEST_ABSTRACT] for text in _strings(display, "abstract"))
    everything = [text for found in parts.values() for text in found] + _ordered((*rest, *abstract))
    # Where it was published is for asking in that field: half of a city's books were published in the city.
    parts[fields.PUBLISHER] = [*parts[fields.PUBLISHER], *_ordered(_strings(display, "place"))]
    return {**parts, fields.TEXT: everything}


def _ordered(texts: Iterable[str]) -> list[str]:
    """For each text its words in order, then its pairs as a value of their own: phrases stay whole."""
    return [stretch for text in texts for stretch in _stretches(text)]


@lru_cache(maxsize=tokens.REMEMBERED)
def _stretches(text: str) -> tuple[str, ...]:
    cut = tokens.runs(text)
    in_order, pairs = " ".join(tokens.sequence(cut)), " ".join(tokens.bigrams(cut))
    return (in_order, pairs) if pairs else (in_order,)


def _spelled(
    display: Mapping[str, Any], titles: Sequence[str], people: Sequence[str]
) -> dict[str, Sequence[str]]:
    supplied = (_supplied(display), *[""] * len(titles))
    read = list(zip(titles, supplied, strict=False))
    names = [_BESIDE_NAME.sub(" ", name) for name in people]
    return {
        fields.TITLE_PINYIN: _joined(pinyin.tokens(title, given) for title, given in read),
        fields.TITLE_INITIALS: _joined(pinyin.initials(title, given) for title, given in read),
        fields.PROPER_TITLE: _joined(_all_tokens(title, given) for title, given in read[:1]),
        fields.PERSON_PINYIN: _joined(pinyin.tokens(name) for name in names),
        fields.PERSON_INITIALS: _joined(pinyin.initials(name) for name in names),
    }


def _all_tokens(title: str, supplied: str) -> tuple[str, ...]:
    cut = tokens.runs(title)
    written = (*tokens.sequence(cut), *tokens.bigrams(cut))
    return (*written, *pinyin.tokens(title, supplied), *pinyin.initials(title, supplied))


def _joined(cut: Iterable[tuple[str, ...]]) -> list[str]:
    return [" ".join(found) for found in cut if found]


def _values(edition: Edition, titles: Sequence[str]) -> dict[str, Sequence[str]]:
    display = edition.display
    whole = [tokens.compact(title) for title in titles[:1]]
    others = {tokens.compact(part) for title in titles for part in (title, main_title(title))} - set(whole)
    call_numbers = [number for copies in edition.copies for number in copies.call_numbers]
    standard = ("isbns", "unified_numbers", "issns")
    return {
        fields.WHOLE_TITLE: [title for title in whole if title],
        fields.OTHER_TITLE: sorted(others - {""}),
        fields.NUMBER: sorted(
            {form for name in standard for text in _strings(display, name) for form in numbers.standard(text)}
        ),
        fields.CALL_NUMBER: sorted({numbers.call_number(text) for text in call_numbers} - {""}),
        fields.CLASS: sorted(
            {
                step
                for text in (*_strings(display, "clc"), *call_numbers)
                for step in numbers.class_steps(text)
            }
        ),
    }


def _facets(edition: Edition) -> dict[Facet, Sequence[str]]:
    display = edition.display
    classes = {step for text in _strings(display, "clc") for step in numbers.facet_classes(text)}
    available = any(copies.available for copies in edition.copies)
    return {
        Facet.LIBRARY: sorted({node for copies in edition.copies for node in copies.path}),
        Facet.LANGUAGE: _strings(display, "language"),
        Facet.MATERIAL: _strings(display, "material"),
        Facet.CLC: sorted(classes),
        Facet.AVAILABLE: (fields.AVAILABLE,) if available else (),
    }


def _weight(edition: Edition) -> float:
    """More libraries, a little higher; the key breaks ties, so that equal results keep one order."""
    tie = zlib.crc32(edition.key.encode()) / 2**32
    return WEIGHT_PER_LIBRARY * len(edition.copies) + tie * 1e-4


def _years(display: Mapping[str, Any]) -> tuple[str, ...]:
    year = display.get("year")
    return (str(year),) if year is not None else ()


def _strings(display: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A display field as texts, whether it is kept as one or as a list."""
    value = display.get(name)
    if not value:
        return ()
    return tuple(str(part) for part in value if part) if isinstance(value, list | tuple) else (str(value),)
