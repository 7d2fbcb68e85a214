"""What carrying tells lending: a volume left a node, a volume arrived at one, and where it goes from there.

Both may be told twice, late, or of a volume nobody expected; each has an answer, none an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.kernel.volumes import Volume
from hub.services import custody
from hub.services.context import THE_HUB, Principal, Transaction
from hub.services.lending.context import Lending
from hub.services.lending.handling import home_of, shelve
from hub.services.lending.routing import Routed, hold, route
from hub.services.lending.transitions import move_supply
from hub.storage import availability
from hub.storage import custody as custody_rows
from hub.storage import lending as storage
from hub.storage.lending import RequestRow, SupplyRow
from ill.machine import allows
from ill.states import SupplyEvent, SupplyState
from ill.supply_table import SUPPLY_TABLE

#: Scans that were left out are made up for: what must have happened before a volume can move.
CATCH_UP = {
    SupplyState.ASKED: (SupplyEvent.ACCEPTED, SupplyEvent.PICKED),
    SupplyState.PICKING: (SupplyEvent.PICKED,),
}


class VerdictKind(StrEnum):
    """What is to be done with a volume that arrived."""

    HOLD = "hold"  #: onto the hold shelf here
    HOME = "home"  #: onto its own shelf here
    FORWARD = "forward"  #: on to its destination
    UNEXPECTED = "unexpected"  #: nobody expected it: a case is open, and it goes to its destination


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a volume that arrived, where it is to go, and for which request."""

    kind: VerdictKind
    destination: str
    request: str | None = None


def departed(
    tx: Transaction,
    volume: Volume,
    node: str,
    *,
    actor: Principal = THE_HUB,
    happened_at: datetime | None = None,
) -> None:
    """A volume left a node on a vehicle. Told again, or of a volume of no supply, it changes nothing."""
    supply = storage.live_supply_of(tx.connection, volume.owner, volume.barcode)
    if supply is None:
        return
    lending = Lending.begin(tx, actor, happened_at)
    supply = _catch_up(lending, supply, node)
    if allows(SUPPLY_TABLE, SupplyState(supply.state), SupplyEvent.SHIPPED):
        move_supply(lending, supply, SupplyEvent.SHIPPED, node=node)


def arrived(
    tx: Transaction,
    volume: Volume,
    node: str,
    *,
    actor: Principal = THE_HUB,
    happened_at: datetime | None = None,
) -> Verdict:
    """A volume was unpacked at a node: what is to be done with it there."""
    lending = Lending.begin(tx, actor, happened_at)
    supply = storage.live_supply_of(tx.connection, volume.owner, volume.barcode)
    if supply is None:
        return _unengaged(lending, volume, node)
    state = SupplyState(supply.state)
    if state is SupplyState.MISSING:
        supply = move_supply(lending, supply, SupplyEvent.FOUND, node=node)
        state = SupplyState(supply.state)
    if state is SupplyState.RETURNING:
        return _on_its_way_home(lending, supply, volume, node)
    if state is SupplyState.LENT:
        lending.open_case("lent_volume_scanned", volume, node, supply=supply.id)
        return Verdict(VerdictKind.UNEXPECTED, home_of(lending, volume))
    if not supply.live:
        return _unengaged(lending, volume, node)
    return _on_its_way_to_a_reader(lending, supply, volume, node)


def _on_its_way_to_a_reader(lending: Lending, supply: SupplyRow, volume: Volume, node: str) -> Verdict:
    request = _request_of(lending, supply)
    if node == request.pickup:
        if SupplyState(supply.state) is not SupplyState.ARRIVED:
            hold(lending, _catch_up(lending, supply, node), node)
        return Verdict(VerdictKind.HOLD, node, request.id)
    astray = SupplyState(supply.state) is SupplyState.IN_TRANSIT and node != lending.network.sorting_hub
    if astray:
        move_supply(lending, supply, SupplyEvent.MISROUTED, node=node, reason="wrong_destination")
    return Verdict(VerdictKind.FORWARD, request.pickup, request.id)


def _on_its_way_home(lending: Lending, supply: SupplyRow, volume: Volume, node: str) -> Verdict:
    slip = custody_rows.slip(lending.tx.connection, volume)
    home = slip.destination if slip else home_of(lending, volume)
    if node != home:
        return Verdict(VerdictKind.FORWARD, home)
    shelve(lending, volume, node)
    move_supply(lending, supply, SupplyEvent.HOME, node=node)
    return Verdict(VerdictKind.HOME, node)


def _unengaged(lending: Lending, volume: Volume, node: str) -> Verdict:
    """A volume of no live supply: a walk-up loan's on its way home, or one that nobody announced."""
    slip = custody_rows.slip(lending.tx.connection, volume)
    if slip is not None and slip.destination != node:
        if node != lending.network.sorting_hub:
            lending.open_case("wrong_destination", volume, node, destination=slip.destination)
        return Verdict(VerdictKind.FORWARD, slip.destination)
    announced = slip is not None or node == home_of(lending, volume)
    item = availability.item(lending.tx.connection, volume.owner, volume.barcode)
    if not announced:
        lending.open_case("unexpected_volume", volume, node)
    if item is None:
        return _of_no_catalogue(lending, volume, node)
    return _verdict(route(lending, item, node, may_stay=False), node, announced=announced)


def _of_no_catalogue(lending: Lending, volume: Volume, node: str) -> Verdict:
    if volume.owner == node:
        shelve(lending, volume, node)
        return Verdict(VerdictKind.HOME, node)
    custody.send_to(lending.tx, volume, volume.owner, "home")
    return Verdict(VerdictKind.UNEXPECTED, volume.owner)


def _verdict(routed: Routed, node: str, *, announced: bool) -> Verdict:
    if routed.request is not None:
        kind = VerdictKind.HOLD if routed.destination == node else VerdictKind.FORWARD
        return Verdict(kind, routed.destination, routed.request)
    if not announced:
        return Verdict(VerdictKind.UNEXPECTED, routed.destination)
    return Verdict(VerdictKind.HOME, routed.destination)


def _catch_up(lending: Lending, supply: SupplyRow, node: str) -> SupplyRow:
    for event in CATCH_UP.get(SupplyState(supply.state), ()):
        supply = move_supply(lending, supply, event, node=node)
    return supply


def _request_of(lending: Lending, supply: SupplyRow) -> RequestRow:
    request = storage.request(lending.tx.connection, supply.request)
    assert request is not None
    return request
