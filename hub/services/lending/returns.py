"""Return anywhere (通还): a scan at any desk discharges the loan at once; then the volume is routed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.kernel.volumes import Volume
from hub.messages.catalogue import text
from hub.services.context import Principal, Transaction
from hub.services.lending import volumes
from hub.services.lending.barcodes import volume_scanned
from hub.services.lending.context import Lending
from hub.services.lending.handling import scan
from hub.services.lending.rights import desk_of
from hub.services.lending.routing import Routed, route, wanted_by
from hub.services.lending.transitions import move_loan, move_supply
from hub.services.lending.volumes import Verdict
from hub.services.operations import Input
from hub.storage import availability, history, loans
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.lending import SupplyRow
from hub.storage.loans import LoanRow
from ill.states import LoanEvent, SupplyEvent, SupplyState
from ill.transport.custody import CustodyEventKind, PlaceKind


class ReturnInput(Input):
    """A volume handed back; ``owner`` only where the barcode exists at several libraries."""

    barcode: str
    owner: str = ""
    node: str = ""  #: for accounts that work at several nodes
    happened_at: datetime | None = None


def take_back(tx: Transaction, principal: Principal, command: ReturnInput) -> dict[str, Any]:
    """Take a volume back. Nothing blocks a return: what is wrong with it becomes a case.

    Raises:
        NotFound: no catalogue states the volume.
        Conflict: several libraries have this barcode; the values hold the choices.
    """
    lending = Lending.begin(tx, principal, command.happened_at)
    node = desk_of(lending, principal, command.node)
    item = volume_scanned(lending, command.barcode, command.owner)
    volume = Volume(item.owner, item.barcode)
    loan = loans.open_loan(tx.connection, item.owner, item.barcode)
    if loan is None:
        return _not_on_loan(lending, item, node)
    scan(lending, volume, CustodyEventKind.RETURNED, PlaceKind.NODE, node, node)
    _discharge(lending, loan, node)
    routed = _route_on(lending, item, loan, node)
    return {
        "volume": str(volume),
        "discharged": True,
        "loan": loan.id,
        "late": lending.happened_at > loan.due_at,
        **_slip(lending, routed, node),
    }


def _discharge(lending: Lending, loan: LoanRow, node: str) -> None:
    move_loan(lending, loan, LoanEvent.RETURNED, node=node)
    loans.change(
        lending.tx.connection, loan.id, returned_at=max(lending.happened_at, loan.lent_at), return_node=node
    )
    history.add_fact(
        lending.tx.connection,
        "return",
        owner=loan.owner,
        home=loan.home,
        node=node,
        item_class=loan.item_class,
        at=lending.happened_at,
    )


def _route_on(lending: Lending, item: ItemState, loan: LoanRow, node: str) -> Routed:
    """Settle the supply behind the loan as far as that is decided here, and route the volume."""
    supply = _supply_behind(lending, loan, node)
    if supply is None or not supply.live:
        return route(lending, _afresh(lending, item), node, may_stay=True)
    waiting = storage.waiting_for(lending.tx.connection, item.cluster)
    if any(wanted_by(lending, request, item, node) for request in waiting):
        move_supply(lending, supply, SupplyEvent.HANDED_ON, node=node)
        return route(lending, _afresh(lending, item), node, may_stay=True)
    # The reservation stays with the supply until the volume has come to rest.
    routed = route(lending, _afresh(lending, item), node, may_stay=True)
    if routed.destination == node:
        settled = SupplyEvent.STAYED if node != item.home else SupplyEvent.HOME
        move_supply(lending, supply, settled, node=node)
    return routed


def _supply_behind(lending: Lending, loan: LoanRow, node: str) -> SupplyRow | None:
    supply = storage.last_supply_of(lending.tx.connection, loan.owner, loan.barcode)
    if supply is None or loan.request is None or supply.request != loan.request:
        return None
    state = SupplyState(supply.state)
    if state is SupplyState.LENT:
        return move_supply(lending, supply, SupplyEvent.RETURNED, node=node)
    if state is SupplyState.LOST:
        return move_supply(lending, supply, SupplyEvent.FOUND, node=node)
    return supply


def _afresh(lending: Lending, item: ItemState) -> ItemState:
    found = availability.item(lending.tx.connection, item.owner, item.barcode)
    return found or item


def _not_on_loan(lending: Lending, item: ItemState, node: str) -> dict[str, Any]:
    """Handed in although the hub lent it to nobody: recorded where it is, and sent where it should be."""
    volume = Volume(item.owner, item.barcode)
    supply = storage.live_supply_of(lending.tx.connection, item.owner, item.barcode)
    on_hold = supply is not None and SupplyState(supply.state) is SupplyState.ARRIVED
    if not on_hold:
        scan(lending, volume, CustodyEventKind.FOUND, PlaceKind.NODE, node, node)
    verdict = volumes.arrived(lending.tx, volume, node, actor=lending.actor, happened_at=lending.happened_at)
    if verdict.request is None and node != item.home:
        lending.open_case("returned_without_loan", volume, node)
    return {
        "volume": str(volume),
        "discharged": False,
        "loan": None,
        "late": False,
        **_slip_of_verdict(lending, verdict, node),
    }


def _slip(lending: Lending, routed: Routed, node: str) -> dict[str, Any]:
    if routed.request is not None:
        key = "put_on_hold_shelf" if routed.destination == node else "pack_for"
    else:
        key = "shelve_here" if routed.destination == node else "pack_for"
    return _described(lending, routed.destination, key, routed.purpose.value, routed.request, routed.reason)


def _slip_of_verdict(lending: Lending, verdict: Verdict, node: str) -> dict[str, Any]:
    if verdict.destination != node:
        key = "pack_for"
    else:
        key = "put_on_hold_shelf" if verdict.request else "shelve_here"
    purpose = "request" if verdict.request else "home"
    return _described(lending, verdict.destination, key, purpose, verdict.request, verdict.kind.value)


def _described(
    lending: Lending, destination: str, key: str, purpose: str, request: str | None, reason: str
) -> dict[str, Any]:
    name = lending.node_name(destination)
    return {
        "destination": destination,
        "destination_name": name,
        "purpose": purpose,
        "reason": reason,
        "request": request,
        "message": text(f"lending.{key}", lending.actor.language, node=name),
    }
