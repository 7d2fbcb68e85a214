"""How requests, loans and rotas are shown: data with keys, and texts in the language of who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.messages.catalogue import messages, text
from hub.services.lending.context import Lending
from hub.storage import availability, editions
from hub.storage.cases import CaseRow
from hub.storage.lending import RequestRow
from hub.storage.loans import LoanRow
from ill.rota import RotaEntry
from ill.states import OUTCOME_OF, Outcome, RequestState


def instant(at: datetime | None) -> str | None:
    """An instant as ISO 8601, in UTC."""
    return at.isoformat() if at else None


def said(family: str, code: str, language: str, **values: object) -> str:
    """The text of a code; members may state codes that the catalogue does not know."""
    key = f"lending.{family}_{code}"
    if key in messages():
        return text(key, language, **values)
    return text(f"lending.{family}_other", language, value=code, kind=code)


def request(lending: Lending, row: RequestRow) -> dict[str, Any]:
    """A request in a list: what it is about, where it stands, what happens next and until when."""
    edition = editions.editions(lending.tx.connection, [row.cluster]).get(row.cluster)
    language = lending.actor.language
    following = OUTCOME_OF[RequestState(row.state)] in {Outcome.OPEN, Outcome.FILLED}
    return {
        "request": row.id,
        "edition": row.cluster,
        "title": edition.title if edition else "",
        "authors": list(edition.authors) if edition else [],
        "volume": row.volume,
        "pickup": row.pickup,
        "pickup_name": lending.node_name(row.pickup),
        "outcome": row.outcome,
        "outcome_text": text(f"lending.outcome_{row.outcome}", language),
        "state": row.state,
        "state_text": text(f"lending.state_{row.state}", language),
        "next": text(f"lending.next_{row.state}", language),
        "reason": row.reason,
        "promised_at": instant(row.promised_at),
        "deadline_at": instant(row.deadline_at) if following else None,
        "created_at": instant(row.created_at),
        "closed_at": instant(row.closed_at),
    }


def loan(lending: Lending, row: LoanRow) -> dict[str, Any]:
    """A loan with its due date, and the rules that gave it (P10)."""
    item = availability.item(lending.tx.connection, row.owner, row.barcode)
    found = editions.editions(lending.tx.connection, [item.cluster] if item else [])
    edition = found.get(item.cluster) if item else None
    return {
        "loan": row.id,
        "owner": row.owner,
        "owner_name": lending.node_name(row.owner),
        "barcode": row.barcode,
        "edition": item.cluster if item else "",
        "title": edition.title if edition else "",
        "state": row.state,
        "state_text": text(f"lending.loan_{row.state}", lending.actor.language),
        "node": row.node,
        "node_name": lending.node_name(row.node),
        "lent_at": instant(row.lent_at),
        "due_at": instant(row.due_at),
        "renewals": row.renewals,
        "returned_at": instant(row.returned_at),
        "return_node": row.return_node,
        "return_node_name": lending.node_name(row.return_node) if row.return_node else None,
        "request": row.request,
        "rules": row.rules,
    }


def case(row: CaseRow, language: str) -> dict[str, Any]:
    """A case: what is the matter with what, where, and until when somebody looks into it."""
    return {
        "case": row.id,
        "kind": row.kind,
        "text": said("case", row.kind, language),
        "subject_kind": row.subject_kind,
        "subject": row.subject,
        "node": row.node,
        "opened_at": instant(row.opened_at),
        "deadline_at": instant(row.deadline_at),
    }


def rota_entry(lending: Lending, entry: RotaEntry) -> dict[str, Any]:
    """One copy of a rota with the reasons for and against it, in words."""
    language = lending.actor.language
    return {
        **entry.as_data(),
        "lender_name": lending.node_name(entry.lender),
        "reasons": [
            {
                "code": reason.code,
                "value": reason.value,
                "minutes": reason.minutes,
                "text": said("reason", reason.code, language, value=reason.value),
            }
            for reason in entry.reasons
        ],
    }
