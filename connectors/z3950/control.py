"""The units of access and resource control: values, to bytes and back.

Nobody asks for more than is here: a client lets the target go on, a server has no resources to report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from connectors.z3950 import ber_writing as write
from connectors.z3950.ber import Element, context

_REFERENCE: Final = context(2)


class RequestedAction(IntEnum):
    """What a client triggers while it waits."""

    REPORT = 1
    CONTROL = 2
    CANCEL = 3


class ReportStatus(IntEnum):
    """How far a resource report came."""

    SUCCESS = 0
    PARTIAL = 1
    FAILURE = 2


@dataclass(frozen=True, slots=True)
class AccessControlRequest:
    """A target's challenge in the middle of an operation."""

    challenge: bytes = b""
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class AccessControlResponse:
    """The answer to a challenge."""

    answer: bytes = b""
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ResourceControlRequest:
    """A target asks whether to go on with a long operation, or says that it does."""

    response_required: bool = True
    suspended: bool | None = None
    partial_results_available: int | None = None
    triggered: bool | None = None
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ResourceControlResponse:
    """Whether to go on, and whether the partial result is wanted where not."""

    go_on: bool = True
    result_set_wanted: bool | None = None
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class TriggerResourceControl:
    """A client wants a report, control, or an end of the operation; there is no answer to it."""

    action: int = RequestedAction.CANCEL
    result_set_wanted: bool | None = None
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ResourceReportRequest:
    """A client asks what an operation, or the association, has used."""

    operation: bytes | None = None
    reference_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class ResourceReportResponse:
    """A report, of which only its status is read."""

    status: int = ReportStatus.FAILURE
    reference_id: bytes | None = None


Control: TypeAlias = (
    AccessControlRequest
    | AccessControlResponse
    | ResourceControlRequest
    | ResourceControlResponse
    | TriggerResourceControl
    | ResourceReportRequest
    | ResourceReportResponse
)


def encode_access_request(unit: AccessControlRequest) -> bytes:
    """To bytes."""
    return _unit(28, unit.reference_id, write.octets(context(37), unit.challenge))


def encode_access_response(unit: AccessControlResponse) -> bytes:
    """To bytes."""
    return _unit(29, unit.reference_id, write.octets(context(38), unit.answer))


def encode_resource_request(unit: ResourceControlRequest) -> bytes:
    """To bytes."""
    return _unit(
        30,
        unit.reference_id,
        _flag(39, unit.suspended),
        write.integer(context(41), unit.partial_results_available),
        write.boolean(context(42), unit.response_required),
        _flag(43, unit.triggered),
    )


def encode_resource_response(unit: ResourceControlResponse) -> bytes:
    """To bytes."""
    go_on = write.boolean(context(44), unit.go_on)
    return _unit(31, unit.reference_id, go_on, _flag(45, unit.result_set_wanted))


def encode_trigger(unit: TriggerResourceControl) -> bytes:
    """To bytes."""
    action = write.integer(context(46), unit.action)
    return _unit(32, unit.reference_id, action, _flag(48, unit.result_set_wanted))


def encode_report_request(unit: ResourceReportRequest) -> bytes:
    """To bytes."""
    return _unit(33, unit.reference_id, write.octets(context(210), unit.operation))


def encode_report_response(unit: ResourceReportResponse) -> bytes:
    """To bytes."""
    return _unit(34, unit.reference_id, write.integer(context(50), unit.status))


def _unit(number: int, reference: bytes | None, *parts: bytes) -> bytes:
    return write.constructed(context(number), write.octets(_REFERENCE, reference), *parts)


def _flag(number: int, value: bool | None) -> bytes:
    return b"" if value is None else write.boolean(context(number), value)


def _access_request(unit: Element) -> AccessControlRequest:
    return AccessControlRequest(_octets(unit, 37) or b"", _octets(unit, 2))


def _access_response(unit: Element) -> AccessControlResponse:
    return AccessControlResponse(_octets(unit, 38) or b"", _octets(unit, 2))


def _resource_request(unit: Element) -> ResourceControlRequest:
    partial = unit.child(context(41))
    return ResourceControlRequest(
        unit.need(context(42)).boolean(),
        _boolean(unit, 39),
        None if partial is None else partial.integer(),
        _boolean(unit, 43),
        _octets(unit, 2),
    )


def _resource_response(unit: Element) -> ResourceControlResponse:
    return ResourceControlResponse(unit.need(context(44)).boolean(), _boolean(unit, 45), _octets(unit, 2))


def _trigger(unit: Element) -> TriggerResourceControl:
    action = unit.need(context(46)).integer()
    return TriggerResourceControl(action, _boolean(unit, 48), _octets(unit, 2))


def _report_request(unit: Element) -> ResourceReportRequest:
    return ResourceReportRequest(_octets(unit, 210), _octets(unit, 2))


def _report_response(unit: Element) -> ResourceReportResponse:
    return ResourceReportResponse(unit.need(context(50)).integer(), _octets(unit, 2))


def _octets(unit: Element, number: int) -> bytes | None:
    found = unit.child(context(number))
    return None if found is None else found.octets()


def _boolean(unit: Element, number: int) -> bool | None:
    found = unit.child(context(number))
    return None if found is None else found.boolean()


#: Readers by the unit's tag.
CONTROL_DECODERS: Final[Mapping[int, Callable[[Element], Control]]] = {
    context(28): _access_request,
    context(29): _access_response,
    context(30): _resource_request,
    context(31): _resource_response,
    context(32): _trigger,
    context(33): _report_request,
    context(34): _report_response,
}
