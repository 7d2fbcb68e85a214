"""Clustering anew what a batch touched: whole components, so that the result does not depend on the batch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dedupe.clustering import Decisions, partition
from hub.services.clustering.naming import Naming, name_editions
from hub.services.clustering.showing import Touched, link_sets, show
from hub.services.network_document.network import Network
from hub.storage import clusters, decisions, descriptions, edges, outbox
from hub.storage.clusters import RecordKey

INDEX_TOPIC = "index"


@dataclass(frozen=True, slots=True)
class _Neighbourhood:
    """Whole components: their live records by key, their edges, the decisions about them."""

    keys: dict[int, RecordKey]  #: of every record reached, gone ones too
    records: dict[str, int]
    edges: list[tuple[str, str, int]]
    decisions: Decisions


def recluster(
    connection: Connection, started: tuple[set[int], set[int]], network: Network, now: datetime
) -> None:
    """Partition every component that the batch touched and store what changed.

    ``started``: the records of the batch, and those with the records they had or have an edge to.
    """
    batch, seeds = started
    around = _neighbourhood(connection, seeds)
    before = clusters.clusters_of(connection, around.keys)
    groups = partition(around.records, around.edges, around.decisions)
    editions = [frozenset(around.records[key] for key in group) for group in groups]
    keys = {record: around.keys[record] for edition in editions for record in edition}
    naming = name_editions(connection, editions, before, keys)
    touched = Touched(editions, naming, before, frozenset(batch), keys)
    _store(connection, touched, naming, network, now)


def _neighbourhood(connection: Connection, seeds: Collection[int]) -> _Neighbourhood:
    """Follow edges, "same" decisions and present editions from the seeds until nothing new is reached."""
    keys: dict[int, RecordKey] = {}
    found_edges: set[edges.Scored] = set()
    same: set[tuple[str, str]] = set()
    different: set[tuple[str, str]] = set()
    frontier = set(seeds)
    while frontier:
        keys.update(clusters.record_keys(connection, frontier))
        reached = edges.edges_of(connection, frontier)
        found_edges |= reached
        ruled = decisions.in_force(connection, [str(keys[record]) for record in frontier])
        same |= {(one.first, one.second) for one in ruled if one.kind == "same"}
        different |= {(one.first, one.second) for one in ruled if one.kind == "different"}
        decided = {key for one in ruled if one.kind == "same" for key in (one.first, one.second)}
        linked = clusters.records_by_key(connection, decided).values()
        mates = clusters.members_of(connection, set(clusters.clusters_of(connection, frontier).values()))
        frontier = {record for edge in reached for record in edge[:2]} | set(linked) | mates.keys()
        frontier -= keys.keys()
    live = descriptions.live(connection, keys)
    names = {record: str(key) for record, key in keys.items()}
    return _Neighbourhood(
        keys,
        {names[record]: record for record in live},
        [(names[one], names[two], score) for one, two, score, _ in found_edges],
        Decisions(frozenset(same), frozenset(different)),
    )


def _store(connection: Connection, touched: Touched, naming: Naming, network: Network, now: datetime) -> None:
    shown = show(connection, touched, network)
    works = clusters.works_of(connection, shown.keys())
    clusters.store_shown(connection, shown, now)
    assigned = {record: naming.names[edition] for edition in touched.editions for record in edition}
    moved = {record: name for record, name in assigned.items() if touched.before.get(record) != name}
    clusters.move(connection, moved, touched.before.keys() - assigned.keys())
    clusters.redirect(connection, naming.redirects, now)
    clusters.record_happenings(connection, naming.happenings, now)
    changed = {*shown, *naming.redirects, *naming.retired}
    works |= clusters.works_of(connection, changed)
    outbox.put(connection, INDEX_TOPIC, sorted(changed | link_sets(connection, works)))
