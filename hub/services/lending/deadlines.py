"""What is overdue, and making it happen: the sweep over requests, supplies and loans (P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.services.context import THE_HUB, Transaction
from hub.services.lending.borrowing import lose
from hub.services.lending.context import Lending
from hub.services.lending.transitions import move_loan, move_request, move_supply
from hub.storage import lending as storage
from hub.storage import loans
from ill.deadlines import LOAN_DEADLINES, REQUEST_DEADLINES, SUPPLY_DEADLINES
from ill.states import LoanEvent, LoanState, RequestState, SupplyState

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class DueSubject:
    """Something whose deadline has passed."""

    kind: str  #: supply, request or loan
    id: str
    deadline_at: datetime

    @property
    def key(self) -> str:
        """The idempotency key of its expiry: one per deadline."""
        return f"hub/deadline/{self.kind}/{self.id}/{self.deadline_at.isoformat()}"


def due(connection: Connection, now: datetime, limit: int = AT_ONCE) -> list[DueSubject]:
    """What is overdue, supplies first: a request follows its supply and mostly needs nothing of its own."""
    found = [DueSubject("supply", *row) for row in storage.due_supplies(connection, now, limit)]
    found += [DueSubject("request", *row) for row in storage.due_requests(connection, now, limit)]
    found += [DueSubject("loan", *row) for row in loans.due(connection, now, limit)]
    return found


def expire(tx: Transaction, subject: DueSubject) -> None:
    """Let the deadline of a subject pass. One that was met, or moved, meanwhile is left alone."""
    lending = Lending.begin(tx, THE_HUB)
    _EXPIRE[subject.kind](lending, subject.id)


def _expire_supply(lending: Lending, supply_id: str) -> None:
    supply = storage.supply(lending.tx.connection, supply_id)
    if supply is None or not _passed(lending, supply.deadline_at):
        return
    rule = SUPPLY_DEADLINES.get(SupplyState(supply.state))
    if rule is not None:
        move_supply(lending, supply, rule.event, reason="deadline_passed")


def _expire_request(lending: Lending, request_id: str) -> None:
    request = storage.request(lending.tx.connection, request_id)
    if request is None or not _passed(lending, request.deadline_at):
        return
    rule = REQUEST_DEADLINES.get(RequestState(request.state))
    if rule is not None:
        move_request(lending, request, rule.event)


def _expire_loan(lending: Lending, loan_id: str) -> None:
    loan = loans.loan(lending.tx.connection, loan_id)
    if loan is None or not _passed(lending, loan.deadline_at):
        return
    rule = LOAN_DEADLINES.get(LoanState(loan.state))
    if rule is None:
        return
    if rule.event is LoanEvent.LONG_OVERDUE:
        lose(lending, loan, rule.event)
    else:
        move_loan(lending, loan, rule.event)


def _passed(lending: Lending, deadline_at: datetime | None) -> bool:
    return deadline_at is not None and deadline_at <= lending.tx.now


_EXPIRE = {"supply": _expire_supply, "request": _expire_request, "loan": _expire_loan}
