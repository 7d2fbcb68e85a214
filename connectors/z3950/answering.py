"""The server side of an association, without I/O: a protocol unit in, protocol units out.

Owns: the order a client must keep, result sets, limits, diagnostics.
Must not: know the network, or how a catalogue finds records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.serving import ServedCatalogue, ServedRecord
from connectors.z3950 import apdu, oids
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    DiagnosticRecord,
    InitRequest,
    InitResponse,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    ScanEntry,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
    Slot,
)
from connectors.z3950.searching import Refused, evaluate, scanned_index

_PRESENT_OUT_OF_RANGE: Final = 13
_SET_EXISTS: Final = 21
_NO_SUCH_SET: Final = 30
_TOO_MANY_DATABASES: Final = 23
_NO_SUCH_DATABASE: Final = 109
_NO_SUCH_ELEMENT_SET: Final = 25
_SYNTAX_NOT_AVAILABLE: Final = 238
_SYNTAX_NOT_SUPPORTED: Final = 239
_RESOURCES: Final = 31
_OPTIONS: Final = frozenset({apdu.SEARCH, apdu.PRESENT, apdu.DELETE_SET, apdu.SCAN, apdu.NAMED_RESULT_SETS})
_STATUS_PARTIAL_SIZE: Final = 2  # the message would become too large


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one client may use."""

    result_sets: int = 64
    records_per_present: int = 1_000
    message_size: int = 4 * 1024 * 1024  #: bytes of records in one answer
    scan_terms: int = 1_000
    max_hits: int | None = None  #: larger results are cut and called a subset


DEFAULT_LIMITS: Final = ServerLimits()


class ServerSession:
    """One client's association. After it answers with ``Close`` the connection is to be closed."""

    def __init__(self, catalogue: ServedCatalogue, limits: ServerLimits = DEFAULT_LIMITS) -> None:
        self._catalogue = catalogue
        self._limits = limits
        self._open = False
        self._message_size = limits.message_size
        self._sets: dict[str, tuple[ServedRecord, ...]] = {}

    def receive(self, unit: Apdu) -> Apdu:
        """The answer to one unit."""
        match unit:
            case InitRequest():
                return self._initialise(unit)
            case Close():
                return Close(CloseReason.FINISHED, reference_id=unit.reference_id)
            case _ if not self._open:
                return Close(CloseReason.PROTOCOL_ERROR, "an association begins with Init")
            case SearchRequest():
                return self._search(unit)
            case PresentRequest():
                return self._present(unit)
            case ScanRequest():
                return self._scan(unit)
            case DeleteResultSetRequest():
                return self._delete(unit)
            case _:
                return Close(CloseReason.PROTOCOL_ERROR, f"{type(unit).__name__} is not for a server")

    def _initialise(self, request: InitRequest) -> Apdu:
        if self._open:
            return Close(CloseReason.PROTOCOL_ERROR, "the association is open already")
        self._open = True
        if request.preferred_message_size > 0:
            self._message_size = min(self._message_size, request.preferred_message_size)
        return InitResponse(
            result=True,
            options=_OPTIONS & request.options,
            preferred_message_size=self._message_size,
            exceptional_record_size=max(self._message_size, request.exceptional_record_size),
            implementation_name="Tongjie",
            reference_id=request.reference_id,
        )

    def _search(self, request: SearchRequest) -> Apdu:
        try:
            found = self._result(request)
        except Refused as refused:
            return SearchResponse(
                0,
                search_status=False,
                result_set_status=apdu.ResultSetStatus.NONE,
                diagnostics=(refused.diagnostic,),
                reference_id=request.reference_id,
            )
        status = None
        if self._limits.max_hits is not None and len(found) > self._limits.max_hits:
            found, status = found[: self._limits.max_hits], apdu.ResultSetStatus.SUBSET
        self._sets[request.result_set] = found
        count = _at_once(request, len(found))
        small = len(found) <= request.small_set_upper_bound
        element_set = request.small_set_element_set if small else request.medium_set_element_set
        slots = self._slots(found[:count], request.syntax, element_set)
        return SearchResponse(
            result_count=len(found),
            search_status=True,
            result_set_status=status,
            number_returned=len(slots),
            next_position=len(slots) + 1 if len(slots) < len(found) else 0,
            present_status=_status(len(slots), count) if count else None,
            records=slots,
            reference_id=request.reference_id,
        )

    def _result(self, request: SearchRequest) -> tuple[ServedRecord, ...]:
        self._check_databases(request.databases)
        if request.result_set in self._sets:
            if not request.replace:
                raise Refused(_SET_EXISTS, request.result_set)
        elif len(self._sets) >= self._limits.result_sets:
            raise Refused(_RESOURCES, "result sets")
        return evaluate(request.query, self._catalogue, self._sets)

    def _check_databases(self, names: tuple[str, ...]) -> None:
        if len(names) != 1:
            raise Refused(_TOO_MANY_DATABASES, "1")
        if names[0].casefold() not in (self._catalogue.name.casefold(), "default"):
            raise Refused(_NO_SUCH_DATABASE, names[0])

    def _present(self, request: PresentRequest) -> PresentResponse:
        found = self._sets.get(request.result_set)
        first, last = request.start, request.start + request.count - 1
        refusal = None
        if found is None:
            refusal = DiagnosticRecord(_NO_SUCH_SET, request.result_set)
        elif request.count < 0 or (request.count and not 1 <= first <= last <= len(found)):
            refusal = DiagnosticRecord(_PRESENT_OUT_OF_RANGE, f"{first}-{last}")
        if found is None or refusal is not None:
            refusals = (refusal,) if refusal is not None else ()
            return PresentResponse((), 5, diagnostics=refusals, reference_id=request.reference_id)
        slots = self._slots(found[first - 1 : last], request.syntax, request.element_set)
        following = first + len(slots)
        return PresentResponse(
            slots,
            _status(len(slots), request.count),
            following if following <= len(found) else 0,
            reference_id=request.reference_id,
        )

    def _slots(
        self, records: tuple[ServedRecord, ...], syntax: str | None, element_set: str | None
    ) -> tuple[Slot, ...]:
        """As many of these records as one message takes, at least one of them."""
        slots: list[Slot] = []
        size = 0
        for record in records[: self._limits.records_per_present]:
            slot = self._slot(record, syntax or oids.USMARC, element_set)
            size += len(slot.content) if isinstance(slot, RetrievedRecord) else len(slot.addinfo)
            if slots and size > self._message_size:
                break
            slots.append(slot)
        return tuple(slots)

    def _slot(self, record: ServedRecord, syntax: str, element_set: str | None) -> Slot:
        if element_set is not None and element_set.casefold() not in ("f", "b", "marcxml"):
            return DiagnosticRecord(_NO_SUCH_ELEMENT_SET, element_set)
        if syntax in (oids.USMARC, oids.UNIMARC):
            return RetrievedRecord(syntax, record.raw, self._catalogue.name)
        if syntax == oids.XML:
            if record.marcxml is None:
                return DiagnosticRecord(_SYNTAX_NOT_AVAILABLE, oids.syntax_name(syntax))
            return RetrievedRecord(syntax, record.marcxml, self._catalogue.name)
        if syntax == oids.SUTRS:
            return RetrievedRecord(syntax, _plain(record), self._catalogue.name)
        return DiagnosticRecord(_SYNTAX_NOT_SUPPORTED, oids.syntax_name(syntax))

    def _scan(self, request: ScanRequest) -> ScanResponse:
        try:
            self._check_databases(request.databases)
            index, start = scanned_index(request.term)
        except Refused as refused:
            return ScanResponse((), 6, diagnostics=(refused.diagnostic,), reference_id=request.reference_id)
        wanted = min(max(request.number_of_terms, 0), self._limits.scan_terms)
        before = min(max(request.preferred_position - 1, 0), wanted)
        terms = self._catalogue.scan(index, start, wanted, before)
        entries = tuple(ScanEntry(term.encode(), number) for term, number in terms)
        return ScanResponse(
            entries,
            0 if len(entries) == request.number_of_terms else 5,
            position=before + 1,
            reference_id=request.reference_id,
        )

    def _delete(self, request: DeleteResultSetRequest) -> DeleteResultSetResponse:
        names = request.result_sets or tuple(self._sets)
        missing = [name for name in names if self._sets.pop(name, None) is None]
        return DeleteResultSetResponse(1 if missing else 0, request.reference_id)


def _at_once(request: SearchRequest, hits: int) -> int:
    """How many records the answer to a search brings along (3.2.2.1.6)."""
    if hits <= request.small_set_upper_bound:
        return hits
    if hits >= request.large_set_lower_bound:
        return 0
    return min(hits, max(request.medium_set_present_number, 0))


def _status(delivered: int, wanted: int) -> int:
    return 0 if delivered == wanted else _STATUS_PARTIAL_SIZE


def _plain(record: ServedRecord) -> bytes:
    """The printable text of a record, one field a line."""
    fields = record.raw[record.raw.find(b"\x1e") + 1 :].split(b"\x1e")
    lines = (field.replace(b"\x1f", b" $").strip(b"\x1d") for field in fields)
    return b"\n".join(line for line in lines if line)
