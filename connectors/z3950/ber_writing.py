"""Writing BER: each function returns the bytes of one element, always of definite length."""

from __future__ import annotations

from collections.abc import Collection

from connectors.z3950 import ber

_CONSTRUCTED = 0x20
_CONTEXT_CLASS = 0x80


def primitive(tag: int, content: bytes) -> bytes:
    """An element that holds bytes."""
    return identifier(tag, constructed=False) + _length(len(content)) + content


def constructed(tag: int, *parts: bytes) -> bytes:
    """An element that holds elements, written one after another; empty parts are absent options."""
    content = b"".join(parts)
    return header(tag, len(content)) + content


def element(root: ber.Element) -> bytes:
    """A decoded element with all that it holds, in time proportional to its size however deep it is."""
    from_the_end: list[bytes] = []
    size = 0
    waiting: list[tuple[ber.Element, int | None]] = [(root, None)]
    while waiting:
        one, behind = waiting.pop()
        if behind is not None:  # all that it holds is written
            piece = header(one.tag, size - behind)
        elif one.children is None:
            piece = primitive(one.tag, one.content)
        else:
            waiting.append((one, size))
            waiting.extend((child, None) for child in one.children)
            continue
        from_the_end.append(piece)
        size += len(piece)
    return b"".join(reversed(from_the_end))


def header(tag: int, length: int) -> bytes:
    """The identifier and the length of a constructed element."""
    return identifier(tag, constructed=True) + _length(length)


def integer(tag: int, value: int | None) -> bytes:
    """A whole number; nothing for None."""
    if value is None:
        return b""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return primitive(tag, value.to_bytes(size, "big", signed=True))


def boolean(tag: int, value: bool) -> bytes:
    """True or false."""
    return primitive(tag, b"\xff" if value else b"\x00")


def text(tag: int, value: str | None) -> bytes:
    """A string in UTF-8; nothing for None."""
    return b"" if value is None else primitive(tag, value.encode("utf-8"))


def octets(tag: int, value: bytes | None) -> bytes:
    """A string of bytes; nothing for None."""
    return b"" if value is None else primitive(tag, value)


def bits(tag: int, positions: Collection[int], size: int) -> bytes:
    """A bit string of at least ``size`` bits with these positions set, the first being 0."""
    size = max([size, *(position + 1 for position in positions)])
    octet_count = -(-size // 8)
    value = bytearray(octet_count)
    for position in positions:
        value[position // 8] |= 0x80 >> position % 8
    return primitive(tag, bytes([octet_count * 8 - size]) + bytes(value))


def oid(tag: int, dotted: str | None) -> bytes:
    """An object identifier from its dotted form; nothing for None."""
    if dotted is None:
        return b""
    first, second, *rest = (int(number) for number in dotted.split("."))
    return primitive(tag, b"".join(_base_128(number) for number in (first * 40 + second, *rest)))


def _base_128(number: int) -> bytes:
    octets_reversed = [number & 0x7F]
    while number := number >> 7:
        octets_reversed.append(number & 0x7F | 0x80)
    return bytes(reversed(octets_reversed))


def identifier(tag: int, *, constructed: bool) -> bytes:
    """The identifier octets of a universal or context tag."""
    context = tag >= ber.context(0)
    number = tag - ber.context(0) if context else tag
    first = (_CONSTRUCTED if constructed else 0) | (_CONTEXT_CLASS if context else 0)
    if number < 0x1F:
        return bytes([first | number])
    return bytes([first | 0x1F]) + _base_128(number)


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    size = (length.bit_length() + 7) // 8
    return bytes([0x80 | size]) + length.to_bytes(size, "big")
