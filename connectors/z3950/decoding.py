"""Bytes to protocol units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from connectors.z3950 import ber, oids
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    Credentials,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    InitRequest,
    InitResponse,
    PresentRequest,
    PresentResponse,
    ScanEntry,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
    Segment,
)
from connectors.z3950.ber import (
    DEFAULT_LIMITS,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Element,
    Limits,
    Malformed,
    context,
)
from connectors.z3950.character_sets import decode_proposal, decode_selection
from connectors.z3950.composition import COMPLEX, SIMPLE, decode_composition, decode_element_set
from connectors.z3950.control import CONTROL_DECODERS
from connectors.z3950.framing import decode_element
from connectors.z3950.records_codec import decode_diagnostic, decode_external, decode_records, decode_slots
from connectors.z3950.rpn import CqlQuery, RpnQuery
from connectors.z3950.rpn_codec import UnsupportedQuery, decode_query, decode_term, decode_term_value
from connectors.z3950.sorting import SORT_REQUEST, SORT_RESPONSE, decode_sort_request, decode_sort_response

_QUERY_TYPE_UNSUPPORTED: Final = 107


def decode(data: bytes | Element, limits: Limits = DEFAULT_LIMITS) -> Apdu:
    """The protocol unit that these bytes, or the element that a ``Framer`` made of them, are.

    Raises:
        Malformed: not BER, not a unit known here, or not built as the standard says.
        UnsupportedQuery: a search, but of a kind that is not understood here.
    """
    unit = data if isinstance(data, Element) else decode_element(data, limits)
    decoder = _DECODERS.get(unit.tag)
    if decoder is None:
        raise Malformed(f"a unit of unknown kind {ber.describe(unit.tag)}")
    return decoder(unit)


def _integer(unit: Element, number: int, default: int) -> int:
    found = unit.child(context(number))
    return default if found is None else found.integer()


def _optional_integer(unit: Element, number: int) -> int | None:
    found = unit.child(context(number))
    return None if found is None else found.integer()


def _text(unit: Element, number: int, default: str = "") -> str:
    found = unit.child(context(number))
    return default if found is None else found.text()


def _boolean(unit: Element, number: int) -> bool:
    return unit.need(context(number)).boolean()


def _bits(unit: Element, number: int) -> frozenset[int]:
    found = unit.child(context(number))
    return frozenset() if found is None else found.bits()


def _oid(unit: Element, number: int) -> str | None:
    found = unit.child(context(number))
    return None if found is None else found.oid()


def _reference(unit: Element) -> bytes | None:
    found = unit.child(context(2))
    return None if found is None else found.octets()


def _databases(element: Element) -> tuple[str, ...]:
    return tuple(child.text() for child in element.children or ())


def _init_request(unit: Element) -> InitRequest:
    return InitRequest(
        credentials=_credentials(unit.child(context(7))),
        options=_bits(unit, 4),
        preferred_message_size=_integer(unit, 5, 0),
        exceptional_record_size=_integer(unit, 6, 0),
        implementation_name=_text(unit, 111),
        reference_id=_reference(unit),
        proposed=decode_proposal(unit),
    )


def _credentials(element: Element | None) -> Credentials | None:
    if element is None:
        return None
    choice = element.only()
    if choice.tag == NULL:
        return Credentials(anonymous=True)
    if choice.tag != SEQUENCE:
        return Credentials(open=choice.text())
    return Credentials(
        group=_text(choice, 0) or None, user=_text(choice, 1) or None, password=_text(choice, 2) or None
    )


def _init_response(unit: Element) -> InitResponse:
    message = unit.child(context(11))
    return InitResponse(
        result=_boolean(unit, 12),
        options=_bits(unit, 4),
        preferred_message_size=_integer(unit, 5, 0),
        exceptional_record_size=_integer(unit, 6, 0),
        implementation_name=_text(unit, 111),
        implementation_version=_text(unit, 112),
        message=_user_information(message) if message is not None else "",
        reference_id=_reference(unit),
        selected=decode_selection(unit),
    )


def _user_information(element: Element) -> str:
    """Whatever text a server gives as its reason; its format differs from server to server."""
    external = element.only()
    content = external.child(context(1)) or external.child(context(0))
    return "" if content is None else content.octets().decode("utf-8", "backslashreplace").strip()


def _search_request(unit: Element) -> SearchRequest:
    try:
        query = _query(unit.need(context(21)).only())
    except UnsupportedQuery as error:
        error.reference_id = _reference(unit)
        raise
    return SearchRequest(
        databases=_databases(unit.need(context(18))),
        query=query,
        result_set=_text(unit, 17, "default"),
        replace=_boolean(unit, 16),
        small_set_upper_bound=_integer(unit, 13, 0),
        large_set_lower_bound=_integer(unit, 14, 1),
        medium_set_present_number=_integer(unit, 15, 0),
        small_set_element_set=decode_element_set(unit.child(context(100))),
        medium_set_element_set=decode_element_set(unit.child(context(101))),
        syntax=_oid(unit, 104),
        reference_id=_reference(unit),
    )


def _query(query: Element) -> RpnQuery | CqlQuery:
    if query.tag in (context(1), context(101)):
        return decode_query(query)
    oid = query.child(OBJECT_IDENTIFIER) if query.tag == context(104) else None
    if oid is None or oid.oid() != oids.CQL:
        raise UnsupportedQuery(_QUERY_TYPE_UNSUPPORTED, ber.describe(query.tag))
    return CqlQuery(decode_external(query).content.decode("utf-8", "backslashreplace"))


def _search_response(unit: Element) -> SearchResponse:
    records, diagnostics = decode_records(unit)
    return SearchResponse(
        result_count=_integer(unit, 23, 0),
        search_status=_boolean(unit, 22),
        result_set_status=_optional_integer(unit, 26),
        number_returned=_integer(unit, 24, 0),
        next_position=_integer(unit, 25, 0),
        present_status=_optional_integer(unit, 27),
        records=records,
        diagnostics=diagnostics,
        reference_id=_reference(unit),
    )


def _present_request(unit: Element) -> PresentRequest:
    further = unit.child(context(212))
    return PresentRequest(
        start=unit.need(context(30)).integer(),
        count=unit.need(context(29)).integer(),
        result_set=_text(unit, 31, "default"),
        syntax=_oid(unit, 104),
        element_set=decode_element_set(unit.child(SIMPLE)),
        reference_id=_reference(unit),
        ranges=tuple(_range(one) for one in (further.children or ())) if further is not None else (),
        composition=decode_composition(unit.child(COMPLEX)),
        max_segment_count=_optional_integer(unit, 204),
        max_record_size=_optional_integer(unit, 206),
        max_segment_size=_optional_integer(unit, 207),
    )


def _range(element: Element) -> tuple[int, int]:
    return element.need(context(1)).integer(), element.need(context(2)).integer()


def _present_response(unit: Element) -> PresentResponse:
    records, diagnostics = decode_records(unit)
    return PresentResponse(
        records=records,
        present_status=_integer(unit, 27, 0),
        next_position=_integer(unit, 25, 0),
        diagnostics=diagnostics,
        reference_id=_reference(unit),
    )


def _segment(unit: Element) -> Segment:
    return Segment(tuple(decode_slots(unit.need(context(0)))), _reference(unit))


def _scan_request(unit: Element) -> ScanRequest:
    attribute_set = unit.child(OBJECT_IDENTIFIER)
    return ScanRequest(
        databases=_databases(unit.need(context(3))),
        term=decode_term(unit.need(context(102))),
        number_of_terms=unit.need(context(6)).integer(),
        preferred_position=_integer(unit, 7, 1),
        step_size=_integer(unit, 5, 0),
        attribute_set=attribute_set.oid() if attribute_set is not None else oids.BIB1_ATTRIBUTES,
        reference_id=_reference(unit),
    )


def _scan_response(unit: Element) -> ScanResponse:
    listed = unit.child(context(7))
    entries = listed.child(context(1)) if listed is not None else None
    refusals = listed.child(context(2)) if listed is not None else None
    return ScanResponse(
        entries=tuple(
            _scan_entry(child)
            for child in (entries.children or () if entries is not None else ())
            if child.tag == context(1)
        ),
        status=_integer(unit, 4, 0),
        position=_optional_integer(unit, 6),
        step_size=_integer(unit, 3, 0),
        diagnostics=tuple(
            decode_diagnostic(child) for child in (refusals.children or () if refusals is not None else ())
        ),
        reference_id=_reference(unit),
    )


def _scan_entry(element: Element) -> ScanEntry:
    if not element.children:
        raise Malformed("a scanned term without term")
    return ScanEntry(decode_term_value(element.children[0]), _optional_integer(element, 2))


def _delete_request(unit: Element) -> DeleteResultSetRequest:
    listed = unit.child(SEQUENCE)
    names = _databases(listed) if listed is not None else ()
    return DeleteResultSetRequest(names, _reference(unit))


def _delete_response(unit: Element) -> DeleteResultSetResponse:
    listed = unit.child(context(1))
    statuses = tuple(
        (one.need(context(31)).text(), one.need(context(33)).integer())
        for one in ((listed.children or ()) if listed is not None else ())
    )
    return DeleteResultSetResponse(_integer(unit, 0, 0), _reference(unit), statuses)


def _close(unit: Element) -> Close:
    return Close(_integer(unit, 211, CloseReason.UNSPECIFIED), _text(unit, 3), _reference(unit))


_DECODERS: Final[Mapping[int, Callable[[Element], Apdu]]] = {
    context(20): _init_request,
    context(21): _init_response,
    context(22): _search_request,
    context(23): _search_response,
    context(24): _present_request,
    context(25): _present_response,
    context(26): _delete_request,
    context(27): _delete_response,
    context(35): _scan_request,
    context(36): _scan_response,
    SORT_REQUEST: decode_sort_request,
    SORT_RESPONSE: decode_sort_response,
    context(45): _segment,
    context(48): _close,
    **CONTROL_DECODERS,
}
