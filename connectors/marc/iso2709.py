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

_PADDED: Final = re.compile(rb"[" + re.escape(PADDING) + rb"]*")


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
    if not end or end - start > MAX_PIECE:
        return _unended(data, start, final=final)
    if data[end : end + 5].isdigit():
        return end
    following = _behind_padding(data, end)
    if data[following : following + 5].isdigit() or (final and following == len(data)):
        return end
    return None if following + 5 > len(data) and not final else _declared_end(data, start, end, final=final)


def _unended(data: bytes, start: int, *, final: bool) -> int | None:
    """No separator follows: the end of the stream is the end, and so is the length that no record has."""
    if len(data) - start > MAX_PIECE:
        return start + MAX_PIECE
    return len(data) if final and start < len(data) else None


def _declared_end(data: bytes, start: int, end: int, *, final: bool) -> int | None:
    """A separator inside a field: trust the declared length where it leads to a later separator."""
    beginning = _behind_padding(data, start)
    declared = data[beginning : beginning + 5]
    stated = beginning + int(declared) if declared.isdigit() else 0
    if stated > len(data) and not final:
        return None
    return stated if stated > end and data[stated - 1 : stated] == RECORD_END else end


def _behind_padding(data: bytes, start: int) -> int:
    padding = _PADDED.match(data, start)
    return padding.end() if padding else start
