"""Which volume of a set a record describes, or that it describes the set."""

from __future__ import annotations

from dataclasses import dataclass

_SAME_PLACE = {("upper", "1"), ("middle", "2"), ("lower", "2"), ("lower", "3")}


@dataclass(frozen=True, slots=True)
class Volumes:
    """``numbers`` are the volume designations in any notation; ``pieces`` the volumes of a whole set."""

    numbers: tuple[str, ...] = ()
    text: str = ""  #: as the record writes it, for display
    pieces: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether the record stands for a set of several volumes as one."""
        return not self.numbers and (self.pieces or 1) > 1


def same_volume(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two lists of designations can name one volume: 上 agrees with 1, 下 with 2 or 3.

    A list may leave out levels (the volume number of a part known by its name), so the shorter one
    must agree with some of the longer.
    """
    shorter, longer = sorted((first, second), key=len)
    left = list(longer)
    for token in shorter:
        partner = next((other for other in left if agree(token, other)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def agree(first: str, second: str) -> bool:
    """Whether two designations can name the same volume."""
    return first == second or (first, second) in _SAME_PLACE or (second, first) in _SAME_PLACE
