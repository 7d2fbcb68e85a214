"""What a harvest needs of a record at once, without reading the rest: flavour, encoding and a few fields.

The whole record is read later, when it is matched; while it arrives it only has to be known that it can be.

Owns: telling of which records that is certain. Must not: answer otherwise than ``reading.read`` would; of a
record where anything is doubtful it says nothing, and whoever asked reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from connectors.marc.directory import tags_in_columns, tags_in_order
from connectors.marc.flavour import flavour_by_tags
from connectors.marc.iso2709 import ENTRY_LENGTH, FIELD_END, LEADER_LENGTH, RECORD_END
from connectors.marc.non_sorting import may_have_marks
from connectors.marc.xml_escapes import may_have_escapes
from hub.kernel.fields import DELIMITER
from hub.kernel.record import Flavour, Record, record_of

_END: Final = FIELD_END + RECORD_END
_NUL: Final = 0x00
_ESCAPE: Final = 0x1B
_SURE: Final = frozenset(("auto", "utf-8"))
_MOST_LAYOUTS: Final = 4096  #: lists of tags that are remembered; a catalogue repeats a few hundred


class Skimmed(NamedTuple):
    """Of a record that ``read`` would read: what it would say, the record with the wanted fields alone."""

    record: Record
    format: str
    encoding: str
    confidence: float


class _Layout(NamedTuple):
    flavour: Flavour
    tags: Sequence[str]  #: of the wanted fields
    places: Sequence[int]  #: which parts of the record they are, the leader and directory being the first


class Skim:
    """Skims records for the data fields with some tags."""

    def __init__(self, tags: Iterable[str], encoding: str = "auto") -> None:
        """``encoding`` as ``read`` takes it; in those other than utf-8 nothing is skimmed."""
        self._tags = frozenset(tags)
        self._encoding = encoding
        self._layouts: dict[bytes, _Layout | None] = {}

    def of(self, raw: bytes) -> Skimmed | None:
        """What is certain of the record; None where it has to be read."""
        if self._encoding not in _SURE or _NUL in raw or _ESCAPE in raw or may_have_marks(raw):
            return None
        if raw.find(RECORD_END) != len(raw) - 1 or not raw.endswith(_END) or may_have_escapes(raw):
            return None
        parts = raw.split(FIELD_END)
        head = parts[0]
        layout = self._layout(head, len(parts) - 2)
        is_ascii = raw.isascii()
        if layout is None or not (is_ascii or _is_utf8(raw)):
            return None
        texts = [parts[place].decode() for place in layout.places]
        if not all(map(_is_sound, texts)):
            return None
        record = record_of(head[:LEADER_LENGTH].decode(), layout.tags, texts, layout.flavour)
        certain = is_ascii or self._encoding != "auto"
        return Skimmed(record, layout.flavour.value, "utf-8", 1.0 if certain else 0.99)

    def _layout(self, head: bytes, fields: int) -> _Layout | None:
        """Of a record with an entry for each of its fields, in their order; None of any other."""
        columns = tags_in_order(RECORD_END + head)
        if columns is None or len(columns) != 3 * fields or not head.isascii():
            return None
        # Hardly any tag has letters; a letter in a number makes the entries doubtful.
        entries = head[LEADER_LENGTH:]
        if not entries.isdigit() and not (entries.isalnum() and _numbers(entries).isdigit()):
            return None
        if columns not in self._layouts:
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[columns] = self._found(columns)
        return self._layouts[columns]

    def _found(self, columns: bytes) -> _Layout | None:
        tags = tags_in_columns(columns.decode("ascii"))
        flavour = flavour_by_tags(tags) if tags else None
        if tags is None or flavour is None:
            return None
        places = [place for place, tag in enumerate(tags, start=1) if tag in self._tags]
        return _Layout(flavour, [tags[place - 1] for place in places], places)


def _numbers(entries: bytes) -> bytes:
    """The digits of all lengths and starts, column by column."""
    return b"".join([entries[column::ENTRY_LENGTH] for column in range(3, ENTRY_LENGTH)])


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_sound(text: str) -> bool:
    """Whether a data field has its indicators and a text in each of its subfields."""
    return text.find(DELIMITER) == 2 and DELIMITER * 2 not in text and not text.endswith(DELIMITER)
