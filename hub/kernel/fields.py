"""The fields of a bibliographic record as values, cut into their parts when these are asked for.

Owns: control and data fields, and their subfields.
Must not: know what a tag means in any flavour.
"""

from __future__ import annotations

import dataclasses
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

DELIMITER: Final = "\x1f"  #: stands before each subfield's code in the text of a data field (ISO 2709)

#: code and text of each subfield in the text of a field
pairs_in: Final[Callable[[str], list[tuple[str, str]]]] = re.compile("\x1f([^\x1f])([^\x1f]*)").findall


class Subfield(NamedTuple):
    """One subfield: its one-character code and its text."""

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. A control field (001-009) has ``value``; a data field has indicators and subfields.

    A field made by ``fields_of`` is cut into its parts when these are asked for: a harvest builds a score
    of fields for every record and looks into a few.
    """

    tag: str
    value: str = ""
    indicators: str = "  "
    subfields: tuple[Subfield, ...] = ()
    _text: str | None = dataclasses.field(default=None, init=False, repr=False, compare=False)

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """Code and text of each subfield: what ``subfields`` holds, at a third of its cost when read once."""
        return self.subfields if self._text is None else pairs_in(self._text)

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

#: the parts that are cut from a field's text: how each is kept, and how it is cut
_CUTTERS: Final[Mapping[str, tuple[Callable[[Field, Any], None], Callable[[str], Any]]]] = {
    "value": (_set_value, lambda text: "" if DELIMITER in text else text),
    "indicators": (_set_indicators, lambda text: text[:2] if DELIMITER in text else "  "),
    "subfields": (_set_subfields, lambda text: tuple(map(_as_subfield, pairs_in(text)))),
}


def fields_of(tags: Sequence[str], texts: Sequence[str]) -> tuple[Field, ...]:
    """Fields from their texts as ISO 2709 has them.

    The text of a data field is its two indicators, then each subfield as ``DELIMITER``, code and value; a
    text without delimiters is the value of a control field.
    """
    made = tuple(map(object.__new__, repeat(Field, len(tags))))
    # A loop in C instead of one here: making them is the longest part of reading a record.
    deque(map(_set_tag, made, tags), maxlen=0)
    deque(map(_set_text, made, texts), maxlen=0)
    return made
