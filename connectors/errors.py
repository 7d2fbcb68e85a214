"""Everything that can go wrong while talking to a member, as one small tree.

    ConnectorError
    ├── Misconfigured        our side is wrong: an address, an option, a query
    ├── Interrupted          the conversation broke off; trying again may help
    │   ├── Unreachable      nobody answered at the address
    │   ├── TimedOut         the deadline passed
    │   └── Disconnected     the peer ended the conversation
    ├── ProtocolViolation    the peer said something its protocol does not allow
    ├── Unreadable           a file or folder cannot be read
    └── Diagnostic           the peer refused, in the words of its protocol

Owns: the codes, which are all that leaves this package; sentences for people are made from them elsewhere.
Must not: hold sentences in a reader's language, or secrets (addresses are given without user information).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Codes of errors and what each means; ``ConnectorError.values`` holds what the braces of a message may use.
ERROR_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bad_address": "the address is not one this protocol understands; values: address, expected",
        "bad_option": "an option has an impossible value; values: option, value, expected",
        "bad_query": "a query cannot be read; values: query, position, reason",
        "unknown_protocol": "no connector speaks this protocol; values: protocol, known",
        "unsupported": "this query or format cannot be said in this protocol; values: what",
        "unreachable": "no connection could be made; values: reason",
        "timed_out": "no answer before the deadline; values: seconds, during",
        "disconnected": "the peer closed the connection; values: reason",
        "malformed": "the answer does not follow the protocol; values: reason",
        "too_large": "the answer exceeds a limit on size, depth or count; values: reason, limit",
        "unexpected_answer": "an answer of another kind than asked for; values: expected, found",
        "xml_forbidden": "the XML carries a DTD or entities, which are refused; values: reason",
        "http_status": "an HTTP answer other than success; values: status",
        "redirect_refused": "a redirect leads away from the configured host; values: location",
        "no_progress": "the peer answered without bringing anything new; values: reason",
        "session_refused": "the peer refused to open a session; values: reason",
        "diagnostic": "the peer refused with a diagnostic; values: set, number, detail",
        "unreadable_file": "a file cannot be read; values: file, reason",
        "record_not_found": "the target has no record under these identifiers; values: identifiers",
    }
)

#: Why a harvest ended incomplete: ``Finished.problem`` is one of these or one of ``ERROR_CODES``.
HARVEST_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "total_unknown": "the target does not say how many records it has; values: none",
        "total_changed": "the target's total differs before and after; values: before, after",
        "sum_differs": "the slices' hits do not add up to the total; values: sum, total",
        "slice_too_large": "a slice cannot be divided below the target's limit; values: slice, hits, limit",
        "plan_too_long": "no key divides the target with reasonably many questions; values: slice, questions",
        "slice_inexact": "a slice brought fewer or more than it counted; values: slice, hits, received",
        "records_refused": "the target refused single records; values: count, first",
        "records_repeat": "records came in more than one slice; values: count, first",
        "list_shorter": "the list ended before the stated number of records; values: stated, received",
        "total_unconfirmed": "the total is capped, and no second key gives the first one's sum; values: sum",
        "total_suspect": "the total looks like a cap and no key confirms it; values: total",
        "total_contradicted": "parts of the whole hold more than its stated total; values: sum, total",
        "query_refused": "the target refuses a question without which the plan is not whole; values: slice",
        "budget_spent": "the run cost what it may, and the next one goes on; values: what, spent, most",
        "no_full_load": "the folder holds no full load; values: folder",
        "files_changed": "files changed while they were read; values: file",
    }
)


class ConnectorError(Exception):
    """Talking to a member failed."""

    def __init__(self, code: str, where: str, **values: object) -> None:
        """``code`` is a key of ``ERROR_CODES``; ``where`` names the peer, file or option it is about."""
        super().__init__(code, where)
        self.code = code
        self.where = where
        self.values = values

    def __str__(self) -> str:
        """For logs: the code, the place and the particulars."""
        particulars = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} at {self.where}" + (f" ({particulars})" if particulars else "")


class Misconfigured(ConnectorError):
    """Our own address, option or query is wrong; trying again unchanged will fail again."""


class Interrupted(ConnectorError):
    """The conversation broke off before its end; what was asked may be asked again."""


class Unreachable(Interrupted):
    """Nobody answered at the address."""


class TimedOut(Interrupted):
    """The deadline passed before the answer was whole."""


class Disconnected(Interrupted):
    """The peer ended the conversation."""


class ProtocolViolation(ConnectorError):
    """The peer said something its protocol does not allow, or more than our limits allow."""


class Unreadable(ConnectorError):
    """A file or folder cannot be read."""


class Diagnostic(ConnectorError):
    """The peer understood and refused; ``number`` is of the diagnostic set ``set``."""

    def __init__(self, where: str, diagnostic_set: str, number: int, detail: str) -> None:
        """The diagnostic exactly as it came."""
        super().__init__("diagnostic", where, set=diagnostic_set, number=number, detail=detail)
        self.diagnostic_set = diagnostic_set
        self.number = number
        self.detail = detail
