"""Records and diagnostics on the wire (NamePlusRecord, DiagRec, EXTERNAL)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950 import oids
from connectors.z3950.alike import Alike, last_leaf
from connectors.z3950.apdu import DiagnosticRecord, Fragment, Part, Place, RetrievedRecord
from connectors.z3950.ber import (
    EXTERNAL,
    GENERAL_STRING,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    VISIBLE_STRING,
    Element,
    Malformed,
    context,
)

RESPONSE_RECORDS: Final = context(28)
NON_SURROGATE: Final = context(130)
MANY_NON_SURROGATES: Final = context(205)
_NAME: Final = context(0)
_RECORD: Final = context(1)
_RETRIEVED: Final = context(1)
_SURROGATE: Final = context(2)
_PLACES: Final = {context(place): place for place in Place}
_SINGLE_TYPE: Final = context(0)
_OCTET_ALIGNED: Final = context(1)


def encode_records(records: Iterable[Part], diagnostics: tuple[DiagnosticRecord, ...]) -> bytes:
    """The Records choice: diagnostics about the whole response, or the records, or nothing."""
    if len(diagnostics) == 1:
        return write.constructed(NON_SURROGATE, *_diagnostic_parts(diagnostics[0]))
    if diagnostics:
        return write.constructed(MANY_NON_SURROGATES, *(encode_diagnostic(one) for one in diagnostics))
    slots = [encode_slot(slot) for slot in records]
    return write.constructed(RESPONSE_RECORDS, *slots) if slots else b""


def encode_slot(slot: Part) -> bytes:
    """A record, the diagnostic in its place, or a fragment of it."""
    if isinstance(slot, Fragment):
        return _encode_fragment(slot)
    if isinstance(slot, DiagnosticRecord):
        choice = write.constructed(_SURROGATE, encode_diagnostic(slot))
        return write.constructed(SEQUENCE, write.constructed(_RECORD, choice))
    choice = write.constructed(_RETRIEVED, write.constructed(EXTERNAL, *external_parts(slot)))
    return write.constructed(SEQUENCE, write.text(_NAME, slot.database), write.constructed(_RECORD, choice))


def _encode_fragment(fragment: Fragment) -> bytes:
    content = write.octets(OCTET_STRING, fragment.content)
    if fragment.syntax is not None:
        aligned = write.octets(_OCTET_ALIGNED, fragment.content)
        content = write.constructed(EXTERNAL, write.oid(OBJECT_IDENTIFIER, fragment.syntax), aligned)
    choice = write.constructed(context(fragment.place), content)
    return write.constructed(
        SEQUENCE, write.text(_NAME, fragment.database), write.constructed(_RECORD, choice)
    )


def external_parts(record: RetrievedRecord) -> tuple[bytes, bytes]:
    """What an EXTERNAL with this record holds, its tag left to the caller."""
    if record.syntax == oids.SUTRS:
        content = write.constructed(_SINGLE_TYPE, write.octets(GENERAL_STRING, record.content))
    elif record.syntax == oids.OPAC:
        content = write.constructed(_SINGLE_TYPE, record.content)
    else:
        content = write.octets(_OCTET_ALIGNED, record.content)
    return write.oid(OBJECT_IDENTIFIER, record.syntax), content


def encode_diagnostic(diagnostic: DiagnosticRecord) -> bytes:
    """One diagnostic in the default format."""
    return write.constructed(SEQUENCE, *_diagnostic_parts(diagnostic))


def _diagnostic_parts(diagnostic: DiagnosticRecord) -> tuple[bytes, ...]:
    return (
        write.oid(OBJECT_IDENTIFIER, diagnostic.diagnostic_set),
        write.integer(INTEGER, diagnostic.condition),
        write.text(VISIBLE_STRING, diagnostic.addinfo),
    )


def decode_records(unit: Element) -> tuple[tuple[Part, ...], tuple[DiagnosticRecord, ...]]:
    """The records and the diagnostics about the whole response that a unit carries.

    Raises:
        Malformed: a record or diagnostic is not built as the standard says.
    """
    listed = unit.child(RESPONSE_RECORDS)
    if listed is not None:
        return tuple(decode_slots(listed)), ()
    one = unit.child(NON_SURROGATE)
    if one is not None:
        return (), (decode_diagnostic(one),)
    many = unit.child(MANY_NON_SURROGATES)
    return (), tuple(decode_diagnostic(child) for child in (many.children or () if many else ()))


def decode_slots(listed: Element) -> Iterator[Part]:
    """The records of a list. Where they are alike, what surrounds them is read once.

    Raises:
        Malformed: one is neither a whole record nor a diagnostic.
    """
    model: Element | None = None
    first: RetrievedRecord | None = None
    for child in listed.children or ():
        if isinstance(child, Alike):
            if child.model is not model:
                model, first = child.model, _record_in_leaf(child.model)
            if first is not None:
                yield RetrievedRecord(first.syntax, child.leaf, first.database)
                continue
        yield decode_slot(child)


def _record_in_leaf(element: Element) -> RetrievedRecord | None:
    """The record whose content is the last leaf of its element; None where it is something else."""
    slot = decode_slot(element)
    if not isinstance(slot, RetrievedRecord):
        return None
    return slot if _content(element.need(_RECORD).only().only()) is last_leaf(element) else None


def decode_slot(element: Element) -> Part:
    """What stands in one record's place.

    Raises:
        Malformed: it is neither a record, whole or in part, nor a diagnostic.
    """
    choice = element.need(_RECORD).only()
    held = choice.only()
    if choice.tag == _SURROGATE:
        return decode_diagnostic(held)
    named = element.child(_NAME)
    database = named.text() if named is not None else None
    if choice.tag == _RETRIEVED:
        if held.tag != EXTERNAL:
            raise Malformed("a record that is not EXTERNAL")
        return decode_external(held, database)
    place = _PLACES.get(choice.tag)
    if place is None:
        raise Malformed("neither a record nor a fragment nor a diagnostic")
    if held.tag != EXTERNAL:
        return Fragment(place, held.octets(), None, database)
    record = decode_external(held, database)
    return Fragment(place, record.content, record.syntax, database)


def decode_external(external: Element, database: str | None = None) -> RetrievedRecord:
    """The record that an EXTERNAL holds; one that is itself BER comes in its definite form.

    Raises:
        Malformed: it lacks its syntax or its content.
    """
    syntax = external.need(OBJECT_IDENTIFIER).oid()
    content = _content(external)
    octets = write.element(content) if content.tag == SEQUENCE else content.octets()
    return RetrievedRecord(syntax, octets, database)


def _content(external: Element) -> Element:
    aligned = external.child(_OCTET_ALIGNED)
    return external.need(_SINGLE_TYPE).only() if aligned is None else aligned


def decode_diagnostic(element: Element) -> DiagnosticRecord:
    """A diagnostic in the default format; one of another format keeps its kind as the detail.

    Raises:
        Malformed: it is not built as the standard says.
    """
    if element.tag == EXTERNAL:
        return DiagnosticRecord(0, "a diagnostic of another format", element.need(OBJECT_IDENTIFIER).oid())
    addinfo = element.child(VISIBLE_STRING) or element.child(GENERAL_STRING)
    diagnostic_set = element.child(OBJECT_IDENTIFIER)
    return DiagnosticRecord(
        element.need(INTEGER).integer(),
        addinfo.text() if addinfo is not None else "",
        diagnostic_set.oid() if diagnostic_set is not None else oids.BIB1_DIAGNOSTICS,
    )
