"""Keeping the search index at the store: feeding it from the outbox, rebuilding it, checking it.

Owns: the way from an edition with its copies to an index document, and how far the index has come.
Must not: search, or change editions.

The outbox is read, the documents are made and committed with the position, and only then are the entries
forgotten. A crash anywhere in between repeats work that changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.index.documents import Copies, Document, Edition, document
from hub.index.port import UnionIndex
from hub.kernel.nodes import NodeTree
from hub.services.context import Hub
from hub.storage import availability, editions, outbox
from hub.storage.availability import ItemState
from hub.storage.statements import batches

TOPIC = "index"
BATCH = 1000
MOST_NAMED = 20  # rows a check names; the counts are of all


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """How the index compares with the store. ``waiting`` changes are known and not applied yet."""

    stored: int
    indexed: int
    waiting: int
    missing: tuple[str, ...] = ()  #: live editions the index does not have
    stale: tuple[str, ...] = ()  #: what the index has and is no live edition

    @property
    def sound(self) -> bool:
        """Whether the index holds exactly the live editions."""
        return not self.missing and not self.stale


async def feed(hub: Hub) -> int:
    """Bring the index up to the outbox; how many editions were indexed or deleted.

    A new or unreadable index is rebuilt.
    """
    index = hub.index()
    if index.needs_rebuild:
        return await rebuild(hub)
    done = 0
    while (changed := await _apply_next(hub, index)) is not None:
        done += changed
    return done


async def rebuild(hub: Hub) -> int:
    """Build the index anew beside the live one and put it in its place; how many editions it holds."""
    index = hub.index()
    tree = hub.network().nodes
    start = await hub.store.read(lambda connection: outbox.last_position(connection, TOPIC))
    building = index.begin_rebuild(start)
    done, last = 0, ""
    while True:
        made, last = await hub.store.read(lambda connection, last=last: _page(connection, tree, last))  # type: ignore[misc]  # a default pins the loop's value
        if not last:
            break
        done += await asyncio.to_thread(building.add, made)
    await asyncio.to_thread(index.finish_rebuild, building)
    await _forget(hub, index)
    return done


async def check(hub: Hub) -> IndexCheck:
    """Compare the index with the store, edition by edition."""
    index = hub.index()
    live, waiting = await hub.store.read(lambda connection: _live_and_waiting(connection, index.position()))
    indexed = await asyncio.to_thread(index.keys)
    # An edition that is waiting may rightly differ.
    missing, stale = sorted(live - indexed - waiting), sorted(indexed - live - waiting)
    return IndexCheck(
        stored=len(live),
        indexed=len(indexed),
        waiting=len(waiting),
        missing=tuple(missing[:MOST_NAMED]),
        stale=tuple(stale[:MOST_NAMED]),
    )


async def _apply_next(hub: Hub, index: UnionIndex) -> int | None:
    """How many editions the next entries changed; None when there are no more entries."""
    tree, position = hub.network().nodes, index.position()

    def ask(connection: Connection) -> tuple[int, list[str], list[Document]]:
        entries = outbox.after(connection, TOPIC, position, BATCH)
        keys = list(dict.fromkeys(entry.key for entry in entries))
        return (entries[-1].position if entries else position), keys, _documents(connection, tree, keys)

    upto, keys, made = await hub.store.read(ask)
    if not keys:
        return None
    gone = set(keys) - {entry.key for entry in made}
    applied = await asyncio.to_thread(index.apply, made, sorted(gone), upto, since=position)
    await _forget(hub, index)
    return len(keys) if applied else 0


async def _forget(hub: Hub, index: UnionIndex) -> None:
    upto = index.forgettable()
    await hub.store.write(lambda connection: outbox.forget(connection, TOPIC, upto))


def _page(connection: Connection, tree: NodeTree, after: str) -> tuple[list[Document], str]:
    ids = editions.live_ids_after(connection, after, BATCH)
    return (_documents(connection, tree, ids), ids[-1]) if ids else ([], "")


def _documents(connection: Connection, tree: NodeTree, keys: Collection[str]) -> list[Document]:
    """The documents of those keys that are live editions, in the order of their ids."""
    found = editions.live_editions(connection, keys)
    copies: dict[str, list[ItemState]] = {}
    for batch in batches(sorted(found)):
        copies |= availability.states_of(connection, batch)
    return [document(Edition(key, found[key].display, _copies(tree, copies[key]))) for key in sorted(found)]


def _copies(tree: NodeTree, states: list[ItemState]) -> tuple[Copies, ...]:
    """The copies by the node they stand at; a node the network does not know is a library of its own."""
    by_node: dict[str, list[ItemState]] = {}
    for state in states:
        by_node.setdefault(state.node, []).append(state)
    return tuple(
        Copies(
            path=tree.path(node) if node in tree else (node,),
            call_numbers=tuple(sorted({state.call_number for state in found if state.call_number})),
            available=any(state.available for state in found),
        )
        for node, found in sorted(by_node.items())
    )


def _live_and_waiting(connection: Connection, position: int) -> tuple[frozenset[str], frozenset[str]]:
    live: list[str] = []
    while page := editions.live_ids_after(connection, live[-1] if live else "", BATCH):
        live.extend(page)
    waiting: set[str] = set()
    while entries := outbox.after(connection, TOPIC, position, BATCH):
        waiting.update(entry.key for entry in entries)
        position = entries[-1].position
    return frozenset(live), frozenset(waiting)
