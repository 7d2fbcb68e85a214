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
    """The bytes before and after the last leaf of an element whose lengths are indefinite."""

    __slots__ = ("after", "before", "elements", "model")

    def __init__(self, model: Element, before: bytes, after: bytes, elements: int) -> None:
        self.model = model
        self.before = before  #: up to and with the tag of the leaf
        self.after = after
        self.elements = elements  #: how many there are in all


def last_leaf(element: Element) -> Element | None:
    """The leaf at the end of the last children; None where one of them is empty."""
    while element.children is not None:
        if not element.children:
            return None
        element = element.children[-1]
    return element


def surroundings(model: Element) -> Surroundings | None:
    """What surrounds the last leaf; None for an element that the comparison cannot be made with."""
    before: list[bytes] = []
    elements, element = 1, model
    for depth in range(_MAX_DEPTH):
        children = element.children
        if not _is_short(element.tag):
            return None
        if children is None:
            before.append(write.identifier(element.tag, constructed=False))
            return Surroundings(model, b"".join(before), _END * depth, elements)
        if not 1 <= len(children) <= _MAX_SIBLINGS or not all(map(_is_small, children[:-1])):
            return None
        before.append(write.identifier(element.tag, constructed=True) + b"\x80")
        before += (write.primitive(sibling.tag, sibling.content) for sibling in children[:-1])
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
