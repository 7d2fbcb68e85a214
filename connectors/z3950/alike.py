"""Elements that repeat.

The records of an answer differ in one leaf only, so what surrounds it is compared with the one before in a
single step instead of being walked again. A record of a bulk fetch then costs two comparisons and one copy.

Owns: the bytes around the leaf. Must not: accept anything that a walk would read otherwise; the comparison is
with the very bytes that a walk reads as the model.
"""

from __future__ import annotations

from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950.ber import Element, context

_MAX_DEPTH: Final = 8
_MAX_SIBLINGS: Final = 8
_SHORT_TAGS: Final = 0x1F  # tags below are written in one octet
_SHORT_LENGTHS: Final = 0x7F
_END: Final = b"\x00\x00"


class Alike(Element):
    """An element equal to ``model`` but for the content of the model's last leaf."""

    __slots__ = ("leaf", "model")

    def __init__(self, model: Element, leaf: bytes) -> None:
        # The children are made when somebody asks for them, which hardly anybody does.
        self.tag = model.tag
        self.content = b""
        self.model = model
        self.leaf = leaf

    def __getattr__(self, name: str) -> object:
        if name != "children":
            raise AttributeError(name)
        self.children = _with_leaf(self.model, self.leaf)
        return self.children


class Surroundings:
    """What stands around the last leaf of an element, in both forms of length."""

    __slots__ = ("after", "before", "elements", "leaf_tag", "levels", "model")

    def __init__(self, model: Element, levels: list[tuple[int, bytes]], leaf_tag: int, elements: int) -> None:
        self.model = model
        self.levels = levels  #: of each element that holds the leaf, its first octet and what it holds before
        self.leaf_tag = leaf_tag  #: its first octet
        self.elements = elements  #: how many there are in all
        self.before = b"".join(bytes([tag]) + b"\x80" + held for tag, held in levels) + bytes([leaf_tag])
        self.after = _END * len(levels)

    def take(self, buffer: bytearray, position: int) -> tuple[bytes, int] | None:
        """The leaf of a whole element that is alike, and where the element ends; None for any other."""
        if buffer.startswith(self.before, position):
            content, size = _length(buffer, position + len(self.before))
            stop = content + size
            if not size or not buffer.startswith(self.after, stop):
                return None
            return bytes(buffer[content:stop]), stop + len(self.after)
        return self._take_definite(buffer, position)

    def _take_definite(self, buffer: bytearray, position: int) -> tuple[bytes, int] | None:
        stop = 0
        for tag, held in self.levels:
            content, size = _length(buffer, position + 1)
            # Each level ends where the outermost does, for the leaf is the last of all.
            if not size or buffer[position] != tag or (stop and content + size != stop):
                return None
            if not buffer.startswith(held, content):
                return None
            stop, position = content + size, content + len(held)
        content, size = _length(buffer, position + 1)
        if not size or content + size != stop or buffer[position] != self.leaf_tag or stop > len(buffer):
            return None
        return bytes(buffer[content:stop]), stop


def _length(buffer: bytearray, position: int) -> tuple[int, int]:
    """Where the content begins and its size, of lengths as records have them; no size for any other."""
    try:
        first = buffer[position]
        if first < 0x80:
            return position + 1, first
        if first == 0x82:
            return position + 3, buffer[position + 1] << 8 | buffer[position + 2]
        if first == 0x81:
            return position + 2, buffer[position + 1]
        if first == 0x83:
            return position + 4, int.from_bytes(buffer[position + 1 : position + 4], "big")
    except IndexError:
        pass  # It is not whole yet, and will be walked.
    return position, 0


def last_leaf(element: Element) -> Element | None:
    """The leaf at the end of the last children; None where one of them is empty."""
    while element.children is not None:
        if not element.children:
            return None
        element = element.children[-1]
    return element


def surroundings(model: Element) -> Surroundings | None:
    """What surrounds the last leaf; None for an element that the comparison cannot be made with."""
    levels: list[tuple[int, bytes]] = []
    elements, element = 1, model
    for _ in range(_MAX_DEPTH):
        children = element.children
        if not _is_short(element.tag):
            return None
        if children is None:
            leaf_tag = write.identifier(element.tag, constructed=False)[0]
            return Surroundings(model, levels, leaf_tag, elements)
        if not 1 <= len(children) <= _MAX_SIBLINGS or not all(map(_is_small, children[:-1])):
            return None
        held = b"".join(write.primitive(sibling.tag, sibling.content) for sibling in children[:-1])
        levels.append((write.identifier(element.tag, constructed=True)[0], held))
        elements += len(children)
        element = children[-1]
    return None


def _is_short(tag: int) -> bool:
    return tag < _SHORT_TAGS or context(0) <= tag < context(_SHORT_TAGS)


def _is_small(element: Element) -> bool:
    return element.children is None and _is_short(element.tag) and len(element.content) <= _SHORT_LENGTHS


def _with_leaf(model: Element, leaf: bytes) -> list[Element]:
    path = [model]
    while path[-1].children:
        path.append(path[-1].children[-1])
    copied = Element(path.pop().tag, leaf, None)
    while len(path) > 1:
        one = path.pop()
        copied = Element(one.tag, b"", [*(one.children or [])[:-1], copied])
    return [*(model.children or [])[:-1], copied]
