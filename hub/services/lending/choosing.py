"""Choosing a lender: the rota from the state of every copy, and the reservation of the best one.

Owns: what the rota is fed with, and the new supply.
Must not: move a request (``transitions`` does, with the event that is returned here).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hub.kernel.calendars import NeverOpensError
from hub.services.lending import standing, timing
from hub.services.lending.context import Lending
from hub.storage import availability, loans
from hub.storage import lending as storage
from hub.storage.availability import ItemState
from hub.storage.lending import RequestRow, SupplyRow
from ill.rota import Candidate, Prediction, RotaEntry, rank
from ill.states import RequestEvent, SupplyState

BALANCE_DAYS = 90  #: how far back lent and borrowed volumes count


@dataclass(frozen=True, slots=True)
class Wish:
    """What a copy is wanted for."""

    reader: str
    home: str
    reader_class: str
    cluster: str
    volume: str
    pickup: str
    tried: frozenset[tuple[str, str]] = frozenset()  #: (owner, barcode) asked before


def wished(request: RequestRow, reader_class: str, tried: Sequence[SupplyRow]) -> Wish:
    """The wish behind a request."""
    return Wish(
        reader=request.reader,
        home=request.home,
        reader_class=reader_class,
        cluster=request.cluster,
        volume=request.volume,
        pickup=request.pickup,
        tried=frozenset((supply.owner, supply.barcode) for supply in tried),
    )


def copies(lending: Lending, cluster: str, volume: str) -> list[ItemState]:
    """The copies of an edition, only those of one volume when it is a set and one was named."""
    found = availability.states(lending.tx.connection, cluster)
    return [item for item in found if not volume or item.volume == volume]


def rota(lending: Lending, wish: Wish, items: Sequence[ItemState]) -> tuple[RotaEntry, ...]:
    """Every copy, ranked, with the reasons for and against it."""
    owners = {item.owner for item in items}
    balance = _balances(lending, owners | {lending.network.nodes[wish.home].system})
    queues = storage.queue_lengths(lending.tx.connection, {item.node for item in items})
    free = [item.owner for item in items if item.available]
    lendable = {item.owner: 0 for item in items}
    for item in items:
        lendable[item.owner] += item.available or item.comes_back
    at_limit = _owners_at_limit(lending, wish, owners)
    candidates = [
        Candidate(
            owner=item.owner,
            barcode=item.barcode,
            node=item.node,
            obstacles=obstacles(lending, wish, item, at_limit),
            last_copy=item.owner in free and lendable[item.owner] == 1,
            net_lent=balance.get(item.owner, 0),
            queue=queues.get(item.node, 0),
        )
        for item in items
    ]
    return rank(candidates, lambda node: predict(lending, node, wish.pickup), lending.tx.now)


def obstacles(lending: Lending, wish: Wish, item: ItemState, at_limit: Collection[str]) -> tuple[str, ...]:
    """Codes of everything that keeps this copy from being asked for now.

    ``at_limit`` are the owners of whom the reader already has as much as they allow.
    """
    found = []
    if (item.owner, item.barcode) in wish.tried:
        found.append("tried")
    if item.obstacle:
        found.append(item.obstacle)
    if item.node not in lending.network.nodes:
        found.append("unknown_node")
    elif not lendable(lending, wish, item):
        found.append("not_lendable")
    elif item.owner in at_limit:
        found.append("owner_limit")
    return tuple(found)


def lendable(lending: Lending, wish: Wish, item: ItemState) -> bool:
    """Whether the owner's policy lets this reader have it, wherever it is now."""
    if item.owner not in lending.network.nodes or wish.home not in lending.network.nodes:
        return False
    if lending.network.agreement_between(item.owner, wish.home) is None:
        return False
    return lending.ruling(
        "lendable",
        owner=item.owner,
        home=wish.home,
        node=item.node,
        item_class=item.item_class,
        reader_class=wish.reader_class,
    ).yes


def predict(lending: Lending, lender: str, pickup: str) -> Prediction | None:
    """When a volume that stands at ``lender`` could be ready; None when nothing goes there."""
    calendars = lending.network.calendars
    minutes = lending.ruling("preparation_minutes", node=lender).number
    try:
        picked_at = calendars.next_open(lender, lending.tx.now) + timedelta(minutes=minutes)
        journey = lending.network.arrivals.journey(lender, pickup, picked_at)
        if journey is None:
            return None
        ready_at = calendars.next_open(pickup, journey.arrives_at)
    except NeverOpensError:
        return None
    return Prediction(ready_at, 2 * len(journey.legs))


def choose_next(lending: Lending, request: RequestRow, reader_class: str) -> tuple[RequestEvent, RequestRow]:
    """Reserve the best copy that can be had now and make the supply that asks for it.

    Returns:
        LENDER_CHOSEN, MUST_WAIT or ROTA_EXHAUSTED, and the request with its new rota.
    """
    connection = lending.tx.connection
    tried = storage.supplies_of(connection, request.id)
    wish = wished(request, reader_class, tried)
    items = copies(lending, request.cluster, request.volume)
    ranked = rota(lending, wish, items)
    chosen = next((entry for entry in ranked if _take(lending, request, entry)), None)
    storage.change_request(
        connection,
        request.id,
        rota=[entry.as_data() for entry in ranked],
        position=len(tried) + (chosen is not None),
        promised_at=chosen.ready_at if chosen else None,
    )
    changed = storage.request(connection, request.id)
    assert changed is not None
    if chosen is not None:
        return RequestEvent.LENDER_CHOSEN, changed
    if request.waits and any(item.comes_back and lendable(lending, wish, item) for item in items):
        return RequestEvent.MUST_WAIT, changed
    return RequestEvent.ROTA_EXHAUSTED, changed


def engage(
    lending: Lending,
    request: RequestRow,
    *,
    lender: str,
    owner: str,
    barcode: str,
    state: SupplyState,
    accepted: bool = False,
) -> SupplyRow | None:
    """Reserve one volume for a request and make its supply; None when somebody else has it."""
    supply = SupplyRow(
        id=lending.tx.new_id("S"),
        request=request.id,
        lender=lender,
        owner=owner,
        barcode=barcode,
        state=state,
        entered_at=lending.tx.now,
        accepted=accepted,
    )
    deadline = timing.supply_deadline(lending, supply, request, state, lending.tx.now)
    supply = replace(supply, deadline_at=deadline)
    if not storage.add_supply(lending.tx.connection, supply, lending.tx.now):
        return None
    lending.record("supply", supply.id, state.value, state, lender, owner=owner, barcode=barcode)
    return supply


def _take(lending: Lending, request: RequestRow, entry: RotaEntry) -> bool:
    if entry.score is None:
        return False
    supply = engage(
        lending,
        request,
        lender=entry.lender,
        owner=entry.owner,
        barcode=entry.barcode,
        state=SupplyState.ASKED,
    )
    return supply is not None


def _balances(lending: Lending, owners: set[str]) -> dict[str, int]:
    """Volumes each owner lent to other libraries' readers minus those its own readers borrowed elsewhere."""
    nodes = lending.network.nodes
    since = lending.tx.now - timedelta(days=BALANCE_DAYS)
    homes = {node.code for node in nodes if node.system in owners}
    balance = dict.fromkeys(owners, 0)
    for (owner, home), number in loans.flows(lending.tx.connection, owners, homes, since).items():
        system = nodes[home].system if home in nodes else home
        if owner == system:
            continue
        balance[owner] = balance.get(owner, 0) + number
        balance[system] = balance.get(system, 0) - number
    return balance


def _owners_at_limit(lending: Lending, wish: Wish, owners: Collection[str]) -> set[str]:
    """The owners of whom the reader already has as much as they allow.

    Owners without an agreement lend nothing anyway, and have no such limit.
    """
    held = standing.volumes_by_owner(lending, wish.reader)
    return {
        owner
        for owner in owners
        if owner in lending.network.nodes
        and lending.network.agreement_between(owner, wish.home) is not None
        and held[owner] >= standing.owner_limit(lending, owner, wish.home, wish.reader_class).number
    }
