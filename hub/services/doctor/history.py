"""P4: the history of every request, supply and loan is a walk through its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from hub.storage import history
from hub.storage.promises.violation import Violation
from ill.loan_table import LOAN_TABLE
from ill.request_table import REQUEST_TABLE
from ill.states import LoanEvent, LoanState, RequestEvent, RequestState, SupplyEvent, SupplyState
from ill.supply_table import SUPPLY_TABLE

WALKS: Mapping[str, tuple[Mapping[tuple[Any, Any], Any], type[StrEnum], type[StrEnum]]] = {
    "request": (REQUEST_TABLE, RequestState, RequestEvent),
    "supply": (SUPPLY_TABLE, SupplyState, SupplyEvent),
    "loan": (LOAN_TABLE, LoanState, LoanEvent),
}


def histories_follow_the_tables(connection: Connection, now: datetime) -> list[Violation]:
    """Walk every history again; the first step that no table has is named."""
    del now
    told: dict[tuple[str, str], list[history.HistoryRow]] = defaultdict(list)
    for row in history.everything(connection):
        if row.subject_kind in WALKS and row.state:
            told[row.subject_kind, row.subject].append(row)
    found = []
    for (kind, subject), rows in sorted(told.items()):
        wrong = _first_wrong_step(kind, rows)
        if wrong is not None:
            values = {"event": wrong.event, "state": wrong.state}
            found.append(Violation("P4", kind, subject, "step_without_table", values))
    return found


def _first_wrong_step(kind: str, rows: list[history.HistoryRow]) -> history.HistoryRow | None:
    table, states, events = WALKS[kind]
    state = states(rows[0].state)
    for row in rows[1:]:
        if row.event not in set(events):
            if row.state != state:
                return row
            continue
        step = table.get((state, events(row.event)))
        if step is None or step.state != row.state:
            return row
        state = step.state
    return None
