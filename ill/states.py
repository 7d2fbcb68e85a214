"""The vocabulary of lending: outcomes, states and events, nothing else.

Three things are kept apart: the outcome (what the request came to), the workflow state (what happens next),
and the physical custody of the volume, which ``ill.transport`` folds from scans.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """What a request came to."""

    OPEN = "open"
    FILLED = "filled"  #: the reader got the volume
    UNFILLED = "unfilled"  #: no library could lend one
    CANCELLED = "cancelled"  #: the reader gave up, or never came


class RequestState(StrEnum):
    """Where a reader's request stands."""

    CHOOSING = "choosing"  #: the hub is choosing a lender
    WAITING = "waiting"  #: every copy is out; the reader agreed to wait for one
    ASKED = "asked"  #: a lender was asked and has not answered
    PICKING = "picking"  #: 配书中: the lender fetches the volume from the shelf
    IN_TRANSIT = "in_transit"  #: the volume is on its way to the pick-up node
    READY = "ready"  #: 到馆待取: on the hold shelf
    ON_LOAN = "on_loan"  #: in the reader's hands
    RETURNING = "returning"  #: discharged; the volume is on its way home
    COMPLETED = "completed"  #: lent, returned and settled
    UNFILLED = "unfilled"  #: ended without a volume
    CANCELLED = "cancelled"  #: ended by the reader, or uncollected


class RequestEvent(StrEnum):
    """What can happen to a request. Guards of the services compute which one it is."""

    LENDER_CHOSEN = "lender_chosen"  #: the next copy of the rota is reserved and its lender asked
    ROTA_EXHAUSTED = "rota_exhausted"  #: no copy is left to ask for
    MUST_WAIT = "must_wait"  #: none is free, some will come back, and the reader agreed to wait
    CHOICE_OVERDUE = "choice_overdue"  #: no lender was chosen in time
    VOLUME_CAUGHT = "volume_caught"  #: a returning volume was set aside for this request
    WAIT_EXPIRED = "wait_expired"  #: no copy came back in time
    LENDER_ACCEPTED = "lender_accepted"
    LENDER_DECLINED = "lender_declined"  #: not on the shelf, damaged, not for loan ...
    LENDER_SILENT = "lender_silent"  #: no answer, or no volume picked or sent, in time
    SHIPPED = "shipped"
    ARRIVED = "arrived"
    VOLUME_MISSING = "volume_missing"  #: overdue on the road, or not on the hold shelf
    VOLUME_WRONG = "volume_wrong"  #: what arrived is not what was asked for
    ISSUED = "issued"
    NOT_COLLECTED = "not_collected"  #: 到书未取
    RETURNED = "returned"
    LOST_BY_READER = "lost_by_reader"
    SETTLED = "settled"  #: home again, or staying where it was returned, or handed on
    RETURN_OVERDUE = "return_overdue"  #: the way home takes too long; the supply is followed up alone
    CANCEL = "cancel"


class SupplyState(StrEnum):
    """Where one lender's part in a request stands."""

    ASKED = "asked"
    PICKING = "picking"  #: the lender said yes; the volume is to be fetched
    PICKED = "picked"  #: fetched; to be packed
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"  #: on the hold shelf of the pick-up node
    LENT = "lent"
    RETURNING = "returning"  #: on its way home, lent or not
    MISSING = "missing"  #: nobody knows where it is; a search runs
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"  #: the lender did not act in time
    CANCELLED = "cancelled"  #: withdrawn before the volume left its shelf
    LOST = "lost"


class SupplyEvent(StrEnum):
    """What can happen to a supply."""

    ACCEPTED = "accepted"
    PICKED = "picked"
    DECLINED = "declined"
    SILENT = "silent"  #: the time the state allows has passed
    LATE_ANSWER = "late_answer"  #: an answer after the hub went on without this lender
    SHIPPED = "shipped"
    ARRIVED = "arrived"
    MISROUTED = "misrouted"  #: scanned at a node it was not meant for
    WRONG_VOLUME = "wrong_volume"  #: what arrived is not what was asked for
    ISSUED = "issued"
    NOT_COLLECTED = "not_collected"
    RETURNED = "returned"
    HOME = "home"  #: scanned at the node whose shelf it belongs to
    STAYED = "stayed"  #: floating: it stays where it was returned
    HANDED_ON = "handed_on"  #: set aside for the next reader where it was returned
    LOST = "lost"  #: somebody says it is lost
    FOUND = "found"
    CANCEL = "cancel"


class LoanState(StrEnum):
    """Where a loan stands, requested or walk-up."""

    LENT = "lent"
    OVERDUE = "overdue"
    LOST = "lost"  #: given up, or the reader says so
    RETURNED = "returned"


class LoanEvent(StrEnum):
    """What can happen to a loan."""

    DUE_PASSED = "due_passed"
    RENEWED = "renewed"
    RETURNED = "returned"
    LOST = "lost"
    LONG_OVERDUE = "long_overdue"


#: The outcome is a function of the workflow state: a request is filled once its reader holds the volume.
OUTCOME_OF: Mapping[RequestState, Outcome] = {
    RequestState.CHOOSING: Outcome.OPEN,
    RequestState.WAITING: Outcome.OPEN,
    RequestState.ASKED: Outcome.OPEN,
    RequestState.PICKING: Outcome.OPEN,
    RequestState.IN_TRANSIT: Outcome.OPEN,
    RequestState.READY: Outcome.OPEN,
    RequestState.ON_LOAN: Outcome.FILLED,
    RequestState.RETURNING: Outcome.FILLED,
    RequestState.COMPLETED: Outcome.FILLED,
    RequestState.UNFILLED: Outcome.UNFILLED,
    RequestState.CANCELLED: Outcome.CANCELLED,
}

#: Where a request has ended.
REQUEST_ENDS = frozenset({RequestState.COMPLETED, RequestState.UNFILLED, RequestState.CANCELLED})

#: Where a supply has ended.
SUPPLY_ENDS = frozenset(
    {
        SupplyState.COMPLETED,
        SupplyState.DECLINED,
        SupplyState.EXPIRED,
        SupplyState.CANCELLED,
        SupplyState.LOST,
    }
)

#: Where a loan has ended.
LOAN_ENDS = frozenset({LoanState.LOST, LoanState.RETURNED})
