"""All desks at a glance: where work waits, for those who look after the whole network."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.services.context import Hub, Principal
from hub.services.operations import NoInput
from hub.storage import worklists


async def overview(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """How much of each kind of work waits at each node; nodes without any are left out."""
    network, now = hub.network(), hub.clock.now()

    def ask(connection: Connection) -> dict[str, Any]:
        found = worklists.by_node(connection)
        return {
            "at": now.isoformat(),
            "desks": [
                {
                    "node": node,
                    "node_name": network.nodes[node].name(principal.language),
                    "open": network.calendars.is_open(node, now),
                    **found[node],
                }
                for node in sorted(found)
                if node in network.nodes
            ],
        }

    return await hub.store.read(ask)
