"""Notices: what readers and lenders are told, put in the outbox of the same transaction.

A lender is never told who the reader is (P9): only which library the volume is for.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.services.lending.context import Lending
from hub.storage import availability, editions, effects
from hub.storage.lending import RequestRow, SupplyRow
from hub.storage.loans import LoanRow


def tell_reader(lending: Lending, request: RequestRow, template: str) -> None:
    """Tell the reader of a request; ``template`` is a key of the lending messages."""
    payload = {
        "template": f"lending.{template}",
        "request": request.id,
        "edition": request.cluster,
        "title": _title(lending, request.cluster),
        "pickup": request.pickup,
        "ready_by": request.promised_at.isoformat() if request.promised_at else None,
    }
    _enqueue(lending, "notify_reader", request.reader, payload)


def tell_borrower(lending: Lending, loan: LoanRow, template: str) -> None:
    """Tell the reader of a loan."""
    payload = {
        "template": f"lending.{template}",
        "loan": loan.id,
        "owner": loan.owner,
        "barcode": loan.barcode,
        "title": _title_of(lending, loan),
        "due_at": loan.due_at.isoformat(),
    }
    _enqueue(lending, "notify_reader", loan.reader, payload)


def tell_lender(lending: Lending, supply: SupplyRow, template: str) -> None:
    """Tell the staff of the lender."""
    payload = {
        "template": f"lending.{template}",
        "supply": supply.id,
        "owner": supply.owner,
        "barcode": supply.barcode,
    }
    _enqueue(lending, "tell_member", supply.lender, payload)


def _title(lending: Lending, cluster: str) -> str:
    found = editions.editions(lending.tx.connection, [cluster]).get(cluster)
    return found.title if found else ""


def _title_of(lending: Lending, loan: LoanRow) -> str:
    item = availability.item(lending.tx.connection, loan.owner, loan.barcode)
    return _title(lending, item.cluster) if item else ""


def _enqueue(lending: Lending, kind: str, target: str, payload: Mapping[str, str | None]) -> None:
    # The id follows from the command's key, so that a repeated command tells nobody twice.
    key = lending.tx.new_id("N")
    effects.enqueue(lending.tx.connection, key, kind, target, payload, lending.tx.now)
