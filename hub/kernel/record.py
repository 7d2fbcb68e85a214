"""The bibliographic record as a value: what ISO 2709, MARCXML and MARC-in-JSON all say.

Owns: the shape of a decoded MARC record, whichever flavour it is.
Must not: know encodings, byte layouts or where the record came from (``connectors.marc`` does).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

DELIMITER: Final = "\x1f"  #: stands before each subfield's code in the text of a data field (ISO 2709)

_SUBFIELDS: Final = re.compile("\x1f([^\x1f])([^\x1f]*)")


class Flavour(StrEnum):
    """Which dialect the tags are to be read in; found from content, never from the leader."""

    CNMARC = "cnmarc"
    UNIMARC = "unimarc"
    MARC21 = "marc21"


class Subfield(NamedTuple):
    """One subfield: its one-character code and its text."""

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. A control field (001-009) has ``value``; a data field has indicators and subfields.

    A field made by ``data_field`` is cut into its parts when these are asked for: a harvest builds a
    score of fields for every record and looks into a few.
    """

    tag: str
    value: str = ""
    indicators: str = "  "
    subfields: tuple[Subfield, ...] = ()
    _text: str | None = dataclasses.field(default=None, init=False, repr=False, compare=False)

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """Code and text of each subfield: what ``subfields`` holds, at a third of its cost when read once."""
        return self.subfields if self._text is None else _SUBFIELDS.findall(self._text)

    def first(self, code: str) -> str | None:
        """The first subfield with this code, or None."""
        for found, value in self.pairs:
            if found == code:
                return value
        return None

    def all(self, codes: str) -> tuple[str, ...]:
        """The values of every subfield whose code is among ``codes``, in the order of the record."""
        return tuple([value for code, value in self.pairs if code in codes])

    @property
    def is_control(self) -> bool:
        """Control fields carry no indicators and no subfields (ISO 2709, tags 00X)."""
        return self.tag.startswith("00")

    if not TYPE_CHECKING:  # a type checker would take it for leave to read any name

        def __getattr__(self, name: str) -> Any:
            """Cut the text when one of its parts is read for the first time, and keep the part."""
            text = None if name == "_text" else self._text
            if text is None or name not in _CUTTERS:
                raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
            keep, cut = _CUTTERS[name]
            part = cut(text)
            keep(self, part)
            return part


# Writing the slots past the frozen class takes a fifth of the time that its constructor takes.
_set_tag = Field.__dict__["tag"].__set__
_set_value = Field.__dict__["value"].__set__
_set_indicators = Field.__dict__["indicators"].__set__
_set_subfields = Field.__dict__["subfields"].__set__
_set_text = Field.__dict__["_text"].__set__

# The constructor of a named tuple, without its own name for each argument.
_as_subfield: Final[Callable[[tuple[str, str]], Subfield]] = partial(tuple.__new__, Subfield)

#: the parts of a data field that are cut from its text: how each is kept, and how it is cut
_CUTTERS: Final[Mapping[str, tuple[Callable[[Field, Any], None], Callable[[str], Any]]]] = {
    "value": (_set_value, lambda text: ""),
    "indicators": (_set_indicators, lambda text: text[:2]),
    "subfields": (_set_subfields, lambda text: tuple(map(_as_subfield, _SUBFIELDS.findall(text)))),
}


def control_field(tag: str, value: str) -> Field:
    """``Field(tag, value)``, made quickly."""
    made = object.__new__(Field)
    _set_tag(made, tag)
    _set_value(made, value)
    _set_indicators(made, "  ")
    _set_subfields(made, ())
    _set_text(made, None)
    return made


def data_field(tag: str, text: str) -> Field:
    """A data field from its text: two indicators, then each subfield as ``DELIMITER``, code and value."""
    made = object.__new__(Field)
    _set_tag(made, tag)
    _set_text(made, text)
    return made


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
