"""editions.show: one edition with its holdings by library, and when it could be had."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.services.context import Hub, Principal
from hub.services.operations import ANYONE, Operation
from hub.services.searching.holdings import detailed, fillable, lending_view
from hub.services.searching.inputs import EditionInput, readable
from hub.services.searching.search import viewpoint
from hub.services.suggesting import offer
from hub.storage import availability, editions


async def show(hub: Hub, principal: Principal, query: EditionInput) -> dict[str, Any]:
    """One edition, whatever took its place, with every copy.

    Raises:
        NotFound: there never was such an edition.
        Refusal: a node is not in the network.
    """
    asked_for = readable(query.edition, "edition")
    view = viewpoint(hub, principal, query.near, query.pickup)

    def ask(connection: Connection) -> dict[str, Any]:
        edition = editions.edition(connection, asked_for)
        if edition is None:
            raise NotFound("search.no_such_edition", field="edition", edition=asked_for)
        states = availability.states(connection, edition.id)
        lending = lending_view(hub, connection, principal)
        holdings = detailed(view, lending, states)
        can_fill = fillable(view, lending, states)
        dates = [line["ready_by"] for line in holdings if line["ready_by"]]
        return {
            "edition": edition.id,
            "redirected_from": asked_for if edition.id != asked_for else None,
            "work": edition.work,
            "set_of": edition.set_of,
            "display": dict(edition.display),
            "near": view.near,
            "pickup": view.pickup,
            "libraries": len(holdings),
            "items": len(states),
            "available": sum(state.available for state in states),
            "volumes": sorted({state.volume for state in states if state.volume}),
            "ready_by": min(dates, default=None),
            "holdings": holdings,
            "requestable": can_fill,
            "suggest": None
            if can_fill
            else offer(edition.title, next(iter(edition.authors), ""), edition.isbn),
        }

    return await hub.store.read(ask)


EDITION_OPERATIONS = (
    Operation(
        "editions.show", "GET", "/api/v1/editions/{edition}", ANYONE, EditionInput,
        "One edition with its holdings by library, availability, distance and predicted ready-by time.",
        ask=show,
    ),
)  # fmt: skip
