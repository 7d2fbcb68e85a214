"""Basic Encoding Rules (ITU-T X.690), as much as Z39.50 needs.

Encoding (``ber_writing``) is always of definite length. Decoding (``framing``) takes definite and indefinite
lengths.

Owns: tags, lengths, the element tree.
Must not: know any protocol unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from connectors.errors import ProtocolViolation

#: A tag as one number: universal tags are themselves, context tags are raised by this much.
_CONTEXT_BASE: Final = 1 << 32
_CLASS_BASES: Final = (0, 1 << 34, _CONTEXT_BASE, 1 << 35)  # universal, application, context, private

INTEGER: Final = 2
BIT_STRING: Final = 3
OCTET_STRING: Final = 4
NULL: Final = 5
OBJECT_IDENTIFIER: Final = 6
EXTERNAL: Final = 8
SEQUENCE: Final = 16
VISIBLE_STRING: Final = 26
GENERAL_STRING: Final = 27

_MAX_TAG_BYTES: Final = 4
_MAX_LENGTH_BYTES: Final = 8
_MAX_BIT_OCTETS: Final = 33  # the number of unused bits, and 256 bits


def context(number: int) -> int:
    """The context-specific tag ``[number]``."""
    return _CONTEXT_BASE + number


@dataclass(frozen=True, slots=True)
class Limits:
    """What one protocol unit may hold."""

    size: int = 64 * 1024 * 1024  #: bytes
    depth: int = 2_100  #: nested elements; a left-deep query of 1,000 terms nests about as many
    elements: int = 400_000  #: elements in all


DEFAULT_LIMITS: Final = Limits()


class Malformed(ValueError):
    """The bytes are not BER, or exceed a limit."""


class Element:
    """One decoded element: ``children`` when constructed, ``content`` when primitive."""

    __slots__ = ("children", "content", "tag")

    def __init__(self, tag: int, content: bytes, children: list[Element] | None) -> None:
        self.tag = tag
        self.content = content
        self.children = children

    def child(self, tag: int) -> Element | None:
        """The first child with this tag."""
        for child in self.children or ():
            if child.tag == tag:
                return child
        return None

    def need(self, tag: int) -> Element:
        """The first child with this tag.

        Raises:
            Malformed: there is none.
        """
        found = self.child(tag)
        if found is None:
            raise Malformed(f"element {describe(tag)} is missing in {describe(self.tag)}")
        return found

    def only(self) -> Element:
        """The single element inside an explicit tag.

        Raises:
            Malformed: there is not exactly one.
        """
        if self.children is None or len(self.children) != 1:
            raise Malformed(f"{describe(self.tag)} must hold one element")
        return self.children[0]

    def octets(self) -> bytes:
        """The bytes of a string, joined where it was sent in segments."""
        if self.children is None:
            return self.content
        pieces: list[bytes] = []
        waiting: list[Element] = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if element.children is None:
                pieces.append(element.content)
            else:
                waiting.extend(reversed(element.children))
        return b"".join(pieces)

    def text(self) -> str:
        """The string as text; bytes that are not UTF-8 stay visible as escapes, NUL as U+FFFD."""
        return self.octets().decode("utf-8", "backslashreplace").replace("\x00", "\ufffd")

    def integer(self) -> int:
        """The whole number.

        Raises:
            Malformed: the content is empty or longer than eight bytes.
        """
        if not 1 <= len(self.content) <= 8:
            raise Malformed(f"{describe(self.tag)} is not an integer of 1 to 8 bytes")
        return int.from_bytes(self.content, "big", signed=True)

    def boolean(self) -> bool:
        """True for anything but zero (X.690, 8.2.2)."""
        return any(self.content)

    def bits(self) -> frozenset[int]:
        """The positions of the bits set in a bit string, the first being 0.

        Raises:
            Malformed: the string is longer than any list of options.
        """
        if len(self.content) > _MAX_BIT_OCTETS:
            raise Malformed(f"a bit string of more than {_MAX_BIT_OCTETS} octets")
        return frozenset(
            (index - 1) * 8 + bit
            for index, octet in enumerate(self.content)
            if index
            for bit in range(8)
            if octet & (0x80 >> bit)
        )

    def oid(self) -> str:
        """The object identifier in dotted form.

        Raises:
            Malformed: the content is not one.
        """
        return decode_oid(self.content)


def describe(tag: int) -> str:
    """A tag as people write it: ``[23]`` or ``universal 16``."""
    return f"[{tag - _CONTEXT_BASE}]" if tag >= _CONTEXT_BASE else f"universal {tag}"


def header(data: bytes | bytearray, position: int) -> tuple[int, bool, int | None, int] | None:
    """Read an identifier and a length.

    Returns:
        (tag, constructed, length or None if indefinite, where the content begins); None when the data ends
        inside the header.

    Raises:
        Malformed: a tag or length longer than anything Z39.50 can need.
    """
    end = len(data)
    if position >= end:
        return None
    first = data[position]
    position += 1
    number = first & 0x1F
    # Nearly all headers are two bytes.
    if number != 0x1F and position < end and data[position] < 0x80:
        return _CLASS_BASES[first >> 6] + number, first & 0x20 != 0, data[position], position + 1
    return _long_header(data, position, first)


def _long_header(
    data: bytes | bytearray, position: int, first: int
) -> tuple[int, bool, int | None, int] | None:
    number = first & 0x1F
    if number == 0x1F:
        read = _long_tag(data, position)
        if read is None:
            return None
        number, position = read
    if position >= len(data):
        return None
    length: int | None = data[position]
    position += 1
    if length is not None and length >= 0x80:
        size = length & 0x7F
        if size > _MAX_LENGTH_BYTES:
            raise Malformed("a length of more than eight bytes")
        if position + size > len(data):
            return None
        length = int.from_bytes(data[position : position + size], "big") if size else None
        position += size
    if length is None and not first & 0x20:
        raise Malformed("an indefinite length on a primitive element")
    return _CLASS_BASES[first >> 6] + number, bool(first & 0x20), length, position


def _long_tag(data: bytes | bytearray, position: int) -> tuple[int, int] | None:
    number = 0
    for index in range(_MAX_TAG_BYTES):
        if position + index >= len(data):
            return None
        octet = data[position + index]
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            return number, position + index + 1
    raise Malformed("a tag of more than four bytes")


@lru_cache(maxsize=256)
def decode_oid(content: bytes) -> str:
    """An object identifier's content in dotted form (X.690, 8.19).

    Raises:
        Malformed: empty, or ending inside a number.
    """
    numbers = list(_base_128(content))
    if not numbers:
        raise Malformed("an empty object identifier")
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def _base_128(content: bytes) -> Iterator[int]:
    if len(content) > 64 or (content and content[-1] & 0x80):
        raise Malformed("an object identifier that does not end")
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            yield number
            number = 0


def violation(error: Malformed, where: str) -> ProtocolViolation:
    """The error as the connectors' users know it."""
    return ProtocolViolation("malformed", where, reason=str(error))
