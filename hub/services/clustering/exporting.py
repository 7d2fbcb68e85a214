"""The partition as lines of text, for comparison with a truth table or another system."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.services.context import Hub
from hub.storage import clusters


async def export(hub: Hub) -> list[str]:
    """One line ``MEMBER:001 <tab> edition`` for every clustered record."""

    def ask(connection: Connection) -> list[str]:
        return [
            f"{member}:{identifier}\t{cluster}"
            for member, identifier, cluster in clusters.memberships(connection)
        ]

    return await hub.store.read(ask)
