"""The masking characters of a CQL term: ``*`` any run of characters, ``?`` one, ``^`` the term's edge.

A backslash takes the special meaning from the character after it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias


class Mask(StrEnum):
    """A character of a term that stands for something else."""

    MANY = "*"
    ONE = "?"
    EDGE = "^"


Piece: TypeAlias = str | Mask  #: literal text, or a mask

_MASKS: Final = frozenset(Mask)


def pieces(term: str) -> tuple[Piece, ...]:
    """A term as literal texts and masks, in order."""
    found: list[Piece] = []
    literal: list[str] = []
    characters = iter(term)
    for character in characters:
        if character in _MASKS:
            if literal:
                found.append("".join(literal))
                literal.clear()
            found.append(Mask(character))
        else:
            # A backslash at the very end masks nothing and stands for itself.
            literal.append(next(characters, character) if character == "\\" else character)
    if literal:
        found.append("".join(literal))
    return tuple(found)


def truncated(term: str) -> tuple[str, bool] | None:
    """The literal text of a term and whether it may go on; None where it is masked in any other way."""
    parts = pieces(term)
    open_ended = bool(parts) and parts[-1] is Mask.MANY
    text = parts[:-1] if open_ended else parts
    if any(isinstance(part, Mask) for part in text):
        return None
    return "".join(text), open_ended
