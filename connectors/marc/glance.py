"""A few values of each record without reading the rest of it, many times as fast as reading.

Owns: going through plain records in one piece: ISO 2709 in UTF-8, with directories that agree with the
separators and nothing to mend.
Must not: answer otherwise than ``reading.read`` would; whatever is not plain is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from connectors.marc.directory import tags_in_order
from connectors.marc.files import read_file
from connectors.marc.iso2709 import FIELD_END, MAX_PIECE, PADDING, RECORD_END, SUBFIELD, split
from connectors.marc.non_sorting import may_have_marks, without_marks
from connectors.marc.reading import ReadRecord, read
from connectors.marc.xml_escapes import may_have_escapes

Values: TypeAlias = Sequence[str | None]

_BLOCK: Final = 1 << 16  #: bytes: small enough to stay close to the processor
_NEXT_RECORD: Final = re.compile(rb"[\r\n\t \x00\x1a\xef\xbb\xbf]*\d{5}")
_NUL: Final = 0x00
_ESCAPE: Final = 0x1B
_MARKED_CODE: Final = b"\x1f\xc2"  #: a non-sorting mark where a subfield's code should be
_MOST_LAYOUTS: Final = 4096  #: lists of tags that are remembered; a catalogue repeats a few hundred

#: for each place that the record has: which it is, the numbers of its fields, and what begins the subfield
_Positions: TypeAlias = Sequence[tuple[int, Sequence[int], bytes]]


class Glance:
    """The first value at each of a few places, such as ``("001", "")`` and ``("245", "a")``.

    A control field is asked for without a code, a data field with one; anything else is a ``ValueError``.
    """

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        self._places = tuple(places)
        for tag, code in self._places:
            if (tag[:2] == "00") != (code == ""):
                raise ValueError(f"no value is at {tag} {code!r}: control fields have no subfields")
        self._positions: dict[bytes, _Positions] = {}

    def values(self, raw: bytes) -> Values | None:
        """What ``read(raw).record.first`` says of each place; None where the record cannot be read.

        Some damage that makes ``read`` reject a record does not keep its values from being found.
        """
        plain = self._plain(raw)
        if plain is not None and len(plain) == 1:
            return plain[0]
        outcome = read(raw)
        if isinstance(outcome, ReadRecord):
            return [outcome.record.first(tag, code) for tag, code in self._places]
        return None

    def of_file(self, path: Path) -> Iterator[Values | None]:
        """The values of each piece that ``read_file`` would cut from the file. Raises ``OSError``."""
        with path.open("rb") as file:
            head = file.read(_BLOCK)
            if head.lstrip(PADDING)[:5].isdigit() and FIELD_END in head:
                file.seek(0)
                for block in _blocks(file):
                    plain = self._plain(block)
                    yield from plain if plain is not None else (self.values(raw) for raw, _ in split(block))
                return
        yield from map(self.values, read_file(path))

    def _plain(self, block: bytes) -> Sequence[Values] | None:
        """The values of each record in the block; None unless all of them are plain."""
        marked = may_have_marks(block)
        if not _is_plain_text(block) or (marked and _MARKED_CODE in block):
            return None
        parts = block.split(FIELD_END)
        parts[0] = RECORD_END + parts[0]
        found: list[list[str | None]] = []
        known = self._positions
        nothing: list[str | None] = [None] * len(self._places)
        at, last = 0, len(parts) - 1
        while at < last:
            tags = tags_in_order(parts[at])
            if tags is None:
                return None
            following = at + len(tags) // 3 + 1
            if following > last:
                return None
            values = nothing[:]
            if not _fill(values, parts, at, known.get(tags) or self._remember(tags)):
                return None
            found.append(values)
            at = following
        if marked:
            found = [[value and without_marks(value) for value in values] for values in found]
        # Each head began with the separator that ends the record before it; there must be no others.
        return found if parts[last] == RECORD_END and block.count(RECORD_END) == len(found) else None

    def _remember(self, tags: bytes) -> _Positions:
        """Where the fields of each place are in a record with these tags."""
        if len(self._positions) >= _MOST_LAYOUTS:
            self._positions.clear()
        count = len(tags) // 3
        fields = [tags[number::count].decode("ascii", "replace") for number in range(count)]
        self._positions[tags] = positions = [
            (
                place,
                tuple(number for number, field in enumerate(fields, start=1) if field == tag),
                SUBFIELD + code.encode() if code else b"",
            )
            for place, (tag, code) in enumerate(self._places)
            if tag in fields
        ]
        return positions


def _is_plain_text(block: bytes) -> bool:
    if (
        _NUL in block or _ESCAPE in block or may_have_escapes(block)
    ):  # NUL becomes a blank, and escapes are MARC-8
        return False
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fill(values: list[str | None], parts: Sequence[bytes], head: int, positions: _Positions) -> bool:
    """Set the first value at each place in the fields behind a record's head; False if one needs mending."""
    for place, numbers, begin in positions:
        for number in numbers:
            content = parts[head + number]
            if not begin:
                values[place] = content.replace(SUBFIELD, b" ").decode()
                break
            start = content.find(begin) + 2
            if start > 1:
                end = content.find(SUBFIELD, start)
                values[place] = (content[start:end] if end > 0 else content[start:]).decode()
                break
            if SUBFIELD not in content:
                return False
    return True


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file in blocks that end where a record ends, as far as that can be told."""
    rest = b""
    while chunk := file.read(_BLOCK):
        rest += chunk
        end = _last_beginning(rest) or (len(rest) if len(rest) > MAX_PIECE else 0)
        if end:
            yield rest[:end]
            rest = rest[end:]
    yield rest


def _last_beginning(data: bytes) -> int:
    """Where the last record begins whose first bytes are there; 0 when there is but one."""
    end = len(data)
    while (end := data.rfind(RECORD_END, 0, end)) > 0:
        if _NEXT_RECORD.match(data, end + 1):
            return end + 1
    return 0
