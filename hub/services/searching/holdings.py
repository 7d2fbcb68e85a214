"""Where an edition's copies are and when one could be had: holdings grouped by library.

Owns: the view of copies by node, nearest first, and when each library's copy could be ready.
Must not: choose a lender (``hub.services.lending`` does, with the same prediction).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.messages.catalogue import messages, text
from hub.services.context import Hub, Principal, Transaction
from hub.services.lending import choosing
from hub.services.lending.choosing import Wish
from hub.services.lending.context import Lending
from hub.services.networks import Network
from hub.storage.availability import ItemState


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where, and for whom, holdings are looked at. "" is nowhere in particular."""

    network: Network
    language: str
    near: str = ""
    pickup: str = ""
    home: str = ""  #: the reader's home library, whose agreements decide what may be borrowed

    def kilometres(self, node: str) -> float | None:
        """How far a node is; None when either end is unknown."""
        if not self.near or node not in self.network.nodes:
            return None
        return round(self.network.nodes.kilometres(self.near, node), 1)

    def name(self, node: str) -> str:
        """The node's name; its code when the network does not know it."""
        return self.network.nodes[node].name(self.language) if node in self.network.nodes else node


def lending_view(hub: Hub, connection: Connection, principal: Principal) -> Lending:
    """The rules in force, for asking and never for deciding."""
    return Lending.begin(Transaction(connection, hub.clock.now(), hub.network(), "read"), principal)


def grouped(states: Sequence[ItemState]) -> dict[str, list[ItemState]]:
    """Copies by the node they stand at."""
    found: dict[str, list[ItemState]] = {}
    for state in states:
        found.setdefault(state.node, []).append(state)
    return found


def summaries(view: Viewpoint, states: Sequence[ItemState]) -> list[dict[str, Any]]:
    """One line per library, nearest first: how many copies, how many free."""
    lines: list[dict[str, Any]] = [
        {
            "node": node,
            "name": view.name(node),
            "kilometres": view.kilometres(node),
            "items": len(found),
            "available": sum(state.available for state in found),
        }
        for node, found in grouped(states).items()
    ]
    return sorted(lines, key=nearest_first)


def nearest_first(line: dict[str, Any]) -> tuple[bool, float, str]:
    """Sort key of a library's line: by distance, libraries without a known place last."""
    kilometres = line["kilometres"]
    return kilometres is None, kilometres or 0.0, line["node"]


def detailed(view: Viewpoint, lending: Lending, states: Sequence[ItemState]) -> list[dict[str, Any]]:
    """Every library with its copies, nearest first, and when one could be ready at the pick-up node."""
    lines = summaries(view, states)
    by_node = grouped(states)
    for line in lines:
        found = by_node[line["node"]]
        line["ready_by"] = ready_by(view, lending, found)
        line["items"] = [item_view(view, state) for state in found]
        line["copies"] = len(found)
    return lines


def ready_by(view: Viewpoint, lending: Lending, states: Sequence[ItemState]) -> str | None:
    """When the first of these copies could be ready at the pick-up node; None when none can be sent now."""
    if not view.pickup:
        return None
    nodes = {state.node for state in states if state.available and may_be_lent(view, lending, state)}
    predictions = (choosing.predict(lending, node, view.pickup) for node in sorted(nodes))
    instants = [prediction.ready_at for prediction in predictions if prediction is not None]
    return min(instants).isoformat() if instants else None


def fillable(view: Viewpoint, lending: Lending, states: Sequence[ItemState]) -> bool:
    """Whether some copy could be lent, now or when it is back."""
    return any(
        (state.available or state.comes_back) and may_be_lent(view, lending, state) for state in states
    )


def may_be_lent(view: Viewpoint, lending: Lending, state: ItemState) -> bool:
    """Whether the owner's policy lets this reader have the copy; of an unknown reader, its own readers."""
    if state.node not in view.network.nodes:
        return False
    wish = Wish(
        reader="",
        home=view.home or state.owner,
        reader_class="",
        cluster=state.cluster,
        volume="",
        pickup=view.pickup,
    )
    return choosing.lendable(lending, wish, state)


def item_view(view: Viewpoint, state: ItemState) -> dict[str, Any]:
    """One copy as anybody may see it."""
    status = state.obstacle or "available"
    return {
        "owner": state.owner,
        "barcode": state.barcode,
        "call_number": state.call_number,
        "shelf": state.shelf,
        "volume": state.volume,
        "class": state.item_class,
        "status": status,
        "status_name": labelled("search", f"status_{status}", view.language, status),
        "available": state.available,
        "due": state.on_loan_until.isoformat() if state.on_loan_until else None,
    }


def labelled(area: str, name: str, language: str, otherwise: str) -> str:
    """The message with this name, or what it stands for when the catalogue of messages has no word for it."""
    key = f"{area}.{name}"
    return text(key, language) if key in messages() else otherwise
