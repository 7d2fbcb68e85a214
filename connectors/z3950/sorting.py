"""The Sort service on the wire: its units to bytes and back."""

from __future__ import annotations

from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950 import oids
from connectors.z3950.apdu import SortKey, SortRequest, SortResponse
from connectors.z3950.ber import (
    GENERAL_STRING,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Element,
    Malformed,
    context,
)
from connectors.z3950.records_codec import decode_diagnostic, encode_diagnostic
from connectors.z3950.rpn_codec import ATTRIBUTES, decode_attribute, encode_attribute

SORT_REQUEST: Final = context(43)
SORT_RESPONSE: Final = context(44)
_REFERENCE: Final = context(2)
_GENERIC: Final = context(1)
_FIELD: Final = context(0)
_BY_ATTRIBUTES: Final = context(2)
_RELATION: Final = context(1)
_CASE: Final = context(2)
_CASE_SENSITIVE: Final = 0


def encode_sort_request(unit: SortRequest) -> bytes:
    """To bytes."""
    return write.constructed(
        SORT_REQUEST,
        write.octets(_REFERENCE, unit.reference_id),
        write.constructed(context(3), *(write.text(GENERAL_STRING, name) for name in unit.inputs)),
        write.text(context(4), unit.result_set),
        write.constructed(context(5), *map(_encode_key, unit.keys)),
    )


def _encode_key(key: SortKey) -> bytes:
    if key.attributes:
        listed = write.constructed(ATTRIBUTES, *map(encode_attribute, key.attributes))
        element = write.constructed(_BY_ATTRIBUTES, write.oid(OBJECT_IDENTIFIER, key.attribute_set), listed)
    else:
        element = write.text(_FIELD, key.field)
    return write.constructed(
        SEQUENCE,
        write.constructed(_GENERIC, element),
        write.integer(_RELATION, key.relation),
        write.integer(_CASE, _CASE_SENSITIVE if key.case_sensitive else 1),
    )


def decode_sort_request(unit: Element) -> SortRequest:
    """From bytes.

    Raises:
        Malformed: it is not built as the standard says.
    """
    inputs = tuple(name.text() for name in unit.need(context(3)).children or ())
    keys = tuple(_decode_key(key) for key in unit.need(context(5)).children or ())
    reference = unit.child(_REFERENCE)
    return SortRequest(
        inputs, unit.need(context(4)).text(), keys, None if reference is None else reference.octets()
    )


def _decode_key(element: Element) -> SortKey:
    if not element.children:
        raise Malformed("a sort key without element")
    choice, relation, case = element.children[0], element.child(_RELATION), element.child(_CASE)
    if element.children[0] is relation:
        # The element and the relation share a tag; the element comes first, the relation holds a number.
        relation = next((one for one in element.children[1:] if one.tag == _RELATION), None)
    ascending = 0 if relation is None else relation.integer()
    sensitive = case is not None and case is not choice and case.integer() == _CASE_SENSITIVE
    if choice.tag != _GENERIC:
        return SortKey(relation=ascending, case_sensitive=sensitive)  # by rules of a single database
    key = choice.only()
    if key.tag == _BY_ATTRIBUTES:
        named = key.child(OBJECT_IDENTIFIER)
        attributes = tuple(decode_attribute(one) for one in key.need(ATTRIBUTES).children or ())
        attribute_set = oids.BIB1_ATTRIBUTES if named is None else named.oid()
        return SortKey("", attributes, attribute_set, ascending, sensitive)
    return SortKey(key.text() if key.tag == _FIELD else "", relation=ascending, case_sensitive=sensitive)


def encode_sort_response(unit: SortResponse) -> bytes:
    """To bytes."""
    refusals = b""
    if unit.diagnostics:
        refusals = write.constructed(context(5), *map(encode_diagnostic, unit.diagnostics))
    return write.constructed(
        SORT_RESPONSE,
        write.octets(_REFERENCE, unit.reference_id),
        write.integer(context(3), unit.status),
        write.integer(context(4), unit.result_set_status),
        refusals,
    )


def decode_sort_response(unit: Element) -> SortResponse:
    """From bytes.

    Raises:
        Malformed: it is not built as the standard says.
    """
    status, refusals = unit.child(context(4)), unit.child(context(5))
    reference = unit.child(_REFERENCE)
    return SortResponse(
        unit.need(context(3)).integer(),
        None if status is None else status.integer(),
        tuple(decode_diagnostic(one) for one in refusals.children or ()) if refusals is not None else (),
        None if reference is None else reference.octets(),
    )
