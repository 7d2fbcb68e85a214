"""Where a volume in nobody's plans goes from a node: to a waiting reader first, else by the return rule."""

from __future__ import annotations

from dataclasses import dataclass

from hub.kernel.volumes import Volume
from hub.services import custody
from hub.services.lending import choosing
from hub.services.lending.context import Lending
from hub.services.lending.handling import home_of, scan, shelve
from hub.services.lending.transitions import move_request, move_supply, offer_to_waiting, reader_class_of
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.lending import RequestRow, SupplyRow
from ill.states import RequestEvent, SupplyEvent, SupplyState
from ill.transport.custody import CustodyEventKind, PlaceKind
from ill.transport.returns import Onward, Purpose, returned, where_to


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a volume goes next and why; ``destination`` is where it stands when it stays."""

    purpose: Purpose
    destination: str
    reason: str  #: code
    request: str | None = None
    supply: str | None = None


def route(lending: Lending, item: ItemState, node: str, *, may_stay: bool) -> Routed:
    """Route a volume that stands at ``node`` and is engaged nowhere.

    ``may_stay``: whether the return rule may let it float; one that came here by mistake always goes home.
    """
    caught = catch(lending, item, node)
    if caught is not None:
        return caught
    volume = Volume(item.owner, item.barcode)
    onward = by_rule(lending, item, node, may_stay=may_stay)
    if onward.destination != node:
        custody.send_to(lending.tx, volume, onward.destination, onward.purpose)
    else:
        shelve(lending, volume, node)
        if item.cluster:
            offer_to_waiting(lending, item.cluster)
    return Routed(onward.purpose, onward.destination, onward.reason)


def by_rule(lending: Lending, item: ItemState, node: str, *, may_stay: bool) -> Onward:
    """What the return rule of the agreement says of a volume that nobody waits for."""
    home = home_of(lending, Volume(item.owner, item.barcode))
    return where_to(returned(lending.network, item, home, node, may_stay=may_stay))


def catch(lending: Lending, item: ItemState, node: str) -> Routed | None:
    """Set a volume that stands at ``node`` aside for the first waiting reader who may have it, if any."""
    for request in storage.waiting_for(lending.tx.connection, item.cluster) if item.cluster else ():
        if not wanted_by(lending, request, item, node):
            continue
        supply = choosing.engage(
            lending,
            request,
            lender=node,
            owner=item.owner,
            barcode=item.barcode,
            state=SupplyState.PICKED,
            accepted=True,
        )
        if supply is None:
            return None
        move_request(lending, request, RequestEvent.VOLUME_CAUGHT, node=node)
        return forward(lending, supply, request, node)
    return None


def wanted_by(lending: Lending, request: RequestRow, item: ItemState, node: str) -> bool:
    """Whether this waiting request could be filled with this volume from this node."""
    if request.volume and request.volume != item.volume:
        return False
    wish = choosing.wished(request, reader_class_of(lending, request), ())
    return choosing.lendable(lending, wish, item) and (
        choosing.predict(lending, node, request.pickup) is not None
    )


def forward(lending: Lending, supply: SupplyRow, request: RequestRow, node: str) -> Routed:
    """Send a volume that was picked at ``node`` to its reader: the hold shelf, if that is here."""
    volume = Volume(supply.owner, supply.barcode)
    if request.pickup == node:
        hold(lending, supply, node)
    else:
        custody.send_to(lending.tx, volume, request.pickup, Purpose.HOLD, supply.id)
    return Routed(Purpose.HOLD, request.pickup, "reader_waiting", request.id, supply.id)


def hold(lending: Lending, supply: SupplyRow, node: str) -> SupplyRow:
    """Put a volume on the hold shelf of its pick-up node; its reader hears that it is ready."""
    volume = Volume(supply.owner, supply.barcode)
    custody.clear_slip(lending.tx, volume)
    scan(lending, volume, CustodyEventKind.HELD, PlaceKind.NODE, node, node)
    return move_supply(lending, supply, SupplyEvent.ARRIVED, node=node)
