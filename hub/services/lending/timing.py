"""The deadline of a state, from the rules of ``ill.deadlines``, the policies and the calendars."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.services.lending.context import Lending
from hub.storage import lending as storage
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.loans import LoanRow
from ill.deadlines import (
    LOAN_DEADLINES,
    MARGIN,
    REQUEST_DEADLINES,
    SUPPLY_DEADLINES,
    Actor,
    DeadlineRule,
    capped,
)
from ill.states import LoanEvent, LoanState, RequestEvent, RequestState, SupplyEvent, SupplyState

AnyRule = DeadlineRule[RequestEvent] | DeadlineRule[SupplyEvent] | DeadlineRule[LoanEvent]


def request_deadline(
    lending: Lending, request: RequestRow, state: RequestState, entered_at: datetime
) -> datetime | None:
    """Until when the request may stay in ``state``; None where it has ended."""
    rule = REQUEST_DEADLINES.get(state)
    if rule is None:
        return None
    if rule.actor is Actor.SUPPLY:
        supply = storage.current_supply(lending.tx.connection, request.id)
        if supply is not None and supply.deadline_at is not None:
            return supply.deadline_at + MARGIN
        return lending.tx.now + MARGIN
    return _counted(lending, rule, owner="", home=request.home, node=request.pickup, since=entered_at)


def supply_deadline(
    lending: Lending, supply: SupplyRow, request: RequestRow, state: SupplyState, entered_at: datetime
) -> datetime | None:
    """Until when the supply may stay in ``state``; None where it has ended."""
    rule = SUPPLY_DEADLINES.get(state)
    if rule is None:
        return None
    node = supply.lender if rule.actor is Actor.LENDER else request.pickup
    return _counted(lending, rule, owner=supply.owner, home=request.home, node=node, since=entered_at)


def loan_deadline(lending: Lending, loan: LoanRow, state: LoanState) -> datetime | None:
    """When something must happen to a loan: its due date, then the day it counts as lost."""
    if state is LoanState.LENT:
        return loan.due_at
    rule = LOAN_DEADLINES.get(state)
    if rule is None:
        return None
    return _counted(lending, rule, owner=loan.owner, home=loan.home, node=loan.node, since=lending.tx.now)


def _counted(
    lending: Lending, rule: AnyRule, *, owner: str, home: str, node: str, since: datetime
) -> datetime:
    days = lending.ruling(rule.policy, owner=owner, home=home, node=node).number
    cap = lending.ruling(rule.cap, owner=owner, home=home, node=node).number
    if rule.actor is Actor.READER:
        deadline = lending.tx.now + timedelta(days=days)
    else:
        deadline = lending.open_days_after(node, days)
    limited = capped(deadline, since, cap)
    # A state whose clock is started again may be past its cap: it still gets the margin to act in.
    return limited if limited > lending.tx.now else lending.tx.now + MARGIN
