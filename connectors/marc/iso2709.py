"""The framing of ISO 2709 (GB/T 2901): cutting a stream into records at their separators.

Must not: decode text. No multi-byte character of UTF-8, GBK, GB18030 or Big5 holds a separator byte,
so cutting before decoding is safe, and cutting by separators survives lengths that are stale or
that were counted in characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

RECORD_END: Final = b"\x1d"
FIELD_END: Final = b"\x1e"
SUBFIELD: Final = b"\x1f"

LEADER_LENGTH: Final = 24
ENTRY_LENGTH: Final = 12

#: bytes: a record longer than this is not a record but a file without separators
MAX_PIECE: Final = 16 * 1024 * 1024

#: what may stand between records: line ends, blanks, NUL, the end-of-file mark and a byte order mark
PADDING: Final = b"\r\n\t \x00\x1a\xef\xbb\xbf"

_LEADER_START: Final = re.compile(rb"[\r\n\t \x00\x1a\xef\xbb\xbf]*(?:\d{5}|\Z)")


class Piece(NamedTuple):
    """The bytes of what should be one record, final separator included, and where they began."""

    raw: bytes
    offset: int


class Splitter:
    """Cuts a stream of chunks into pieces with memory bounded by the longest record."""

    def __init__(self) -> None:
        self._buffer = b""
        self._offset = 0

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The records that ``chunk`` completed."""
        self._buffer += chunk
        # The last separator stays until it is known whether a record begins behind it.
        yield from self._cut(final=False)

    def close(self) -> Iterator[Piece]:
        """The rest of the stream: the last record, with or without its separator."""
        yield from self._cut(final=True)

    def _cut(self, *, final: bool) -> Iterator[Piece]:
        data, position = self._buffer, 0
        while (end := _record_end(data, position, final=final)) is not None:
            raw = data[position:end].lstrip(PADDING)
            if raw and raw != RECORD_END:
                yield Piece(raw, self._offset + end - len(raw))
            position = end
        self._buffer = data[position:]
        self._offset += position


def split(data: bytes) -> Iterator[Piece]:
    """Cut bytes into records at their separators, dropping line ends and padding between them.

    Nothing else is dropped: bytes that are no record come out as a piece too, for the reader to reject.
    """
    splitter = Splitter()
    yield from splitter.feed(data)
    yield from splitter.close()


def _record_end(data: bytes, start: int, *, final: bool) -> int | None:
    """Where the record that starts at ``start`` ends; None when that cannot be known yet."""
    end = data.find(RECORD_END, start) + 1
    if data[end : end + 5].isdigit() and end:
        return end
    if not end:
        return _unended(data, start, final=final)
    if end == len(data) and not final:
        return None
    return end if _LEADER_START.match(data, end) else _declared_end(data, start, end)


def _unended(data: bytes, start: int, *, final: bool) -> int | None:
    """No separator follows: the end of the stream is the end, and so is the length that no record has."""
    if len(data) - start > MAX_PIECE:
        return start + MAX_PIECE
    return len(data) if final and start < len(data) else None


def _declared_end(data: bytes, start: int, end: int) -> int:
    """A separator inside a field: trust the declared length where it leads to a later separator."""
    padding = len(data[start:end]) - len(data[start:end].lstrip(PADDING))
    declared = data[start + padding : start + padding + 5]
    if declared.isdigit():
        stated = start + padding + int(declared)
        if end < stated <= len(data) and data[stated - 1 : stated] == RECORD_END:
            return stated
    return end
