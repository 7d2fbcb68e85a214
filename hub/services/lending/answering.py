"""What a lender's staff say and do: the answer, the pick, and the report of what went wrong."""

from __future__ import annotations

from typing import Any, Literal

from hub.errors import Conflict
from hub.kernel.volumes import Volume
from hub.messages.catalogue import text
from hub.services.context import Principal, Transaction
from hub.services.lending import showing
from hub.services.lending.context import Lending
from hub.services.lending.handling import scan
from hub.services.lending.rights import must_work_at, supply_named
from hub.services.lending.routing import forward
from hub.services.lending.transitions import move_supply
from hub.services.operations import Input
from hub.storage import availability
from hub.storage import lending as storage
from hub.storage.lending import SupplyRow
from ill.machine import allows
from ill.states import SUPPLY_ENDS, SupplyEvent, SupplyState
from ill.supply_table import SUPPLY_TABLE
from ill.transport.custody import CustodyEventKind, PlaceKind

Answer = Literal["will_supply", "not_on_shelf", "in_use", "damaged", "not_for_loan", "declined"]
Problem = Literal["lost", "wrong_volume", "damaged"]

#: What a report at the lender or the pick-up node means to the supply.
REPORTS: dict[str, SupplyEvent] = {
    "lost": SupplyEvent.LOST,
    "wrong_volume": SupplyEvent.WRONG_VOLUME,
    "damaged": SupplyEvent.WRONG_VOLUME,
}


class AnswerInput(Input):
    """A lender's answer; ``note`` is kept with the supply for staff."""

    supply: str
    answer: Answer
    note: str = ""


class PickInput(Input):
    """The barcode that was scanned at the shelf."""

    supply: str
    barcode: str


class ReportInput(Input):
    """What went wrong with a volume that was picked or had arrived."""

    supply: str
    problem: Problem


def answer(tx: Transaction, principal: Principal, command: AnswerInput) -> dict[str, Any]:
    """Take a lender's answer; one that comes too late is recorded and changes nothing.

    Raises:
        Forbidden: the account works elsewhere.
        Conflict: the volume has already been sent.
    """
    lending = Lending.begin(tx, principal)
    supply = supply_named(lending, command.supply)
    must_work_at(lending, supply.lender)
    state = SupplyState(supply.state)
    if state in SUPPLY_ENDS:
        return _too_late(lending, supply)
    if command.answer == "will_supply":
        if state is SupplyState.ASKED:
            supply = move_supply(lending, supply, SupplyEvent.ACCEPTED, reason=command.note)
        return _answered(lending, supply, accepted=True)
    if not allows(SUPPLY_TABLE, state, SupplyEvent.DECLINED):
        raise Conflict("lending.already_picked", supply=supply.id)
    if command.answer == "not_on_shelf":
        _not_on_shelf(lending, supply)
    supply = move_supply(lending, supply, SupplyEvent.DECLINED, reason=command.answer)
    return _answered(lending, supply, accepted=False)


def pick(tx: Transaction, principal: Principal, command: PickInput) -> dict[str, Any]:
    """The volume was fetched. Another copy of the same edition and owner may stand in for the reserved one.

    Raises:
        Forbidden: the account works elsewhere.
        Conflict: it is not the volume that was asked for, or the supply is not waiting for one.
    """
    lending = Lending.begin(tx, principal)
    supply = supply_named(lending, command.supply)
    must_work_at(lending, supply.lender)
    state = SupplyState(supply.state)
    if state in SUPPLY_ENDS:
        return _too_late(lending, supply)
    if state is SupplyState.PICKED and supply.barcode == command.barcode:
        return _picked(lending, supply)
    if state not in {SupplyState.ASKED, SupplyState.PICKING}:
        raise Conflict("lending.not_to_pick", supply=supply.id)
    if supply.barcode != command.barcode:
        supply = _stand_in(lending, supply, command.barcode)
    if state is SupplyState.ASKED:
        supply = move_supply(lending, supply, SupplyEvent.ACCEPTED)
    volume = Volume(supply.owner, supply.barcode)
    scan(lending, volume, CustodyEventKind.PICKED, PlaceKind.NODE, supply.lender, supply.lender)
    supply = move_supply(lending, supply, SupplyEvent.PICKED)
    request = storage.request(tx.connection, supply.request)
    assert request is not None
    if request.pickup == supply.lender:
        forward(lending, supply, request, supply.lender)
    return _picked(lending, supply)


def report(tx: Transaction, principal: Principal, command: ReportInput) -> dict[str, Any]:
    """A volume cannot be found any more, or is not what it should be; the request goes to the next lender.

    Raises:
        Forbidden: the volume is at another node.
        Conflict: nothing of the kind can be said of it now.
    """
    lending = Lending.begin(tx, principal)
    supply = supply_named(lending, command.supply)
    request = storage.request(tx.connection, supply.request)
    assert request is not None
    node = request.pickup if SupplyState(supply.state) is SupplyState.ARRIVED else supply.lender
    must_work_at(lending, node)
    event = REPORTS[command.problem]
    if not allows(SUPPLY_TABLE, SupplyState(supply.state), event):
        raise Conflict("lending.not_to_report", supply=supply.id)
    if event is SupplyEvent.LOST:
        volume = Volume(supply.owner, supply.barcode)
        scan(lending, volume, CustodyEventKind.MISSING, PlaceKind.UNKNOWN, "", node)
    supply = move_supply(lending, supply, event, node=node, reason=command.problem)
    return {"supply": supply.id, "state": supply.state}


def _not_on_shelf(lending: Lending, supply: SupplyRow) -> None:
    """Nobody is sent to that shelf again before somebody has looked for it."""
    volume = Volume(supply.owner, supply.barcode)
    scan(lending, volume, CustodyEventKind.MISSING, PlaceKind.UNKNOWN, "", supply.lender)
    lending.open_case("not_on_shelf", volume, supply.lender, supply=supply.id)


def _stand_in(lending: Lending, supply: SupplyRow, barcode: str) -> SupplyRow:
    expected = availability.item(lending.tx.connection, supply.owner, supply.barcode)
    scanned = availability.item(lending.tx.connection, supply.owner, barcode)
    same = (
        expected is not None
        and scanned is not None
        and scanned.cluster == expected.cluster
        and scanned.volume == expected.volume
        and scanned.available
    )
    if not same or not storage.substitute(lending.tx.connection, supply.id, barcode):
        raise Conflict("lending.wrong_volume", field="barcode", expected=supply.barcode, scanned=barcode)
    lending.record("supply", supply.id, "substituted", supply.state, supply.lender, barcode=barcode)
    return supply_named(lending, supply.id)


def _too_late(lending: Lending, supply: SupplyRow) -> dict[str, Any]:
    if allows(SUPPLY_TABLE, SupplyState(supply.state), SupplyEvent.LATE_ANSWER):
        supply = move_supply(lending, supply, SupplyEvent.LATE_ANSWER)
    return {
        "supply": supply.id,
        "state": supply.state,
        "accepted": False,
        "too_late": True,
        "message": text("lending.too_late", lending.actor.language),
    }


def _answered(lending: Lending, supply: SupplyRow, *, accepted: bool) -> dict[str, Any]:
    return {
        "supply": supply.id,
        "state": supply.state,
        "accepted": accepted,
        "too_late": False,
        "deadline_at": showing.instant(supply.deadline_at),
    }


def _picked(lending: Lending, supply: SupplyRow) -> dict[str, Any]:
    request = storage.request(lending.tx.connection, supply.request)
    changed = supply_named(lending, supply.id)
    assert request is not None
    held = request.pickup == changed.lender
    return {
        "supply": changed.id,
        "state": changed.state,
        "barcode": changed.barcode,
        "destination": request.pickup,
        "destination_name": lending.node_name(request.pickup),
        "message": text(
            "lending.put_on_hold_shelf" if held else "lending.pack_for",
            lending.actor.language,
            node=lending.node_name(request.pickup),
        ),
    }
