"""The questions of lending: each answered from one snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.services.context import Hub, Principal, Transaction
from hub.services.lending import borrowing, requesting, showing, timeline, worklist
from hub.services.lending.context import Lending
from hub.services.lending.requesting import WishInput
from hub.services.lending.rights import desk_of, reader_of, request_named, works_at
from hub.services.operations import Input, NoInput
from hub.storage import lending as storage


class RequestInput(Input):
    """One request."""

    request: str


class DeskInput(Input):
    """One desk; for accounts that stand at one node, theirs."""

    node: str = ""


async def quote(hub: Hub, principal: Principal, query: WishInput) -> dict[str, Any]:
    """What would happen if the reader asked for this."""
    return await _read(hub, principal, lambda lending: requesting.quote(lending, principal, query))


async def list_requests(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """The reader's requests, newest first."""
    reader = reader_of(principal)
    return await _read(
        hub,
        principal,
        lambda lending: {
            "requests": [
                showing.request(lending, row) for row in storage.requests_of(lending.tx.connection, reader)
            ]
        },
    )


async def show_request(hub: Hub, principal: Principal, query: RequestInput) -> dict[str, Any]:
    """One request like a parcel: its steps, what is expected, and for staff the whole rota."""

    def show(lending: Lending) -> dict[str, Any]:
        request = request_named(lending, query.request)
        return timeline.of_request(lending, request, for_staff=works_at(lending, request.pickup))

    return await _read(hub, principal, show)


async def list_loans(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """The reader's loans, those still out first."""
    return await _read(hub, principal, lambda lending: borrowing.mine(lending, principal))


async def desk_today(hub: Hub, principal: Principal, query: DeskInput) -> dict[str, Any]:
    """Today's work of a desk."""
    return await _read(
        hub, principal, lambda lending: worklist.of_node(lending, desk_of(lending, principal, query.node))
    )


async def _read(
    hub: Hub, principal: Principal, answer: Callable[[Lending], dict[str, Any]]
) -> dict[str, Any]:
    now, network = hub.clock.now(), hub.network()
    return await hub.store.read(
        lambda connection: answer(Lending.begin(Transaction(connection, now, network, "reading"), principal))
    )
