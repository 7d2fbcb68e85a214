"""Cutting a stream of bytes into whole BER elements, whatever the chunks.

The position is kept between chunks, so that a large unit in small pieces costs time proportional to its size.
"""

from __future__ import annotations

from typing import Final

from connectors.z3950.ber import DEFAULT_LIMITS, Limits, Malformed, header

_CLASS_AND_FORM: Final = 0xE0
_UNIT: Final = 0xA0  # every protocol unit has a context tag and is constructed


class Framer:
    """Collects bytes and hands out whole protocol units."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._position = 0  # what lies before it needs no second look
        self._open = 0  # indefinite lengths not yet closed

    @property
    def pending(self) -> int:
        """Bytes of a unit that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take in what came from the stream."""
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole unit; None while more bytes are needed.

        Raises:
            Malformed: the stream is not BER, or a unit exceeds the limits. The stream cannot be used further.
        """
        while True:
            if self._position > self._limits.size:
                raise Malformed(f"a unit of more than {self._limits.size} bytes")
            if self._position and not self._open:
                return self._cut()
            if not self._advance():
                if len(self._buffer) > self._limits.size:
                    raise Malformed(f"a unit of more than {self._limits.size} bytes")
                return None

    def _advance(self) -> bool:
        """Step over one header or one whole definite element; False when more bytes are needed."""
        if not self._position and self._buffer and self._buffer[0] & _CLASS_AND_FORM != _UNIT:
            # Said at once: another protocol's first bytes may announce a length that never comes.
            raise Malformed(f"a Z39.50 unit does not begin with {bytes(self._buffer[:8])!r}")
        read = header(self._buffer, self._position)
        if read is None:
            return False
        tag, _constructed, length, content = read
        if tag == 0 and length == 0:
            if not self._open:
                raise Malformed("an end-of-contents mark outside an indefinite length")
            self._open -= 1
            self._position = content
        elif length is None:
            self._open += 1
            if self._open > self._limits.depth:
                raise Malformed(f"elements nested deeper than {self._limits.depth}")
            self._position = content
        else:
            self._position = content + length
        return True

    def _cut(self) -> bytes | None:
        if len(self._buffer) < self._position:
            return None
        unit = bytes(memoryview(self._buffer)[: self._position])
        del self._buffer[: self._position]
        self._position = 0
        return unit
