"""How long each state may last, and what has happened when nobody acted.

A deadline counts the open days of the node that must act, from entry to the state, and never runs past an
absolute cap in calendar days: holidays and long closures must not let a request languish. A request that
is in its supply's hands follows the supply's deadline with a margin, so that it recovers even if the supply
were never followed up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from ill.states import LoanEvent, LoanState, RequestEvent, RequestState, SupplyEvent, SupplyState

Event = TypeVar("Event", bound=StrEnum)

#: How long after its supply's deadline a request acts by itself.
MARGIN = timedelta(days=1)


class Actor(StrEnum):
    """Whose open days count."""

    LENDER = "lender"
    PICKUP = "pickup"
    READER = "reader"  #: calendar days: a loan runs on closed days too
    SUPPLY = "supply"  #: follows the deadline of the current supply


@dataclass(frozen=True, slots=True)
class DeadlineRule(Generic[Event]):
    """One state's clock: which policy names the days, whose days they are, what their passing means."""

    policy: str  #: name of the policy value in days; "" when it follows the supply
    actor: Actor
    event: Event
    cap: str = "deadline_cap_days"  #: name of the policy value in calendar days


_LENDER, _PICKUP, _READER, _SUPPLY = Actor.LENDER, Actor.PICKUP, Actor.READER, Actor.SUPPLY

REQUEST_DEADLINES: Mapping[RequestState, DeadlineRule[RequestEvent]] = {
    RequestState.CHOOSING: DeadlineRule("choosing_days", _PICKUP, RequestEvent.CHOICE_OVERDUE),
    RequestState.WAITING: DeadlineRule(
        "waiting_days", _READER, RequestEvent.WAIT_EXPIRED, cap="waiting_days"
    ),
    RequestState.ASKED: DeadlineRule("", _SUPPLY, RequestEvent.LENDER_SILENT),
    RequestState.PICKING: DeadlineRule("", _SUPPLY, RequestEvent.LENDER_SILENT),
    RequestState.IN_TRANSIT: DeadlineRule("", _SUPPLY, RequestEvent.VOLUME_MISSING),
    RequestState.READY: DeadlineRule("", _SUPPLY, RequestEvent.NOT_COLLECTED),
    RequestState.ON_LOAN: DeadlineRule("", _SUPPLY, RequestEvent.LOST_BY_READER),
    RequestState.RETURNING: DeadlineRule("", _SUPPLY, RequestEvent.RETURN_OVERDUE),
}

SUPPLY_DEADLINES: Mapping[SupplyState, DeadlineRule[SupplyEvent]] = {
    SupplyState.ASKED: DeadlineRule("lender_answer_days", _LENDER, SupplyEvent.SILENT),
    SupplyState.PICKING: DeadlineRule("pick_days", _LENDER, SupplyEvent.SILENT),
    SupplyState.PICKED: DeadlineRule("ship_days", _LENDER, SupplyEvent.SILENT),
    SupplyState.IN_TRANSIT: DeadlineRule("transit_days", _PICKUP, SupplyEvent.SILENT),
    SupplyState.ARRIVED: DeadlineRule("hold_shelf_days", _PICKUP, SupplyEvent.NOT_COLLECTED),
    SupplyState.LENT: DeadlineRule("lent_cap_days", _READER, SupplyEvent.SILENT, cap="lent_cap_days"),
    SupplyState.RETURNING: DeadlineRule("transit_days", _LENDER, SupplyEvent.SILENT),
    SupplyState.MISSING: DeadlineRule("search_days", _LENDER, SupplyEvent.SILENT, cap="search_cap_days"),
}

#: A loan's first deadline is its due date; the policy here is counted when it enters the state.
LOAN_DEADLINES: Mapping[LoanState, DeadlineRule[LoanEvent]] = {
    LoanState.LENT: DeadlineRule("loan_days", _READER, LoanEvent.DUE_PASSED, cap="loan_days"),
    LoanState.OVERDUE: DeadlineRule(
        "overdue_lost_days", _READER, LoanEvent.LONG_OVERDUE, cap="overdue_lost_days"
    ),
}


def capped(deadline: datetime, entered_at: datetime, cap_days: int) -> datetime:
    """The earlier of a deadline and the absolute cap, ``cap_days`` calendar days after entry to the state."""
    return min(deadline, entered_at + timedelta(days=cap_days))
