"""Descriptions as JSON-able dictionaries: what is empty is left out."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from dedupe.description.describing import Description
from dedupe.description.editions import Edition
from dedupe.description.extent import Extent
from dedupe.description.identifiers import Identifiers
from dedupe.description.language import Language
from dedupe.description.material import Material
from dedupe.description.people import People, Person
from dedupe.description.publication import Publication
from dedupe.description.subjects import Subjects
from dedupe.description.titles import Titles
from dedupe.description.volumes import Volumes

_PARTS = {
    "titles": Titles, "people": People, "publication": Publication, "edition": Edition, "extent": Extent,
    "volumes": Volumes, "identifiers": Identifiers, "material": Material, "language": Language,
    "subjects": Subjects,
}  # fmt: skip
_FIELDS = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Description, Person, *_PARTS.values())
}


def to_dict(description: Description) -> dict[str, Any]:
    """The description with its empty values left out."""
    return _value(description)  # type: ignore[no-any-return]  # a dataclass always gives a dictionary


def from_dict(body: dict[str, Any]) -> Description:
    """The description that ``to_dict`` wrote, after a journey through JSON too."""
    parts = {name: _part(name, value) for name, value in body.items()}
    return Description(**parts)


def _value(value: Any) -> Any:
    kind = type(value)
    if kind is tuple:
        return [_value(inner) for inner in value] if value and type(value[0]) is Person else list(value)
    names = _FIELDS.get(kind)
    if names is None:
        return value
    return {name: written for name in names if (inner := getattr(value, name)) and (written := _value(inner))}


def _part(name: str, value: Any) -> Any:
    kind = _PARTS.get(name)
    if kind is None:
        return tuple(value) if isinstance(value, list) else value
    values = {key: tuple(inner) if isinstance(inner, list) else inner for key, inner in value.items()}
    if kind is People and "people" in values:
        values["people"] = tuple(Person(**person) for person in values["people"])
    return kind(**values)
