"""Moving requests, supplies and loans: one step of a table, its row, its history, its effects.

A supply passes its events on to its request, and a request withdraws its supply, all in the same transaction;
every chain ends because each step leads on in its table.

Owns: performing the effects that the tables name.
Must not: decide which event happened (the use cases do).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hub.kernel.volumes import Volume
from hub.services import custody
from hub.services.lending import choosing, notices, timing
from hub.services.lending.context import Lending
from hub.services.lending.handling import home_of, shelve, stands_at
from hub.storage import availability, cases, history, loans, people
from hub.storage import lending as storage
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.loans import LoanRow
from ill.deadlines import MARGIN, REQUEST_DEADLINES, Actor
from ill.effects import (
    AcceptSupply,
    ChooseLender,
    CloseCases,
    DetachSupply,
    NotifyLender,
    NotifyReader,
    OfferToWaiting,
    OpenCase,
    RecordFact,
    ReleaseVolume,
    SendHome,
    SendToPickup,
    TellRequest,
    WithdrawSupply,
)
from ill.loan_table import LOAN_TABLE
from ill.machine import advance
from ill.request_table import REQUEST_TABLE
from ill.states import (
    LOAN_ENDS,
    OUTCOME_OF,
    REQUEST_ENDS,
    SUPPLY_ENDS,
    LoanEvent,
    LoanState,
    RequestEvent,
    RequestState,
    SupplyEvent,
    SupplyState,
)
from ill.supply_table import SUPPLY_TABLE


def move_request(
    lending: Lending, request: RequestRow, event: RequestEvent, *, node: str = "", reason: str = ""
) -> RequestRow:
    """Let an event happen to a request; the request as it stands afterwards.

    Raises:
        IllegalTransition: it cannot happen in this state; nothing was changed.
    """
    state = RequestState(request.state)
    step = advance(REQUEST_TABLE, state, event)
    values: dict[str, object] = {"state": step.state.value, "outcome": OUTCOME_OF[step.state].value}
    if reason or step.state in REQUEST_ENDS:
        values["reason"] = reason or event.value
    if step.state is not state or step.restarts:
        values["entered_at"] = lending.tx.now
        values["deadline_at"] = timing.request_deadline(lending, request, step.state, lending.tx.now)
    if step.state in REQUEST_ENDS:
        values["closed_at"] = lending.tx.now
    storage.change_request(lending.tx.connection, request.id, **values)
    lending.record("request", request.id, event.value, step.state, node or request.pickup)
    for effect in step.effects:
        _REQUEST_EFFECTS[type(effect)](lending, _request(lending, request.id), effect)
    return _request(lending, request.id)


def move_supply(
    lending: Lending, supply: SupplyRow, event: SupplyEvent, *, node: str = "", reason: str = ""
) -> SupplyRow:
    """Let an event happen to a supply, and to its request what the supply tells it.

    Raises:
        IllegalTransition: it cannot happen in this state; nothing was changed.
    """
    state = SupplyState(supply.state)
    step = advance(SUPPLY_TABLE, state, event)
    request = _request(lending, supply.request)
    current = storage.current_supply(lending.tx.connection, request.id)
    counted_on = current is not None and current.id == supply.id
    values: dict[str, object] = {"state": step.state.value, "live": step.state not in SUPPLY_ENDS}
    if reason:
        values["reason"] = reason
    if step.state is not state or step.restarts:
        since = lending.tx.now if step.state is not state else supply.entered_at
        values["entered_at"] = since
        values["deadline_at"] = timing.supply_deadline(lending, supply, request, step.state, since)
    storage.change_supply(lending.tx.connection, supply.id, **values)
    if counted_on:
        _follow(lending, request, values.get("deadline_at"))
    lending.record("supply", supply.id, event.value, step.state, node or supply.lender, reason=reason)
    for effect in step.effects:
        if isinstance(effect, TellRequest):
            if counted_on:
                _tell_request(lending, supply.request, effect.event, node=node or supply.lender)
        else:
            _SUPPLY_EFFECTS[type(effect)](lending, _supply(lending, supply.id), effect, node)
    return _supply(lending, supply.id)


def move_loan(lending: Lending, loan: LoanRow, event: LoanEvent, *, node: str = "") -> LoanRow:
    """Let an event happen to a loan.

    Raises:
        IllegalTransition: it cannot happen in this state; nothing was changed.
    """
    state = LoanState(loan.state)
    step = advance(LOAN_TABLE, state, event)
    deadline = None if step.state in LOAN_ENDS else timing.loan_deadline(lending, loan, step.state)
    loans.change(lending.tx.connection, loan.id, state=step.state.value, deadline_at=deadline)
    lending.record("loan", loan.id, event.value, step.state, node or loan.node)
    for effect in step.effects:
        if isinstance(effect, NotifyReader):
            notices.tell_borrower(lending, loan, effect.template)
        elif isinstance(effect, OpenCase):
            volume = Volume(loan.owner, loan.barcode)
            lending.open_case(effect.kind, volume, loan.owner, loan=loan.id)
    changed = loans.loan(lending.tx.connection, loan.id)
    assert changed is not None
    return changed


def offer_to_waiting(lending: Lending, cluster: str) -> None:
    """A copy became free, or the last one is gone: let those who wait for this edition try again."""
    for request in storage.waiting_for(lending.tx.connection, cluster):
        event, changed = choosing.choose_next(lending, request, reader_class_of(lending, request))
        if event is not RequestEvent.MUST_WAIT:
            move_request(lending, changed, event)


def reader_class_of(lending: Lending, request: RequestRow) -> str:
    """The class that policies distinguish; "" once the reader's person was erased."""
    standing = people.reader_standing(lending.tx.connection, request.reader)
    return standing[1] if standing else ""


def _request(lending: Lending, request_id: str) -> RequestRow:
    found = storage.request(lending.tx.connection, request_id)
    assert found is not None
    return found


def _supply(lending: Lending, supply_id: str) -> SupplyRow:
    found = storage.supply(lending.tx.connection, supply_id)
    assert found is not None
    return found


def _follow(lending: Lending, request: RequestRow, deadline: object) -> None:
    """A request in its supply's hands moves its own deadline with the supply's."""
    rule = REQUEST_DEADLINES.get(RequestState(request.state))
    if rule is not None and rule.actor is Actor.SUPPLY and isinstance(deadline, datetime):
        storage.change_request(lending.tx.connection, request.id, deadline_at=deadline + MARGIN)


def _tell_request(lending: Lending, request_id: str, event: RequestEvent, *, node: str) -> None:
    request = _request(lending, request_id)
    # A request that stopped following a volume on its way home has ended before its supply.
    if RequestState(request.state) not in REQUEST_ENDS:
        move_request(lending, request, event, node=node)


# What a request's effects do.


def _choose_lender(lending: Lending, request: RequestRow, effect: Any) -> None:
    event, changed = choosing.choose_next(lending, request, reader_class_of(lending, request))
    move_request(lending, changed, event)


def _withdraw_supply(lending: Lending, request: RequestRow, effect: Any) -> None:
    supply = storage.current_supply(lending.tx.connection, request.id)
    if supply is not None:
        move_supply(lending, supply, SupplyEvent.CANCEL, reason=request.reason)


def _open_request_case(lending: Lending, request: RequestRow, effect: OpenCase) -> None:
    cases.open_case(
        lending.tx.connection,
        kind=effect.kind,
        subject_kind="request",
        subject=request.id,
        node=request.pickup,
        details={},
        now=lending.tx.now,
        deadline_at=lending.open_days_after(request.pickup, 3),
    )


def _notify_reader(lending: Lending, request: RequestRow, effect: NotifyReader) -> None:
    notices.tell_reader(lending, request, effect.template)


def _record_fact(lending: Lending, request: RequestRow, effect: RecordFact) -> None:
    supply = storage.current_supply(lending.tx.connection, request.id)
    item = availability.item(lending.tx.connection, supply.owner, supply.barcode) if supply else None
    history.add_fact(
        lending.tx.connection,
        effect.kind,
        owner=supply.owner if supply else "",
        home=request.home,
        node=request.pickup,
        item_class=item.item_class if item else "",
        at=lending.happened_at,
    )


# What a supply's effects do.


def _accept(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    storage.change_supply(lending.tx.connection, supply.id, accepted=True)


def _detach(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    storage.change_supply(lending.tx.connection, supply.id, accepted=False)


def _release(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    storage.release(lending.tx.connection, supply.id)


def _offer(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    offer_to_waiting(lending, _request(lending, supply.request).cluster)


def _send_to_pickup(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    pickup = _request(lending, supply.request).pickup
    custody.send_to(lending.tx, Volume(supply.owner, supply.barcode), pickup, "request", supply.id)


def _send_home(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    """Route it home; a volume that is still at home goes back to its shelf."""
    volume = Volume(supply.owner, supply.barcode)
    home = home_of(lending, volume)
    if not stands_at(lending, volume, home):
        custody.send_to(lending.tx, volume, home, "home", supply.id)
        return
    shelve(lending, volume, home)
    if supply.live:
        move_supply(lending, supply, SupplyEvent.HOME, node=home)


def _open_supply_case(lending: Lending, supply: SupplyRow, effect: OpenCase, node: str) -> None:
    volume = Volume(supply.owner, supply.barcode)
    lending.open_case(effect.kind, volume, node or supply.lender, supply=supply.id)


def _close_cases(lending: Lending, supply: SupplyRow, effect: Any, node: str) -> None:
    volume = Volume(supply.owner, supply.barcode)
    cases.close_cases_about(lending.tx.connection, "volume", str(volume), "settled", lending.tx.now)


def _notify_lender(lending: Lending, supply: SupplyRow, effect: NotifyLender, node: str) -> None:
    notices.tell_lender(lending, supply, effect.template)


_REQUEST_EFFECTS: dict[type[Any], Callable[[Lending, RequestRow, Any], None]] = {
    ChooseLender: _choose_lender,
    WithdrawSupply: _withdraw_supply,
    OpenCase: _open_request_case,
    NotifyReader: _notify_reader,
    RecordFact: _record_fact,
}

_SUPPLY_EFFECTS: dict[type[Any], Callable[[Lending, SupplyRow, Any, str], None]] = {
    AcceptSupply: _accept,
    DetachSupply: _detach,
    ReleaseVolume: _release,
    OfferToWaiting: _offer,
    SendToPickup: _send_to_pickup,
    SendHome: _send_home,
    OpenCase: _open_supply_case,
    CloseCases: _close_cases,
    NotifyLender: _notify_lender,
}
