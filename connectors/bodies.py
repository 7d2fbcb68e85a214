"""Bodies of HTTP answers, unpacked as they arrive: a few kilobytes may hold gigabytes. No I/O.

Owns: the codings that are understood, and the limit on what comes of them. Must not: know requests.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.errors import Disconnected, ProtocolViolation

#: How bodies may be packed, with what zlib calls their window; servers mean both forms by deflate.
CODINGS: Final[Mapping[str, int | None]] = MappingProxyType(
    {"identity": None, "": None, "gzip": 31, "x-gzip": 31, "deflate": 47}
)


class Body:
    """The body of an answer, unpacked as it arrives and never longer than allowed."""

    def __init__(self, coding: str, limit: int, where: str) -> None:
        """``coding`` is one of ``CODINGS``, ``limit`` the most bytes after unpacking, ``where`` the peer."""
        window = CODINGS[coding]
        self._unpacker = None if window is None else zlib.decompressobj(window)
        self._limit = limit
        self._where = where
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take in what arrived.

        Raises:
            ProtocolViolation: more than allowed, or not packed as it says.
        """
        if self._unpacker is None:
            self._data += chunk
        else:
            try:
                # One byte more than allowed is enough to know.
                self._data += self._unpacker.decompress(chunk, self._limit + 1 - len(self._data))
            except zlib.error as error:
                raise ProtocolViolation("malformed", self._where, reason=str(error)) from error
        if len(self._data) > self._limit:
            raise ProtocolViolation("too_large", self._where, reason="answer", limit=self._limit)

    def whole(self) -> bytes:
        """All of it.

        Raises:
            Disconnected: what was packed has no end.
        """
        if self._unpacker is not None and not self._unpacker.eof:
            raise Disconnected("disconnected", self._where, reason="the packed answer has no end")
        return bytes(self._data)
