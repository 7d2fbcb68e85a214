"""The bibliographic record as a value: what ISO 2709, MARCXML and MARC-in-JSON all say.

Owns: the shape of a decoded MARC record, whichever flavour it is.
Must not: know encodings, byte layouts or where the record came from (``connectors.marc`` does).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hub.kernel.fields import Field, Subfield, fields_of, pairs_in

__all__ = ["Field", "Flavour", "Record", "Subfield", "record_of"]

#: the value of a control field, and code and text of each subfield
_Content: TypeAlias = tuple[str, Sequence[tuple[str, str]]]


class Flavour(StrEnum):
    """Which dialect the tags are to be read in; found from content, never from the leader."""

    CNMARC = "cnmarc"
    UNIMARC = "unimarc"
    MARC21 = "marc21"


@dataclass(frozen=True, slots=True)
class Record:
    """A decoded bibliographic record. ``leader`` is always 24 characters.

    A record made by ``record_of`` makes its fields when they are asked for.
    """

    leader: str
    fields: tuple[Field, ...]
    flavour: Flavour = Flavour.MARC21
    _tags: Sequence[str] | None = dataclasses.field(default=None, init=False, repr=False, compare=False)
    _texts: Sequence[str] = dataclasses.field(default=(), init=False, repr=False, compare=False)

    def every(self, *tags: str) -> Iterator[Field]:
        """The fields with one of these tags, in the order of the record."""
        return (field for field in self.fields if field.tag in tags)

    def first(self, tag: str, code: str = "") -> str | None:
        """The first value at ``tag``: of the control field, or of subfield ``code``; None when absent."""
        for value, pairs in self._at(tag):
            if not code:
                return value
            for found, text in pairs:
                if found == code:
                    return text
        return None

    def all(self, tag: str, codes: str) -> tuple[str, ...]:
        """Every value of the given subfields in every field with this tag."""
        return tuple([text for _, pairs in self._at(tag) for code, text in pairs if code in codes])

    def _at(self, tag: str) -> Iterator[_Content]:
        """The value, and code and text of each subfield, of the fields with this tag; makes no fields."""
        if self._tags is None:
            return ((field.value, field.pairs) for field in self.fields if field.tag == tag)
        if tag not in self._tags:
            return iter(())
        return (_content(text) for found, text in zip(self._tags, self._texts, strict=True) if found == tag)

    def contents(self) -> Iterable[tuple[str, str, Sequence[tuple[str, str]]]]:
        """Of each field the tag, the value of a control field, and code and text of each subfield.

        The quickest way through a whole record.
        """
        if self._tags is None:
            return [(field.tag, field.value, field.pairs) for field in self.fields]
        return [
            (tag, "", pairs) if (pairs := pairs_in(text)) else (tag, text, pairs)
            for tag, text in zip(self._tags, self._texts, strict=True)
        ]

    @property
    def identifier(self) -> str | None:
        """The record's own 001, trimmed; None when absent or blank."""
        value = self.first("001")
        return (value.strip() or None) if value else None

    if not TYPE_CHECKING:  # a type checker would take it for leave to read any name

        def __getattr__(self, name: str) -> Any:
            """Make the fields when they are asked for, and keep them."""
            tags = None if name != "fields" else self._tags
            if tags is None:
                raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
            fields = fields_of(tags, self._texts)
            _set_fields(self, fields)
            return fields

    def __reduce__(self) -> tuple[Callable[..., Record], tuple[Any, ...]]:
        if self._tags is None:
            return Record, (self.leader, self.fields, self.flavour)
        return record_of, (self.leader, self._tags, self._texts, self.flavour)


def _content(text: str) -> _Content:
    pairs = pairs_in(text)
    return ("", pairs) if pairs else (text, pairs)


_set_leader: Final = Record.__dict__["leader"].__set__
_set_fields: Final = Record.__dict__["fields"].__set__
_set_flavour: Final = Record.__dict__["flavour"].__set__
_set_tags: Final = Record.__dict__["_tags"].__set__
_set_texts: Final = Record.__dict__["_texts"].__set__


def record_of(leader: str, tags: Sequence[str], texts: Sequence[str], flavour: Flavour) -> Record:
    """A record from the texts of its fields, as ``hub.kernel.fields.fields_of`` takes them."""
    made = object.__new__(Record)
    _set_leader(made, leader)
    _set_flavour(made, flavour)
    _set_tags(made, tags)
    _set_texts(made, texts)
    return made
