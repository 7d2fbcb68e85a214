"""The byte layout of ISO 2709 (GB/T 2901): cutting a stream into records, a record into fields.

Owns: separators, leader, directory, and what may be wrong with them.
Must not: decode text. No multi-byte character of UTF-8, GBK, GB18030 or Big5 holds a separator byte,
so cutting before decoding is safe, and cutting by separators survives lengths that are stale or
that were counted in characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.marc.malformed import Malformed

RECORD_END = b"\x1d"
FIELD_END = b"\x1e"
SUBFIELD = b"\x1f"

LEADER_LENGTH = 24
ENTRY_LENGTH = 12

# A record longer than this is not a record but a file without separators.
MAX_PIECE = 16 * 1024 * 1024

_PADDING = b"\r\n\t \x00\x1a\xef\xbb\xbf"
_LEADER_START = re.compile(rb"[\r\n\t \x00\x1a\xef\xbb\xbf]*(?:\d{5}|\Z)")
_DIRECTORY = re.compile(rb"(?:[0-9A-Za-z]{3}[0-9]{9})*")
_DIRECTORY_AT_END = re.compile(rb"(?:[0-9A-Za-z]{3}[0-9]{9})+\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of what should be one record, final separator included, and where they began."""

    raw: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A record cut into fields, still in bytes: the leader, (tag, content) pairs and what was mended."""

    leader: bytes
    tags: tuple[str, ...]
    contents: tuple[bytes, ...]
    repairs: tuple[str, ...] = ()


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
            yield from _piece(data, position, end, self._offset)
            position = end
        if final:
            yield from _piece(data, position, len(data), self._offset)
            position = len(data)
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
    found = data.find(RECORD_END, start)
    if found < 0:
        return start + MAX_PIECE if len(data) - start > MAX_PIECE else None
    end = found + 1
    if end == len(data) and not final:
        return None
    if data[end : end + 5].isdigit() or _LEADER_START.match(data, end):
        return end
    return _declared_end(data, start, end)


def _declared_end(data: bytes, start: int, end: int) -> int:
    """A separator inside a field: trust the declared length where it leads to a later separator."""
    padding = len(data[start:end]) - len(data[start:end].lstrip(_PADDING))
    declared = data[start + padding : start + padding + 5]
    if declared.isdigit():
        stated = start + padding + int(declared)
        if end < stated <= len(data) and data[stated - 1 : stated] == RECORD_END:
            return stated
    return end


def _piece(data: bytes, start: int, end: int, offset: int) -> Iterator[Piece]:
    raw = data[start:end]
    stripped = raw.lstrip(_PADDING)
    if stripped and stripped != RECORD_END:
        yield Piece(stripped, offset + start + len(raw) - len(stripped))


def lay_out(raw: bytes) -> Layout:
    """Cut one record into fields.

    Tags come from the directory, contents from the field separators; the directory's lengths and
    starts are used only where they agree with the separators. Raises ``Malformed`` when the fields
    cannot be told apart. Codes of repairs: ``record_length``, ``record_end``, ``field_end``,
    ``leader_length``, ``directory_lengths``, ``separator_in_field``, ``nul``.
    """
    raw = raw.strip(_PADDING)
    repairs: list[str] = []
    if b"\x00" in raw:
        # No text has it and no database takes it; a blank in its place leaves every length as it is.
        raw = raw.replace(b"\x00", b" ")
        repairs.append("nul")
    if raw[:5] != b"%05d" % len(raw):
        repairs.append("record_length")
    if raw.endswith(RECORD_END):
        raw = raw[:-1]
    else:
        repairs.append("record_end")
    directory_start, directory_end = _directory_bounds(raw, repairs)
    body = raw[directory_end + 1 :]
    if RECORD_END in body:
        body = body.replace(RECORD_END, b" ")
        repairs.append("separator_in_field")
    directory = raw[directory_start:directory_end].decode("ascii")
    tags = tuple([directory[at : at + 3] for at in range(0, len(directory), ENTRY_LENGTH)])
    contents = _contents(directory, body, len(tags), repairs)
    return Layout(raw[:directory_start], tags, contents, tuple(repairs))


def _directory_bounds(raw: bytes, repairs: list[str]) -> tuple[int, int]:
    if len(raw) < LEADER_LENGTH + 1:
        raise Malformed("too_short", f"{len(raw)} bytes")
    end = raw.find(FIELD_END)
    if end < 0:
        raise Malformed("no_directory")
    start = LEADER_LENGTH
    if not _DIRECTORY.fullmatch(raw, start, end):
        # A leader that lost or gained bytes shifts the directory; its end is still certain.
        aligned = _DIRECTORY_AT_END.search(raw, 0, end)
        if aligned is None or not 12 <= aligned.start() <= 36:
            raise Malformed("bad_directory", raw[start : start + 36].decode("ascii", "replace"))
        start = aligned.start()
        repairs.append("leader_length")
    return start, end


def _contents(directory: str, body: bytes, count: int, repairs: list[str]) -> tuple[bytes, ...]:
    contents = body.split(FIELD_END)
    if not contents[-1]:
        contents.pop()
    elif count:
        repairs.append("field_end")
    if count == 0:
        raise Malformed("no_fields")
    starts = [directory[at + 7 : at + 12] for at in range(0, len(directory), ENTRY_LENGTH)]
    if len(contents) == count and starts == sorted(starts):
        if int(directory[-9:-5]) + int(directory[-5:]) != len(body):
            repairs.append("directory_lengths")
        return tuple(contents)
    by_length = _contents_by_length(directory, body)
    if by_length is not None:
        if len(contents) != count:
            repairs.append("separator_in_field")
        return by_length
    if len(contents) == count:
        repairs.append("directory_lengths")
        return tuple(contents)
    raise Malformed("directory_mismatch", f"{count} entries, {len(contents)} fields")


def _contents_by_length(directory: str, body: bytes) -> tuple[bytes, ...] | None:
    """The contents as the directory states them; None where one of them does not end at a separator."""
    contents = []
    for at in range(0, len(directory), ENTRY_LENGTH):
        start = int(directory[at + 7 : at + 12])
        end = start + int(directory[at + 3 : at + 7]) - 1
        if end < start or body[end : end + 1] != FIELD_END:
            return None
        contents.append(body[start:end].replace(FIELD_END, b" "))
    return tuple(contents)
