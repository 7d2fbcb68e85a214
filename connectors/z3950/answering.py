"""The server side of an association, without I/O: a protocol unit in, protocol units out.

Owns: the order a client must keep, limits, diagnostics.
Must not: know the network, or how a catalogue finds records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from connectors.serving import ServedCatalogue, ServedRecord
from connectors.z3950 import apdu
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    Credentials,
    DeleteResultSetRequest,
    DiagnosticRecord,
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
)
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.control import ResourceReportRequest, ResourceReportResponse, TriggerResourceControl
from connectors.z3950.opac import Holdings
from connectors.z3950.result_sets import ResultSets
from connectors.z3950.retrieving import RECORD_TOO_LARGE, Wish, fitting, positions, slots, wish
from connectors.z3950.searching import NO_SUCH_SET, Refused, evaluate, scanned_index
from connectors.z3950.segments import SegmentLimits, segmented

_PRESENT_OUT_OF_RANGE: Final = 13
_TOO_MANY_DATABASES: Final = 23
_NO_SUCH_DATABASE: Final = 109
_OPTIONS: Final = frozenset(
    {
        apdu.SEARCH,
        apdu.PRESENT,
        apdu.DELETE_SET,
        apdu.TRIGGER_RESOURCE_CONTROL,
        apdu.SCAN,
        apdu.SORT,
        apdu.WHOLE_RECORD_SEGMENTS,
        apdu.FRAGMENT_SEGMENTS,
        apdu.NAMED_RESULT_SETS,
        apdu.QUERY_TYPE_104,
    }
)
_CHARACTER_SET: Final = "utf-8"
_STATUS_PARTIAL_SIZE: Final = 2  # the message would become too large
_STATUS_FAILURE: Final = 5
_SMALLEST_SEGMENT: Final = 1024


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one client may use."""

    result_sets: int = 64
    hits_kept: int = 2_000_000  #: in all result sets together
    records_per_present: int = 1_000
    message_size: int = 4 * 1024 * 1024  #: bytes of records in one answer
    scan_terms: int = 1_000
    max_hits: int | None = None  #: larger results are cut and called a subset


DEFAULT_LIMITS: Final = ServerLimits()

#: Whether somebody may come in, by what was said of who it is.
Admits = Callable[[Credentials | None], bool]


class ServerSession:
    """One client's association. After it answers with ``Close`` the connection is to be closed."""

    def __init__(
        self,
        catalogue: ServedCatalogue,
        limits: ServerLimits = DEFAULT_LIMITS,
        *,
        admits: Admits | None = None,
        holdings: Holdings | None = None,
    ) -> None:
        """``admits`` judges who asks, by default everybody; ``holdings`` lets OPAC records be served."""
        self._catalogue = catalogue
        self._limits = limits
        self._admits = admits
        self._holdings = holdings
        self._open = False
        self._granted: frozenset[int] = frozenset()
        self._message_size = limits.message_size
        self._record_size = 0
        self._sets = ResultSets(limits.result_sets, limits.hits_kept)

    def receive(self, unit: Apdu) -> tuple[Apdu, ...]:
        """The answer to one unit, with segments ahead of it where the client takes them."""
        match unit:
            case InitRequest():
                return self._initialise(unit)
            case Close():
                return (Close(CloseReason.FINISHED, reference_id=unit.reference_id),)
            case _ if not self._open:
                return (Close(CloseReason.PROTOCOL_ERROR, "an association begins with Init"),)
            case PresentRequest():
                return self._present(unit)
            case TriggerResourceControl():
                return ()  # What it is about has been answered already, and it has no answer of its own.
            case _:
                return (self._answer(unit),)

    def _answer(self, unit: Apdu) -> Apdu:
        match unit:
            case SearchRequest():
                return self._search(unit)
            case ScanRequest():
                return self._scan(unit)
            case SortRequest():
                return self._sets.sort(unit, self._catalogue)
            case DeleteResultSetRequest():
                return self._sets.delete(unit)
            case ResourceReportRequest():
                return ResourceReportResponse(reference_id=unit.reference_id)
            case _:
                return Close(CloseReason.PROTOCOL_ERROR, f"{type(unit).__name__} is not for a server")

    def _initialise(self, request: InitRequest) -> tuple[Apdu, ...]:
        if self._open:
            return (Close(CloseReason.PROTOCOL_ERROR, "the association is open already"),)
        if self._admits is not None and not self._admits(request.credentials):
            refusal = InitResponse(
                result=False, message="authentication failed", reference_id=request.reference_id
            )
            return refusal, Close(CloseReason.SECURITY_VIOLATION)
        self._open = True
        self._granted = _OPTIONS & request.options
        selected = None
        if request.proposed is not None and _CHARACTER_SET in request.proposed.names:
            self._granted |= {apdu.NEGOTIATION}
            # Records come in the encoding that their member wrote them in.
            selected = CharacterSets((_CHARACTER_SET,), request.proposed.languages[:1], in_records=False)
        if request.preferred_message_size > 0:
            self._message_size = min(self._message_size, request.preferred_message_size)
        self._record_size = max(request.preferred_message_size, request.exceptional_record_size, 0)
        answer = InitResponse(
            result=True,
            options=self._granted,
            preferred_message_size=self._message_size,
            exceptional_record_size=max(self._message_size, request.exceptional_record_size),
            implementation_name="Tongjie",
            reference_id=request.reference_id,
            selected=selected,
        )
        return (answer,)

    def _search(self, request: SearchRequest) -> SearchResponse:
        try:
            found, status = self._result(request)
        except Refused as refused:
            return SearchResponse(
                0,
                search_status=False,
                result_set_status=apdu.ResultSetStatus.NONE,
                diagnostics=(refused.diagnostic,),
                reference_id=request.reference_id,
            )
        count = _at_once(request, len(found))
        small = len(found) <= request.small_set_upper_bound
        element_set = request.small_set_element_set if small else request.medium_set_element_set
        how = Wish(request.syntax or Wish().syntax, element_set, self._record_size)
        records = fitting(self._slots(found[:count], how), self._message_size)
        return SearchResponse(
            len(found),
            search_status=True,
            result_set_status=status,
            number_returned=len(records),
            next_position=len(records) + 1 if len(records) < len(found) else 0,
            present_status=_status(len(records), count) if count else None,
            records=records,
            reference_id=request.reference_id,
        )

    def _result(self, request: SearchRequest) -> tuple[tuple[ServedRecord, ...], int | None]:
        """What was found, now kept under its name, and the status of a set that is not all of it."""
        self._check_databases(request.databases)
        if not request.replace:
            self._sets.refuse_taken(request.result_set)
        found, status = evaluate(request.query, self._catalogue, self._sets), None
        if self._limits.max_hits is not None and len(found) > self._limits.max_hits:
            found, status = found[: self._limits.max_hits], apdu.ResultSetStatus.SUBSET
        self._sets.keep(request.result_set, found)
        return found, status

    def _check_databases(self, names: tuple[str, ...]) -> None:
        if len(names) != 1:
            raise Refused(_TOO_MANY_DATABASES, "1")
        if names[0].casefold() not in (self._catalogue.name.casefold(), "default"):
            raise Refused(_NO_SUCH_DATABASE, names[0])

    def _slots(self, records: tuple[ServedRecord, ...], how: Wish) -> list[apdu.Slot]:
        records = records[: self._limits.records_per_present]
        return slots(records, how, self._catalogue.name, self._holdings)

    def _present(self, request: PresentRequest) -> tuple[Apdu, ...]:
        found = self._sets.get(request.result_set)
        wanted = positions(request, len(found)) if found is not None else None
        if found is None or wanted is None:
            detail = request.result_set if found is None else f"{request.start}+{request.count}"
            refusal = DiagnosticRecord(NO_SUCH_SET if found is None else _PRESENT_OUT_OF_RANGE, detail)
            answer = PresentResponse((), _STATUS_FAILURE, diagnostics=(refusal,))
            return (replace(answer, reference_id=request.reference_id),)
        asked = sum(map(len, wanted))
        places = islice(chain.from_iterable(wanted), self._limits.records_per_present)
        largest = 0 if apdu.FRAGMENT_SEGMENTS in self._granted else self._record_size
        retrieved = self._slots(tuple(found[place] for place in places), wish(request, largest))
        *ahead, last = self._segments(request, retrieved)
        delivered = sum(map(_records_ended, (*ahead, last)))
        following = request.start + delivered
        answer = PresentResponse(
            last,
            _status(delivered, asked),
            following if following <= len(found) else 0,
            reference_id=request.reference_id,
        )
        return *(Segment(parts, request.reference_id) for parts in ahead), answer

    def _segments(self, request: PresentRequest, found: list[apdu.Slot]) -> list[tuple[apdu.Part, ...]]:
        """The records as they are sent: in segments where they were agreed on, else as many as one holds."""
        divide = apdu.FRAGMENT_SEGMENTS in self._granted
        if not divide and apdu.WHOLE_RECORD_SEGMENTS not in self._granted:
            return [fitting(found, self._message_size)]
        size = min(request.max_segment_size or self._message_size, self._message_size)
        limits = SegmentLimits(max(size, _SMALLEST_SEGMENT), divide, request.max_segment_count)
        segments = segmented(found, limits)
        if found and not segments[0]:
            # As many segments as were allowed do not hold the first record.
            return [(DiagnosticRecord(RECORD_TOO_LARGE),)]
        return segments

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


def _at_once(request: SearchRequest, hits: int) -> int:
    """How many records the answer to a search brings along (3.2.2.1.6)."""
    if hits <= request.small_set_upper_bound:
        return hits
    if hits >= request.large_set_lower_bound:
        return 0
    return min(hits, max(request.medium_set_present_number, 0))


def _status(delivered: int, wanted: int) -> int:
    return 0 if delivered == wanted else _STATUS_PARTIAL_SIZE


def _records_ended(parts: tuple[apdu.Part, ...]) -> int:
    """How many records are whole with these parts."""
    return sum(not isinstance(one, apdu.Fragment) or one.place is apdu.Place.FINAL for one in parts)
