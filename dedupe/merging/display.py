"""The display record: what readers see of an edition, with the source of every field."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from dedupe.description import Description
from dedupe.description.forms import fold_letters, is_native
from dedupe.merging.choosing import Choice, Source, fullest, together, usual

_MOST_TITLES, _MOST_PEOPLE, _MOST_SUBJECTS, _MOST_NUMBERS = 8, 12, 12, 12


def display_record(sources: Sequence[Source]) -> dict[str, Any]:
    """The record shown for an edition: JSON-able, with ``provenance`` naming the record behind each field.

    No source is changed, and the result depends on the set of sources alone.

    Raises:
        ValueError: there is no source.
    """
    if not sources:
        raise ValueError("an edition without records has no display record")
    ordered = sorted(sources, key=lambda source: source.key)
    shown: dict[str, Any] = {}
    provenance: dict[str, str] = {}

    def put(name: str, choice: Choice | None, empty: object) -> None:
        shown[name] = empty if choice is None else choice.value
        if choice is not None:
            provenance[name] = choice.source

    def put_list(name: str, found: tuple[list[str], str]) -> None:
        shown[name] = found[0]
        if found[0]:
            provenance[name] = found[1]

    put("title", usual(_native_first(ordered), _title, lambda one: one.titles.full), "")
    put("title_pinyin", usual(ordered, lambda one: one.titles.romanised, lambda one: one.titles.sound), "")
    put_list("other_titles", _other_titles(ordered, str(shown["title"])))
    _people(ordered, put)
    _publication(ordered, put)
    put_list("isbns", together(ordered, lambda one: one.identifiers.isbns, _MOST_NUMBERS))
    put_list("unified_numbers", together(ordered, lambda one: one.identifiers.unified, _MOST_NUMBERS))
    put_list("issns", together(ordered, lambda one: one.identifiers.issns, _MOST_NUMBERS))
    put("language", usual(ordered, lambda one: one.language.text, lambda one: one.language.text), "")
    put("material", usual(ordered, _material, _material), "")
    put_list("clc", together(ordered, lambda one: one.subjects.classes, _MOST_NUMBERS))
    put_list("subjects", together(ordered, lambda one: one.subjects.subjects, _MOST_SUBJECTS))
    put("series", usual(ordered, lambda one: one.subjects.series, lambda one: one.subjects.series_form), "")
    put("abstract", fullest(ordered, lambda one: one.subjects.abstract), "")
    put("audience", usual(ordered, lambda one: one.subjects.audience, lambda one: one.subjects.audience), "")
    put("volume", usual(ordered, _volume, lambda one: one.volumes.numbers), "")
    put("pieces", usual(ordered, lambda one: one.volumes.pieces, lambda one: one.volumes.pieces), None)
    shown["demo"] = any(source.description.demo for source in ordered)
    shown["sources"] = [source.key for source in ordered]
    shown["provenance"] = provenance
    return shown


def _title(description: Description) -> str:
    titles = description.titles
    return " : ".join((titles.proper, *titles.other)) if titles.proper else ""


def _native_first(sources: Sequence[Source]) -> Sequence[Source]:
    """Records with the original script, where any has it: a romanisation is shown only for want of better."""
    native = [source for source in sources if is_native(source.description.titles.proper)]
    return native or sources


def _other_titles(sources: Sequence[Source], title: str) -> tuple[list[str], str]:
    shown = fold_letters(title)

    def values(description: Description) -> Iterable[str]:
        titles = description.titles
        for variant in (*titles.variants, *titles.access, _title(description)):
            if variant and fold_letters(variant) != shown:
                yield variant

    return together(sources, values, _MOST_TITLES)


def _names(description: Description, *, authors: bool) -> tuple[str, ...]:
    people = description.people.people
    return tuple(person.name for person in people if (person.role == "author") == authors)[:_MOST_PEOPLE]


def _people(sources: Sequence[Source], put: Any) -> None:
    def same_authors(description: Description) -> Hashable:
        return frozenset(description.people.forms("author"))

    native = _with_native_names(sources)
    authors = usual(native, lambda one: _names(one, authors=True), same_authors)
    others = usual(
        native, lambda one: _names(one, authors=False), lambda one: len(_names(one, authors=False))
    )
    put("authors", _as_list(authors), [])
    put("contributors", _as_list(others), [])


def _with_native_names(sources: Sequence[Source]) -> Sequence[Source]:
    native = [
        source
        for source in sources
        if any(is_native(person.name) for person in source.description.people.people)
    ]
    return native or sources


def _as_list(choice: Choice | None) -> Choice | None:
    return None if choice is None else Choice(list(choice.value), choice.source)  # type: ignore[call-overload]  # a tuple of names


def _publication(sources: Sequence[Source], put: Any) -> None:
    put("publisher", usual(sources, lambda one: one.publication.publisher, _publisher_form), "")
    put(
        "place",
        usual(sources, lambda one: one.publication.place, lambda one: fold_letters(one.publication.place)),
        "",
    )
    put("year", usual(sources, lambda one: one.publication.year, lambda one: one.publication.year), None)
    put(
        "edition",
        usual(sources, lambda one: one.edition.statement, lambda one: (one.edition.number, one.edition.kind)),
        "",
    )
    put("pages", usual(sources, lambda one: one.extent.statement, lambda one: one.extent.pages), "")


def _publisher_form(description: Description) -> str:
    return description.publication.publisher_form


def _material(description: Description) -> str:
    """Kind of material; the carrier is said where it is not the usual one."""
    material = description.material
    if material.level == "serial":
        return "serial"
    if material.carrier and material.carrier != "print":
        return material.carrier
    return "book" if material.kind == "text" else material.kind


def _volume(description: Description) -> str:
    """The volume as a record writes it, or its number where it is typed into the title."""
    return description.volumes.text or " ".join(description.volumes.numbers)
