"""The reader's view of one request, like a parcel's: what happened where, and what is expected when."""

from __future__ import annotations

from typing import Any

from hub.messages.catalogue import text
from hub.services.lending import showing
from hub.services.lending.context import Lending
from hub.storage import history, loans
from hub.storage import lending as storage
from hub.storage.history import HistoryRow
from hub.storage.lending import RequestRow
from ill.rota import entry_from_data
from ill.states import RequestState

#: The stages a request passes when all goes well, in the reader's words.
STAGES = (
    RequestState.ASKED,
    RequestState.PICKING,
    RequestState.IN_TRANSIT,
    RequestState.READY,
    RequestState.ON_LOAN,
)
#: What happened to a supply that its reader should see too.
OF_SUPPLIES = frozenset({"misrouted", "wrong_volume"})


def of_request(lending: Lending, request: RequestRow, *, for_staff: bool) -> dict[str, Any]:
    """A request with its steps so far, its steps to come, and for staff the rota and the supplies."""
    supplies = storage.supplies_of(lending.tx.connection, request.id)
    subjects = [("request", request.id), *(("supply", supply.id) for supply in supplies)]
    told = [
        row
        for row in history.of(lending.tx.connection, subjects)
        if row.subject_kind == "request" or row.event in OF_SUPPLIES
    ]
    loan = loans.loan_of_request(lending.tx.connection, request.id)
    shown: dict[str, Any] = {
        **showing.request(lending, request),
        "steps": [_step(lending, row) for row in told],
        "expected": _expected(lending, request),
        "loan": showing.loan(lending, loan) if loan else None,
    }
    if for_staff:
        shown["rota"] = [showing.rota_entry(lending, entry_from_data(entry)) for entry in request.rota]
        shown["supplies"] = [
            {
                "supply": supply.id,
                "lender": supply.lender,
                "lender_name": lending.node_name(supply.lender),
                "owner": supply.owner,
                "barcode": supply.barcode,
                "state": supply.state,
                "reason": supply.reason,
                "deadline_at": showing.instant(supply.deadline_at),
            }
            for supply in supplies
        ]
    return shown


def _step(lending: Lending, row: HistoryRow) -> dict[str, Any]:
    place = lending.node_name(row.node) if row.node else ""
    return {
        "key": f"lending.step_{row.event}",
        "text": text(f"lending.step_{row.event}", lending.actor.language, node=place),
        "at": showing.instant(row.happened_at),
        "node": row.node,
        "node_name": place,
        "state": row.state,
    }


def _expected(lending: Lending, request: RequestRow) -> list[dict[str, Any]]:
    """The stages still to come; the one at the pick-up node with its predicted time."""
    state = RequestState(request.state)
    if request.outcome != "open":
        return []
    passed = STAGES.index(state) + 1 if state in STAGES else 0
    return [
        {
            "key": f"lending.state_{stage}",
            "text": text(f"lending.state_{stage}", lending.actor.language),
            "at": showing.instant(request.promised_at) if stage is RequestState.READY else None,
        }
        for stage in STAGES[passed:]
    ]
