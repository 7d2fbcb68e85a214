"""Display records, works and sets of the editions that a batch touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dedupe.description import Description, from_dict
from dedupe.description.publication import short_publisher
from dedupe.merging import Source, display_record
from dedupe.works import EditionOfWork, sets_of, work_key
from hub.kernel.nodes import Level
from hub.services.clustering.naming import Edition, Naming
from hub.services.network_document.network import Network
from hub.storage import clusters, descriptions
from hub.storage.clusters import RecordKey

#: whose cataloguing is trusted first: the larger the library, the more cataloguers it has
_TRUST = {level: place for place, level in enumerate(Level)}
_UNKNOWN_MEMBER = len(_TRUST)


@dataclass(frozen=True, slots=True)
class Touched:
    """The editions of the components that a batch touched, and what they were before."""

    editions: Sequence[Edition]
    naming: Naming
    before: Mapping[int, str]
    batch: frozenset[int]
    keys: Mapping[int, RecordKey]

    def changed(self) -> list[Edition]:
        """Editions with other records than before, or with a record that was described anew."""
        members: dict[str, set[int]] = {}
        for record, cluster in self.before.items():
            members.setdefault(cluster, set()).add(record)
        return [
            edition
            for edition in self.editions
            if members.get(self.naming.names[edition], set()) != set(edition)
            or not self.batch.isdisjoint(edition)
        ]


def show(connection: Connection, touched: Touched, network: Network) -> dict[str, tuple[dict[str, Any], str]]:
    """The display record and the work of every changed edition, by id."""
    changed = touched.changed()
    bodies = descriptions.bodies(connection, {record for edition in changed for record in edition})
    return {
        touched.naming.names[edition]: shown_record(network, touched.keys, bodies, edition)
        for edition in changed
    }


def shown_record(
    network: Network,
    keys: Mapping[int, RecordKey],
    bodies: Mapping[int, dict[str, Any]],
    edition: Collection[int],
) -> tuple[dict[str, Any], str]:
    """The display record and the work of one edition, from the descriptions of its records."""
    sources = [
        Source(str(keys[record]), from_dict(bodies[record]), _trust(network, keys[record].member))
        for record in sorted(edition)
    ]
    return display_record(sources), _work([one.description for one in sources])


def link_sets(connection: Connection, works: Collection[str]) -> set[str]:
    """Link the volumes of these works with their sets; the editions whose link changed."""
    by_work: dict[str, list[EditionOfWork]] = {}
    linked: dict[str, str] = {}
    for edition, work, whole, display in clusters.editions_of_works(connection, works):
        by_work.setdefault(work, []).append(_of_work(edition, display))
        linked[edition] = whole
    wanted = dict.fromkeys(linked, "")
    for editions in by_work.values():
        wanted.update(sets_of(editions))
    changed = {edition: whole for edition, whole in wanted.items() if linked[edition] != whole}
    clusters.link_sets(connection, changed)
    return set(changed)


def _trust(network: Network, member: str) -> int:
    return _TRUST[network.nodes[member].level] if member in network.nodes else _UNKNOWN_MEMBER


def _work(found: Sequence[Description]) -> str:
    """The work that most of the records name."""
    votes = Counter(work for description in found if (work := work_key(description)))
    return min(votes, key=lambda work: (-votes[work], work), default="")


def _of_work(edition: str, display: Mapping[str, Any]) -> EditionOfWork:
    return EditionOfWork(
        edition,
        str(display.get("volume") or ""),
        display.get("pieces"),
        short_publisher(str(display.get("publisher") or "")),
        display.get("year"),
    )
