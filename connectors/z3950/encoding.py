"""Protocol units to bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from connectors.z3950 import ber_writing as write
from connectors.z3950 import control, oids
from connectors.z3950.apdu import (
    Apdu,
    Close,
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
    SortRequest,
    SortResponse,
)
from connectors.z3950.ber import (
    EXTERNAL,
    GENERAL_STRING,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    VISIBLE_STRING,
    context,
)
from connectors.z3950.character_sets import encode_proposal, encode_selection
from connectors.z3950.composition import SIMPLE, encode_composition, encode_element_set
from connectors.z3950.records_codec import encode_diagnostic, encode_records, encode_slot
from connectors.z3950.rpn import CqlQuery, RpnQuery
from connectors.z3950.rpn_codec import encode_query, encode_term
from connectors.z3950.sorting import encode_sort_request, encode_sort_response

_OPTION_BITS: Final = 22
_VERSIONS: Final = (0, 1, 2)  # versions 1, 2 and 3
#: User information format user-information-format-1 carries a message that people can read.
_DATABASE: Final = context(105)


def encode(apdu: Apdu) -> bytes:
    """The bytes of one protocol unit."""
    return _ENCODERS[type(apdu)](apdu)


def _reference(apdu: Apdu) -> bytes:
    return write.octets(context(2), apdu.reference_id)


def _databases(names: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(write.text(_DATABASE, name) for name in names)


def _init_request(apdu: InitRequest) -> bytes:
    return write.constructed(
        context(20),
        _reference(apdu),
        write.bits(context(3), _VERSIONS, 3),
        write.bits(context(4), apdu.options, _OPTION_BITS),
        write.integer(context(5), apdu.preferred_message_size),
        write.integer(context(6), apdu.exceptional_record_size),
        _credentials(apdu.credentials),
        write.text(context(111), apdu.implementation_name),
        encode_proposal(apdu.proposed),
    )


def _credentials(credentials: Credentials | None) -> bytes:
    if credentials is None:
        return b""
    if credentials.anonymous:
        return write.constructed(context(7), write.primitive(NULL, b""))
    if credentials.open is not None:
        return write.constructed(context(7), write.text(VISIBLE_STRING, credentials.open))
    parts = (
        write.text(context(0), credentials.group),
        write.text(context(1), credentials.user),
        write.text(context(2), credentials.password),
    )
    return write.constructed(context(7), write.constructed(SEQUENCE, *parts))


def _init_response(apdu: InitResponse) -> bytes:
    message = b""
    if apdu.message:
        text = write.constructed(context(0), write.text(GENERAL_STRING, apdu.message))
        sutrs = write.oid(OBJECT_IDENTIFIER, oids.SUTRS)
        message = write.constructed(context(11), write.constructed(EXTERNAL, sutrs, text))
    return write.constructed(
        context(21),
        _reference(apdu),
        write.bits(context(3), _VERSIONS, 3),
        write.bits(context(4), apdu.options, _OPTION_BITS),
        write.integer(context(5), apdu.preferred_message_size),
        write.integer(context(6), apdu.exceptional_record_size),
        write.boolean(context(12), apdu.result),
        write.text(context(111), apdu.implementation_name),
        write.text(context(112), apdu.implementation_version),
        message,
        encode_selection(apdu.selected),
    )


def _search_request(apdu: SearchRequest) -> bytes:
    return write.constructed(
        context(22),
        _reference(apdu),
        write.integer(context(13), apdu.small_set_upper_bound),
        write.integer(context(14), apdu.large_set_lower_bound),
        write.integer(context(15), apdu.medium_set_present_number),
        write.boolean(context(16), apdu.replace),
        write.text(context(17), apdu.result_set),
        write.constructed(context(18), *_databases(apdu.databases)),
        encode_element_set(context(100), apdu.small_set_element_set),
        encode_element_set(context(101), apdu.medium_set_element_set),
        write.oid(context(104), apdu.syntax),
        write.constructed(context(21), _query(apdu.query)),
    )


def _query(query: RpnQuery | CqlQuery) -> bytes:
    if isinstance(query, RpnQuery):
        return encode_query(context(1), query)
    text = write.constructed(context(0), write.text(GENERAL_STRING, query.text))
    return write.constructed(context(104), write.oid(OBJECT_IDENTIFIER, oids.CQL), text)


def _search_response(apdu: SearchResponse) -> bytes:
    return write.constructed(
        context(23),
        _reference(apdu),
        write.integer(context(23), apdu.result_count),
        write.integer(context(24), apdu.number_returned),
        write.integer(context(25), apdu.next_position),
        write.boolean(context(22), apdu.search_status),
        write.integer(context(26), apdu.result_set_status),
        write.integer(context(27), apdu.present_status),
        encode_records(apdu.records, apdu.diagnostics),
    )


def _present_request(apdu: PresentRequest) -> bytes:
    return write.constructed(
        context(24),
        _reference(apdu),
        write.text(context(31), apdu.result_set),
        write.integer(context(30), apdu.start),
        write.integer(context(29), apdu.count),
        write.constructed(context(212), *map(_range, apdu.ranges)) if apdu.ranges else b"",
        encode_element_set(SIMPLE, apdu.element_set),
        encode_composition(apdu.composition),
        write.oid(context(104), apdu.syntax),
        write.integer(context(204), apdu.max_segment_count),
        write.integer(context(206), apdu.max_record_size),
        write.integer(context(207), apdu.max_segment_size),
    )


def _range(one: tuple[int, int]) -> bytes:
    start, count = one
    return write.constructed(SEQUENCE, write.integer(context(1), start), write.integer(context(2), count))


def _present_response(apdu: PresentResponse) -> bytes:
    return write.constructed(
        context(25),
        _reference(apdu),
        write.integer(context(24), len(apdu.records)),
        write.integer(context(25), apdu.next_position),
        write.integer(context(27), apdu.present_status),
        encode_records(apdu.records, apdu.diagnostics),
    )


def _segment(apdu: Segment) -> bytes:
    return write.constructed(
        context(45),
        _reference(apdu),
        write.integer(context(24), len(apdu.records)),
        write.constructed(context(0), *(encode_slot(slot) for slot in apdu.records)),
    )


def _scan_request(apdu: ScanRequest) -> bytes:
    return write.constructed(
        context(35),
        _reference(apdu),
        write.constructed(context(3), *_databases(apdu.databases)),
        write.oid(OBJECT_IDENTIFIER, apdu.attribute_set),
        encode_term(apdu.term),
        write.integer(context(5), apdu.step_size),
        write.integer(context(6), apdu.number_of_terms),
        write.integer(context(7), apdu.preferred_position),
    )


def _scan_response(apdu: ScanResponse) -> bytes:
    entries = write.constructed(context(1), *map(_scan_entry, apdu.entries)) if apdu.entries else b""
    refusals = b""
    if apdu.diagnostics:
        refusals = write.constructed(context(2), *map(encode_diagnostic, apdu.diagnostics))
    return write.constructed(
        context(36),
        _reference(apdu),
        write.integer(context(3), apdu.step_size),
        write.integer(context(4), apdu.status),
        write.integer(context(5), len(apdu.entries)),
        write.integer(context(6), apdu.position),
        write.constructed(context(7), entries, refusals),
    )


def _scan_entry(entry: ScanEntry) -> bytes:
    return write.constructed(
        context(1), write.octets(context(45), entry.term), write.integer(context(2), entry.occurrences)
    )


def _delete_request(apdu: DeleteResultSetRequest) -> bytes:
    names = b""
    if apdu.result_sets:
        names = write.constructed(SEQUENCE, *(write.text(context(31), name) for name in apdu.result_sets))
    function = 0 if apdu.result_sets else 1
    return write.constructed(context(26), _reference(apdu), write.integer(context(32), function), names)


def _delete_response(apdu: DeleteResultSetResponse) -> bytes:
    listed = b""
    if apdu.statuses:
        listed = write.constructed(context(1), *map(_deleted, apdu.statuses))
    return write.constructed(context(27), _reference(apdu), write.integer(context(0), apdu.status), listed)


def _deleted(one: tuple[str, int]) -> bytes:
    name, status = one
    return write.constructed(SEQUENCE, write.text(context(31), name), write.integer(context(33), status))


def _close(apdu: Close) -> bytes:
    return write.constructed(
        context(48),
        _reference(apdu),
        write.integer(context(211), apdu.reason),
        write.text(context(3), apdu.message or None),
    )


#: One writer per unit; the values are functions of that very unit, which the type of a table cannot say.
_ENCODERS: Final[Mapping[type[object], Callable[[Any], bytes]]] = {
    InitRequest: _init_request,
    InitResponse: _init_response,
    SearchRequest: _search_request,
    SearchResponse: _search_response,
    PresentRequest: _present_request,
    PresentResponse: _present_response,
    Segment: _segment,
    ScanRequest: _scan_request,
    ScanResponse: _scan_response,
    DeleteResultSetRequest: _delete_request,
    DeleteResultSetResponse: _delete_response,
    SortRequest: encode_sort_request,
    SortResponse: encode_sort_response,
    control.AccessControlRequest: control.encode_access_request,
    control.AccessControlResponse: control.encode_access_response,
    control.ResourceControlRequest: control.encode_resource_request,
    control.ResourceControlResponse: control.encode_resource_response,
    control.TriggerResourceControl: control.encode_trigger,
    control.ResourceReportRequest: control.encode_report_request,
    control.ResourceReportResponse: control.encode_report_response,
    Close: _close,
}
