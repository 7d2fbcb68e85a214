"""The directory of an ISO 2709 record: one entry of twelve characters for each field.

An entry is the tag, the field's length with its separator in four digits, and its start in five.

Owns: reading the entries, and mending what writers do where four or five digits are too few.
Must not: decide whether the directory or the separators are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from connectors.marc.iso2709 import ENTRY_LENGTH, FIELD_END, LEADER_LENGTH

#: where a directory may begin when the leader lost or gained bytes
_POSSIBLE_STARTS: Final = range(12, 37)
#: the length of every portion but the last of a field that has more than 9,999 bytes
_PORTION: Final = b"0000"


class Directory(NamedTuple):
    """The entries in columns: tags, lengths and starts, the numbers as digits."""

    tags: list[str]
    lengths: Sequence[bytes]
    starts: Sequence[bytes]

    @classmethod
    def read(cls, entries: bytes) -> Directory | None:
        """The entries, or None where they are no directory."""
        count, over = divmod(len(entries), ENTRY_LENGTH)
        if over:
            return None
        columns = _columns(count).unpack(entries)
        tags, lengths, starts = columns[::3], columns[1::3], columns[2::3]
        digits = b"".join(lengths + starts)
        if count and not (digits.isdigit() and b"".join(tags).isalnum()):
            return None
        return cls(b" ".join(tags).decode("ascii").split(), lengths, starts)

    @property
    def ascends(self) -> bool:
        """Whether the fields stand in the order of their entries, as far as the starts tell."""
        return list(self.starts) == sorted(self.starts)

    @property
    def end(self) -> int:
        """Where the last field ends, its separator included."""
        return int(self.lengths[-1]) + int(self.starts[-1])

    def cut(self, body: bytes) -> list[bytes] | None:
        """The contents as lengths and starts state them; None where one does not end at a separator.

        Separators inside a content become blanks.
        """
        contents = []
        left = len(body)
        for start, length in zip(map(int, self.starts), map(int, self.lengths), strict=True):
            end = start + length - 1
            left -= length
            # Entries that share their bytes are no fields, and could make a small record a huge one.
            if length == 0 or left < 0 or body[end : end + 1] != FIELD_END:
                return None
            contents.append(body[start:end].replace(FIELD_END, b" "))
        return contents


@lru_cache(maxsize=256)
def _columns(count: int) -> Struct:
    return Struct("3s4s5s" * count)


def whole_fields(directory: Directory) -> Directory:
    """The directory with one entry for each field, the last of its portions (ISO 2709)."""
    kept = [
        number
        for number, (tag, length) in enumerate(zip(directory.tags, directory.lengths, strict=True))
        if length != _PORTION or directory.tags[number + 1 : number + 2] != [tag]
    ]
    return Directory(
        [directory.tags[number] for number in kept],
        [directory.lengths[number] for number in kept],
        [directory.starts[number] for number in kept],
    )


def mended(head: bytes, body: bytes) -> tuple[int, Directory, str] | None:
    """Where a damaged directory starts in the head of a record, its entries, and the code of the repair.

    ``leader_length``: the leader lost or gained bytes, which shifts the directory; its end is still
    certain. ``directory_width``: the numbers of a large record take more digits than they may.
    """
    for start in _POSSIBLE_STARTS:
        directory = Directory.read(head[start:]) if start < len(head) else None
        if directory is not None:
            return start, directory, "leader_length"
    directory = _with_wide_numbers(head[LEADER_LENGTH:], body)
    return None if directory is None else (LEADER_LENGTH, directory, "directory_width")


def _with_wide_numbers(entries: bytes, body: bytes) -> Directory | None:
    """The directory if every number in it is the true one, however many digits it takes."""
    tags, at = [], 0
    numbers = list(_true_numbers(body))
    for length, start in numbers:
        tag = entries[at : at + 3]
        if not tag.isalnum() or not entries.startswith(length + start, at + 3):
            return None
        tags.append(tag.decode("ascii"))
        at += 3 + len(length) + len(start)
    if at != len(entries):
        return None
    return Directory(tags, [length for length, _ in numbers], [start for _, start in numbers])


def _true_numbers(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = 0
    for content in body.removesuffix(FIELD_END).split(FIELD_END):
        length = len(content) + 1
        yield b"%04d" % length, b"%05d" % start
        start += length
