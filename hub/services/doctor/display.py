"""P6: the record shown for an edition is what its records give."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection

from hub.services.clustering.showing import shown_record
from hub.services.network_document.network import Network
from hub.storage import clusters, descriptions, editions
from hub.storage.promises.editions import records_waiting
from hub.storage.promises.violation import Check, Violation

#: editions looked at together
BATCH = 500


def display_records_of(network: Network) -> Check:
    """The check under this network: the larger a library, the more its cataloguing is trusted."""

    def display_records_follow(connection: Connection, now: datetime) -> list[Violation]:
        """Build every display record anew. While records wait to be clustered nothing is settled."""
        del now
        if records_waiting(connection):
            return []
        members: dict[str, list[int]] = defaultdict(list)
        for record, cluster in clusters.every_membership(connection).items():
            members[cluster].append(record)
        names = sorted(members)
        found: list[Violation] = []
        for start in range(0, len(names), BATCH):
            found += _differing(
                connection, network, {name: members[name] for name in names[start : start + BATCH]}
            )
        return found

    return display_records_follow


def _differing(connection: Connection, network: Network, members: dict[str, list[int]]) -> list[Violation]:
    records = [record for group in members.values() for record in group]
    keys = clusters.record_keys(connection, records)
    bodies = descriptions.bodies(connection, records)
    stored = editions.live_editions(connection, members)
    return [
        Violation("P6", "cluster", cluster, "display_differs", {})
        for cluster, group in sorted(members.items())
        if cluster in stored
        and bodies.keys() >= set(group)
        and dict(stored[cluster].display) != shown_record(network, keys, bodies, group)[0]
    ]
