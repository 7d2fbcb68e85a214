"""A stream of bytes to whole BER elements, whatever the chunks.

One pass without recursion: the tree grows as bytes arrive, so that nothing is left to do when the last one
comes, and a large unit in small pieces costs time proportional to its size. Limits hold on size, depth and
number of elements, because the bytes come from strangers.
"""

from __future__ import annotations

from typing import Final

from connectors.z3950.alike import Alike, Surroundings, surroundings
from connectors.z3950.ber import DEFAULT_LIMITS, Element, Limits, Malformed, header

_CLASS_AND_FORM: Final = 0xE0
_UNIT: Final = 0xA0  # every protocol unit has a context tag and is constructed
_MAX_TRIALS: Final = 8
_OUTERMOST: Final = -1  # a place where no element ends


class _Level:
    """An element that is still open."""

    __slots__ = ("alike", "bound", "children", "stop", "trials")

    def __init__(self, children: list[Element], stop: int | None, bound: int) -> None:
        self.children = children
        self.stop = stop  #: where it ends, counted from the beginning of the unit; None while indefinite
        self.bound = bound  #: nothing in it may reach beyond
        self.alike: Surroundings | None = None  #: what its children are compared with
        self.trials = _MAX_TRIALS  #: how often something else may be found to compare them with


class Framer:
    """Collects bytes and hands out whole elements."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, *, units: bool = True) -> None:
        """``units`` refuses at the first byte what cannot be a protocol unit."""
        self._limits = limits
        self._units = units
        self._buffer = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._position = 0  # what lies before it is in the tree
        self._count = 0
        self._levels = [_Level([], _OUTERMOST, self._limits.size)]

    @property
    def pending(self) -> int:
        """Bytes of an element that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes | memoryview) -> None:
        """Take in what came from the stream."""
        self._buffer += data

    def next(self) -> Element | None:
        """The next whole element; None while more bytes are needed.

        Raises:
            Malformed: the stream is not BER, or exceeds the limits. It cannot be used further.
        """
        buffer = self._buffer
        if self._units and not self._position and buffer and buffer[0] & _CLASS_AND_FORM != _UNIT:
            # Said at once: another protocol's first bytes may announce a length that never comes.
            raise Malformed(f"a Z39.50 unit does not begin with {bytes(buffer[:8])!r}")
        if not self._walk():
            if len(buffer) > self._limits.size:
                raise Malformed(f"a unit of more than {self._limits.size} bytes")
            return None
        whole = self._levels[0].children[0]
        del buffer[: self._position]
        self._begin()
        return whole

    def _walk(self) -> bool:
        """Read on until the outermost element is whole (True) or more bytes are needed."""
        buffer, levels, most = self._buffer, self._levels, self._limits.elements
        position, level = self._position, levels[-1]
        while len(levels) > 1 or not level.children:
            if position == level.stop:
                levels.pop()
                level = levels[-1]
                continue
            read = header(buffer, position)
            if read is None:
                break
            tag, constructed, length, content = read
            stop = content + (length or 0)
            if stop > level.bound or self._count > most:
                raise self._excess(stop)
            if constructed:
                position = self._enter(tag, position, content, None if length is None else stop)
                level = levels[-1]
            elif tag == 0 and length == 0:
                level = self._end(level)
                position = content
            elif stop > len(buffer):
                break
            else:
                self._count += 1
                level.children.append(Element(tag, bytes(buffer[content:stop]), None))
                position = stop
        if self._count > most:
            raise self._excess(position)
        self._position = position
        return len(levels) == 1 and bool(level.children)

    def _enter(self, tag: int, position: int, content: int, stop: int | None) -> int:
        """Open an element, or take in whole all that are like the one before; gives where to read on."""
        level = self._levels[-1]
        if level.children:
            behind = self._take_alike(level, position)
            if behind != position:
                return behind
        if len(self._levels) > self._limits.depth:
            raise Malformed(f"elements nested deeper than {self._limits.depth}")
        self._count += 1
        children: list[Element] = []
        level.children.append(Element(tag, b"", children))
        self._levels.append(_Level(children, stop, level.bound if stop is None else stop))
        return content

    def _end(self, level: _Level) -> _Level:
        if level.stop is not None:
            raise Malformed("an end-of-contents mark outside an indefinite length")
        self._levels.pop()
        return self._levels[-1]

    def _excess(self, stop: int) -> Malformed:
        if self._count > self._limits.elements:
            return Malformed(f"more than {self._limits.elements} elements")
        if stop > self._limits.size:
            return Malformed(f"a unit of more than {self._limits.size} bytes")
        return Malformed("an element is longer than what holds it")

    def _take_alike(self, level: _Level, position: int) -> int:
        """Take in the elements from here that are like the last one and whole; gives where they end."""
        taken = level.alike.take(self._buffer, position) if level.alike is not None else None
        if taken is None:
            last = level.children[-1]
            model = last.model if isinstance(last, Alike) else last
            if level.trials == 0 or (level.alike is not None and level.alike.model is model):
                return position
            level.trials -= 1
            level.alike = surroundings(model)
            taken = level.alike.take(self._buffer, position) if level.alike is not None else None
        shape = level.alike
        while taken is not None and shape is not None:
            leaf, stop = taken
            if stop > level.bound or self._count > self._limits.elements:
                raise self._excess(stop)
            level.children.append(Alike(shape.model, leaf))
            self._count += shape.elements
            position = stop
            taken = shape.take(self._buffer, position)
        return position


def decode_element(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Element:
    """The one element that these bytes are.

    Raises:
        Malformed: not exactly one whole element, or more than the limits allow.
    """
    framer = Framer(limits, units=False)
    framer.feed(data)
    element = framer.next()
    if element is None:
        raise Malformed("the data ends inside an element")
    if framer.pending:
        raise Malformed("more than one element")
    return element
