"""The bibliographic record as a value: what ISO 2709, MARCXML and MARC-in-JSON all say.

Owns: the shape of a decoded MARC record, whichever flavour it is.
Must not: know encodings, byte layouts or where the record came from (``connectors.marc`` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Flavour(StrEnum):
    """Which dialect the tags are to be read in; found from content, never from the leader."""

    CNMARC = "cnmarc"
    UNIMARC = "unimarc"
    MARC21 = "marc21"


@dataclass(frozen=True, slots=True)
class Subfield:
    """One subfield: its one-character code and its text."""

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. A control field (001-009) has ``value``; a data field has indicators and subfields."""

    tag: str
    value: str = ""
    indicators: str = "  "
    subfields: tuple[Subfield, ...] = ()

    def first(self, code: str) -> str | None:
        """The first subfield with this code, or None."""
        for subfield in self.subfields:
            if subfield.code == code:
                return subfield.value
        return None

    def all(self, codes: str) -> tuple[str, ...]:
        """The values of every subfield whose code is among ``codes``, in the order of the record."""
        return tuple(subfield.value for subfield in self.subfields if subfield.code in codes)

    @property
    def is_control(self) -> bool:
        """Control fields carry no indicators and no subfields (ISO 2709, tags 00X)."""
        return self.tag.startswith("00")


@dataclass(frozen=True, slots=True)
class Record:
    """A decoded bibliographic record. ``leader`` is always 24 characters."""

    leader: str
    fields: tuple[Field, ...]
    flavour: Flavour = Flavour.MARC21

    def every(self, *tags: str) -> Iterator[Field]:
        """The fields with one of these tags, in the order of the record."""
        return (field for field in self.fields if field.tag in tags)

    def first(self, tag: str, code: str = "") -> str | None:
        """The first value at ``tag``: of the control field, or of subfield ``code``; None when absent."""
        for field in self.fields:
            if field.tag == tag:
                found = field.first(code) if code else field.value
                if found is not None:
                    return found
        return None

    def all(self, tag: str, codes: str) -> tuple[str, ...]:
        """Every value of the given subfields in every field with this tag."""
        return tuple(value for field in self.every(tag) for value in field.all(codes))

    @property
    def identifier(self) -> str | None:
        """The record's own 001, trimmed; None when absent or blank."""
        value = self.first("001")
        return (value.strip() or None) if value else None
