"""The directory of an ISO 2709 record: one entry of twelve characters for each field.

An entry is the tag, the field's length with its separator in four digits, and its start in five.

Owns: reading the entries, and mending what writers do where four or five digits are too few.
Must not: decide whether the directory or the separators are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from connectors.marc.iso2709 import ENTRY_LENGTH, FIELD_END, LEADER_LENGTH, RECORD_END

_RECORD_END: Final = RECORD_END[0]
_FIRST_ENTRY: Final = 1 + LEADER_LENGTH  #: behind the separator of the record before
_SECOND: Final = _FIRST_ENTRY + 1  #: the second and the third character of the first tag
_THIRD: Final = _FIRST_ENTRY + 2
#: where a directory may begin when the leader lost or gained bytes
_POSSIBLE_STARTS: Final = range(12, 37)
#: the length of every portion but the last of a field that has more than 9,999 bytes
_PORTION: Final = b"0000"


class Directory(NamedTuple):
    """The entries in columns: tags, lengths and starts, the numbers as digits."""

    tags: tuple[str, ...]
    lengths: Sequence[bytes]
    starts: Sequence[bytes]

    @classmethod
    def read(cls, entries: bytes) -> Directory | None:
        """The entries, or None where they are no directory."""
        count, over = divmod(len(entries), ENTRY_LENGTH)
        if over:
            return None
        numbers = numbers_of(count).unpack(entries)
        tags = _tags_alone(entries)
        if tags is None or (count and not b"".join(numbers).isdigit()):
            return None
        return cls(tags, numbers[::2], numbers[1::2])

    @property
    def ascends(self) -> bool:
        """Whether the fields stand in the order of their entries, as far as the starts tell."""
        return list(self.starts) == sorted(self.starts)

    @property
    def end(self) -> int:
        """Where the last field ends, its separator included."""
        return int(self.lengths[-1]) + int(self.starts[-1])

    @property
    def covered(self) -> int:
        """How many bytes the entries speak for."""
        return sum(map(int, self.lengths))

    def cut(self, body: bytes) -> list[bytes] | None:
        """The contents as lengths and starts state them, with blanks for separators inside.

        None where one does not end at a separator, or where two begin at the same place.
        """
        if len(set(self.starts)) < len(self.starts):
            return None
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
def numbers_of(count: int) -> Struct:
    """Length and start of each of ``count`` entries."""
    return Struct("3x4s5s" * count)


@lru_cache(maxsize=4096)  # a catalogue repeats a few hundred lists of tags
def tags_in_columns(columns: str) -> tuple[str, ...] | None:
    """The tags from the first characters of all, the second and the third ones; None if these are odd."""
    if columns and not (columns.isascii() and columns.isalnum()):
        return None
    count = len(columns) // 3
    return tuple(columns[number::count] for number in range(count))


def whole_fields(directory: Directory) -> Directory:
    """The directory with one entry for each field, the last of its portions (ISO 2709)."""
    kept = [
        number
        for number, (tag, length) in enumerate(zip(directory.tags, directory.lengths, strict=True))
        if length != _PORTION or directory.tags[number + 1 : number + 2] != (tag,)
    ]
    return Directory(
        tuple(directory.tags[number] for number in kept),
        [directory.lengths[number] for number in kept],
        [directory.starts[number] for number in kept],
    )


def mended(head: bytes, body: bytes) -> tuple[int, Directory, str] | None:
    """Where a damaged directory starts in the head of a record, its entries, and the code of the repair.

    ``directory_width``: the numbers of a large record take more digits than they may.
    ``directory_lengths``: numbers are damaged, but there is a tag for each field.
    ``leader_length``: the leader lost or gained bytes, which shifts the directory; its end is still
    certain. None where fields and entries are not as many.
    """
    numbers = list(_true_numbers(body))
    wide = _with_wide_numbers(head[LEADER_LENGTH:], numbers)
    if wide is not None:
        return LEADER_LENGTH, wide, "directory_width"
    tags = _tags_alone(head[LEADER_LENGTH:])
    if tags is not None and len(tags) == len(numbers):
        return LEADER_LENGTH, _true_directory(tags, numbers), "directory_lengths"
    for start in _POSSIBLE_STARTS:
        directory = Directory.read(head[start:]) if start < len(head) else None
        if directory is not None and len(directory.tags) == len(numbers):
            return start, directory, "leader_length"
    return None


def _tags_alone(entries: bytes) -> tuple[str, ...] | None:
    if len(entries) % ENTRY_LENGTH:
        return None
    columns = entries[::ENTRY_LENGTH] + entries[1::ENTRY_LENGTH] + entries[2::ENTRY_LENGTH]
    return tags_in_columns(columns.decode("ascii", "replace"))


def _true_directory(tags: tuple[str, ...], numbers: Sequence[tuple[bytes, bytes]]) -> Directory:
    return Directory(tags, [length for length, _ in numbers], [start for _, start in numbers])


def _with_wide_numbers(entries: bytes, numbers: Sequence[tuple[bytes, bytes]]) -> Directory | None:
    """The directory if every number in it is the true one, however many digits it takes."""
    tags, at = [], 0
    for length, start in numbers:
        tag = entries[at : at + 3]
        if not tag.isalnum() or not entries.startswith(length + start, at + 3):
            return None
        tags.append(tag.decode("ascii"))
        at += 3 + len(length) + len(start)
    return _true_directory(tuple(tags), numbers) if at == len(entries) else None


def _true_numbers(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = 0
    for content in body.removesuffix(FIELD_END).split(FIELD_END):
        length = len(content) + 1
        yield b"%04d" % length, b"%05d" % start
        start += length


def tags_in_order(head: bytes) -> bytes | None:
    """The tags of a record whose fields stand in the order of their entries; None where they do not.

    ``head`` is the separator that ends the record before, the leader and the directory. The answer has
    the first characters of all tags, then the second ones, then the third ones.
    """
    unpack = _starts_in(len(head))
    if unpack is None or head[0] != _RECORD_END or not head[1:6].isdigit():
        return None
    starts = list(unpack(head))
    if starts != sorted(starts):
        return None
    return head[_FIRST_ENTRY::ENTRY_LENGTH] + head[_SECOND::ENTRY_LENGTH] + head[_THIRD::ENTRY_LENGTH]


@lru_cache(maxsize=1024)
def _starts_in(length: int) -> Callable[[bytes], tuple[bytes, ...]] | None:
    """What takes the starts out of a head of this length; None where no head is so long."""
    count, over = divmod(length - _FIRST_ENTRY, ENTRY_LENGTH)
    return None if over or count < 1 else Struct(f"{_FIRST_ENTRY}x" + "7x5s" * count).unpack
