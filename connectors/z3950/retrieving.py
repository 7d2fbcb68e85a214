"""Records as a server delivers them: in the syntax and element set that were asked for, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.serving import ServedRecord
from connectors.z3950 import oids
from connectors.z3950.apdu import DiagnosticRecord, PresentRequest, RetrievedRecord, Slot
from connectors.z3950.opac import Holdings, OpacRecord, encode_opac

RECORD_TOO_LARGE: Final = 17
_NO_SUCH_ELEMENT_SET: Final = 25
_SYNTAX_NOT_AVAILABLE: Final = 238
_SYNTAX_NOT_SUPPORTED: Final = 239
_ELEMENT_SETS: Final = ("f", "b", "marcxml")


@dataclass(frozen=True, slots=True)
class Wish:
    """How records are wanted."""

    syntax: str = oids.USMARC
    element_set: str | None = None
    largest: int = 0  #: bytes of one record; 0 sets no limit


def wish(request: PresentRequest, largest: int) -> Wish:
    """What a Present asks for, whether simply or by a composition."""
    composition = request.composition
    syntax, element_set = request.syntax, request.element_set
    if composition is not None:
        syntax = syntax or next(iter(composition.syntaxes), None)
        element_set = composition.element_set
    return Wish(syntax or oids.USMARC, element_set, request.max_record_size or largest)


def positions(request: PresentRequest, hits: int) -> list[range] | None:
    """The positions that a Present asks for, counted from 0; None where one is not of the result set."""
    wanted: list[range] = []
    for start, count in ((request.start, request.count), *request.ranges):
        if count < 0 or (count and not 1 <= start <= start + count - 1 <= hits):
            return None
        wanted.append(range(start - 1, start - 1 + count))
    return wanted


def slots(records: Iterable[ServedRecord], how: Wish, database: str, holdings: Holdings | None) -> list[Slot]:
    """These records, each in its place or a diagnostic instead of it."""
    return [_slot(record, how, database, holdings) for record in records]


def fitting(found: Sequence[Slot], size: int) -> tuple[Slot, ...]:
    """As many of the first records as a message of this size takes, at least one."""
    taken = 0
    for number, slot in enumerate(found):
        taken += len(slot.content) if isinstance(slot, RetrievedRecord) else len(slot.addinfo)
        if number and taken > size:
            return tuple(found[:number])
    return tuple(found)


def _slot(record: ServedRecord, how: Wish, database: str, holdings: Holdings | None) -> Slot:
    if how.element_set is not None and how.element_set.casefold() not in _ELEMENT_SETS:
        return DiagnosticRecord(_NO_SUCH_ELEMENT_SET, how.element_set)
    content = _content(record, how.syntax, holdings)
    if isinstance(content, DiagnosticRecord):
        return content
    if how.largest and len(content) > how.largest:
        return DiagnosticRecord(RECORD_TOO_LARGE, str(len(content)))
    return RetrievedRecord(how.syntax, content, database)


def _content(record: ServedRecord, syntax: str, holdings: Holdings | None) -> bytes | DiagnosticRecord:
    if syntax in (oids.USMARC, oids.UNIMARC):
        return record.raw
    if syntax == oids.XML and record.marcxml is None:
        return DiagnosticRecord(_SYNTAX_NOT_AVAILABLE, oids.syntax_name(syntax))
    if syntax == oids.XML and record.marcxml is not None:
        return record.marcxml
    if syntax == oids.SUTRS:
        return _plain(record)
    if syntax == oids.OPAC and holdings is not None:
        return encode_opac(OpacRecord(record.raw, oids.USMARC, holdings(record.identifier)))
    return DiagnosticRecord(_SYNTAX_NOT_SUPPORTED, oids.syntax_name(syntax))


def _plain(record: ServedRecord) -> bytes:
    """The printable text of a record, one field a line."""
    fields = record.raw[record.raw.find(b"\x1e") + 1 :].split(b"\x1e")
    lines = (field.replace(b"\x1f", b" $").strip(b"\x1d") for field in fields)
    return b"\n".join(line for line in lines if line)
