"""The protocol units (APDUs) of Z39.50 version 3 as values; field names follow the standard.

Owns: what each unit says. Must not: know bytes (``encoding`` and ``decoding`` do).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from connectors.z3950 import oids
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.composition import Composition
from connectors.z3950.control import Control
from connectors.z3950.rpn import Attribute, CqlQuery, RpnQuery, Term

SEARCH: Final = 0
PRESENT: Final = 1
DELETE_SET: Final = 2
TRIGGER_RESOURCE_CONTROL: Final = 4
SCAN: Final = 7
SORT: Final = 8
WHOLE_RECORD_SEGMENTS: Final = 11  # level 1: a record is never divided
FRAGMENT_SEGMENTS: Final = 12  # level 2: a record may be divided
NAMED_RESULT_SETS: Final = 14
NEGOTIATION: Final = 17
QUERY_TYPE_104: Final = 19


class ResultSetStatus(IntEnum):
    """What the result count means when it is not the number of records found."""

    SUBSET = 1
    INTERIM = 2
    NONE = 3
    ESTIMATE = 4


class CloseReason(IntEnum):
    """Why an association ends (3.2.11.1.1)."""

    FINISHED = 0
    SHUTDOWN = 1
    SYSTEM_PROBLEM = 2
    COST_LIMIT = 3
    RESOURCES = 4
    SECURITY_VIOLATION = 5
    PROTOCOL_ERROR = 6
    LACK_OF_ACTIVITY = 7
    PEER_ABORT = 8
    UNSPECIFIED = 9


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to sign in: one open string, or group, user and password, or expressly as nobody."""

    open: str | None = None
    group: str | None = None
    user: str | None = None
    password: str | None = None
    anonymous: bool = False

    def __repr__(self) -> str:
        """Without the secrets."""
        return "Credentials(...)"


@dataclass(frozen=True, slots=True)
class InitRequest:
    """Opens the association."""

    credentials: Credentials | None = None
    options: frozenset[int] = frozenset({SEARCH, PRESENT, DELETE_SET, SCAN, SORT, NAMED_RESULT_SETS})
    preferred_message_size: int = 16 * 1024 * 1024
    exceptional_record_size: int = 16 * 1024 * 1024
    implementation_name: str = "Tongjie"
    reference_id: bytes | None = None
    proposed: CharacterSets | None = None


@dataclass(frozen=True, slots=True)
class InitResponse:
    """Grants or refuses the association."""

    result: bool
    options: frozenset[int] = frozenset()
    preferred_message_size: int = 16 * 1024 * 1024
    exceptional_record_size: int = 16 * 1024 * 1024
    implementation_name: str = ""
    implementation_version: str = ""
    message: str = ""
    reference_id: bytes | None = None
    selected: CharacterSets | None = None


@dataclass(frozen=True, slots=True)
class DiagnosticRecord:
    """A refusal: number ``condition`` of a diagnostic set, with what it is about."""

    condition: int
    addinfo: str = ""
    diagnostic_set: str = oids.BIB1_DIAGNOSTICS


@dataclass(frozen=True, slots=True)
class RetrievedRecord:
    """One record as delivered: the syntax's object identifier and the bytes."""

    syntax: str
    content: bytes
    database: str | None = None


#: What stands in a record's place; a diagnostic is a surrogate.
Slot: TypeAlias = RetrievedRecord | DiagnosticRecord


class Place(IntEnum):
    """Which part of a record a fragment is; the numbers are those of the standard's choice."""

    STARTING = 3
    INTERMEDIATE = 4
    FINAL = 5


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a record that one segment could not hold; its syntax where it is stated."""

    place: Place
    content: bytes
    syntax: str | None = None
    database: str | None = None


Part: TypeAlias = Slot | Fragment  #: what a segment holds


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Makes a result set."""

    databases: tuple[str, ...]
    query: RpnQuery | CqlQuery
    result_set: str = "default"
    replace: bool = True
    small_set_upper_bound: int = 0
    large_set_lower_bound: int = 2_147_483_647
    medium_set_present_number: int = 0
    small_set_element_set: str | None = None
    medium_set_element_set: str | None = None
    syntax: str | None = None
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The size of the result set, and records where the request asked for them at once."""

    result_count: int
    search_status: bool
    result_set_status: int | None = None
    number_returned: int = 0
    next_position: int = 0
    present_status: int | None = None
    records: tuple[Part, ...] = ()
    diagnostics: tuple[DiagnosticRecord, ...] = ()
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class PresentRequest:
    """Asks for ``count`` records from position ``start``, the first being 1."""

    start: int
    count: int
    result_set: str = "default"
    syntax: str | None = None
    element_set: str | None = None
    reference_id: bytes | None = None
    ranges: tuple[tuple[int, int], ...] = ()  #: further positions and counts
    composition: Composition | None = None
    max_segment_count: int | None = None
    max_record_size: int | None = None
    max_segment_size: int | None = None


@dataclass(frozen=True, slots=True)
class PresentResponse:
    """Records, perhaps fewer than asked for (``present_status`` other than 0)."""

    records: tuple[Part, ...]
    present_status: int = 0
    next_position: int = 0
    diagnostics: tuple[DiagnosticRecord, ...] = ()
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Records sent ahead of their PresentResponse (3.2.3.3)."""

    records: tuple[Part, ...]
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Asks for neighbouring terms of an index."""

    databases: tuple[str, ...]
    term: Term
    number_of_terms: int = 20
    preferred_position: int = 1
    step_size: int = 0
    attribute_set: str = oids.BIB1_ATTRIBUTES
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ScanEntry:
    """A term and how many records it has."""

    term: bytes
    occurrences: int | None


@dataclass(frozen=True, slots=True)
class ScanResponse:
    """Terms in order; status 0 success, 1-5 partial, 6 failure."""

    entries: tuple[ScanEntry, ...]
    status: int = 0
    position: int | None = None
    step_size: int = 0
    diagnostics: tuple[DiagnosticRecord, ...] = ()
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class DeleteResultSetRequest:
    """Forgets the named result sets, or all when none is named."""

    result_sets: tuple[str, ...] = ()
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class DeleteResultSetResponse:
    """Status 0: done; 1: a set did not exist; 9: not all of the sets, each with its own status."""

    status: int
    reference_id: bytes | None = None
    statuses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SortKey:
    """What to sort by: attributes as in a search, or a field by its name."""

    field: str = ""
    attributes: tuple[Attribute, ...] = ()
    attribute_set: str = oids.BIB1_ATTRIBUTES
    relation: int = 0  #: 0 ascending, 1 descending, 3 and 4 the same by frequency
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class SortRequest:
    """Sorts result sets into one."""

    inputs: tuple[str, ...]
    result_set: str
    keys: tuple[SortKey, ...]
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class SortResponse:
    """Status 0: sorted; 1: only in part; 2: not at all."""

    status: int
    result_set_status: int | None = None
    diagnostics: tuple[DiagnosticRecord, ...] = ()
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Ends the association; it may come at any time and from either side."""

    reason: int = CloseReason.FINISHED
    message: str = ""
    reference_id: bytes | None = None


Apdu: TypeAlias = (
    InitRequest
    | InitResponse
    | SearchRequest
    | SearchResponse
    | PresentRequest
    | PresentResponse
    | Segment
    | ScanRequest
    | ScanResponse
    | DeleteResultSetRequest
    | DeleteResultSetResponse
    | SortRequest
    | SortResponse
    | Control
    | Close
)
