"""MARC-in-JSON in and out, and the flatter shape that some services use instead.

MARC-in-JSON keys each field by its tag, ``{"245": {"ind1", "ind2", "subfields": [{"a": "..."}]}}``; the
flat shape names everything, ``{"tag", "ind1", "ind2", "subfields": [{"code", "value"}]}``.
Either may stand under the key ``marc`` or ``record`` beside an ``id``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.marc.malformed import Malformed
from hub.kernel.record import Field, Record, Subfield


def parse(raw: bytes) -> tuple[str, tuple[Field, ...]]:
    """The leader and fields of one record. Raises ``Malformed``: ``bad_json``, ``no_fields``."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise Malformed("bad_json", str(problem)) from None
    return from_json(document)


def from_json(document: object) -> tuple[str, tuple[Field, ...]]:
    """The leader and fields of a decoded JSON record. Raises ``Malformed``."""
    for wrapper in ("marc", "record"):
        if isinstance(document, Mapping) and wrapper in document:
            document = document[wrapper]
    if not isinstance(document, Mapping) or not isinstance(document.get("fields"), list):
        raise Malformed("no_fields")
    try:
        fields = tuple(field for item in document["fields"] for field in _fields(item))
    except (LookupError, TypeError, AttributeError, ValueError) as problem:
        raise Malformed("bad_json", f"field: {problem!r}") from None
    if not fields:
        raise Malformed("no_fields")
    return _text(document.get("leader") or ""), fields


def to_json(record: Record) -> dict[str, Any]:
    """The record as a MARC-in-JSON object."""
    return {"leader": record.leader, "fields": [{field.tag: _content(field)} for field in record.fields]}


def _content(field: Field) -> str | dict[str, Any]:
    if field.is_control or not field.subfields:
        return field.value
    subfields = [{subfield.code: subfield.value} for subfield in field.subfields]
    return {"ind1": field.indicators[0], "ind2": field.indicators[1], "subfields": subfields}


def _fields(item: Mapping[str, Any]) -> Iterator[Field]:
    if "tag" in item:
        yield _field(str(item["tag"]), item.get("value", item))
        return
    for tag, content in item.items():
        yield _field(tag, content)


def _field(tag: str, content: str | Mapping[str, Any]) -> Field:
    if isinstance(content, str):
        return Field(tag, _text(content))
    indicators = "".join(str(content.get(name) or " ")[0] for name in ("ind1", "ind2"))
    subfields = tuple(pair for item in content["subfields"] for pair in _subfields(item))
    return Field(tag, "", indicators, subfields)


def _subfields(item: Mapping[str, Any]) -> Iterator[Subfield]:
    if "code" in item:
        yield Subfield(str(item["code"])[0], _text(item.get("value") or ""))
        return
    for code, value in item.items():
        yield Subfield(code[0], _text(value))


def _text(value: object) -> str:
    """A value as text: escapes of JSON can stand for what no text has, NUL and halves of characters."""
    return str(value).replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
