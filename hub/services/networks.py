"""The network in force: its nodes, calendars and timetable, loaded from one document.

Owns: keeping the versions of the document and showing the one in force.
Must not: know the shape of the document (``hub.services.network_document`` does).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.services.context import Hub, Principal, Transaction
from hub.services.network_document.network import Network
from hub.services.network_document.reading import parse
from hub.services.network_document.views import agreement_view, node_view, route_view
from hub.services.operations import ADMINISTRATORS, ANYONE, Input, NoInput, Operation
from hub.storage import network as versions

__all__ = ["OPERATIONS", "Network", "in_force", "keep", "load", "parse", "shipped"]


def shipped() -> dict[str, Any]:
    """The document of the Nanjing demonstration network, as it comes with the hub."""
    document: dict[str, Any] = json.loads(
        files("hub.services").joinpath("data/nanjing.json").read_text("utf-8")
    )
    return document


def keep(connection: Connection, document: Mapping[str, Any], now: datetime) -> Network:
    """Check a document and put it in force; the same document again keeps its version.

    Raises:
        InvalidInput: naming every wrong field with its remedy; nothing is stored.
    """
    parse(document)
    return parse(document, versions.store(connection, document, now).version)


def in_force(connection: Connection) -> Network:
    """The network in force.

    Raises:
        NotFound: no document was loaded yet.
    """
    stored = versions.newest(connection)
    if stored is None:
        raise NotFound("network.none_loaded")
    return parse(stored.body, stored.version)


def load(tx: Transaction, document: Mapping[str, Any]) -> dict[str, Any]:
    """Put a document in force; answers with its version, and whether it is a new one.

    Raises:
        InvalidInput: naming every wrong field with its remedy; nothing is stored.
    """
    before = versions.newest(tx.connection)
    network = keep(tx.connection, document, tx.now)
    return {
        "version": network.version,
        "changed": before is None or before.version != network.version,
        "nodes": len(network.nodes.nodes),
        "routes": len(network.timetable.routes),
    }


class LoadInput(Input):
    """A whole network document."""

    document: dict[str, Any]


class NodeInput(Input):
    """One node by its code or an alias."""

    node: str


def load_document(tx: Transaction, principal: Principal, command: LoadInput) -> dict[str, Any]:
    """Put a document in force."""
    return load(tx, command.document)


async def show(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """The network in force, whole."""
    network, now = hub.network(), hub.clock.now()
    return {
        "version": network.version,
        "name": network.name_zh if principal.language == "zh" else network.name_en,
        "sorting_hub": network.sorting_hub,
        "nodes": [node_view(network, node, principal.language, now) for node in network.nodes],
        "agreements": [agreement_view(agreement, principal.language) for agreement in network.agreements],
        "routes": [route_view(route, principal.language) for route in network.timetable.routes],
    }


async def show_node(hub: Hub, principal: Principal, query: NodeInput) -> dict[str, Any]:
    """One node with its hours of the next two weeks."""
    network, now = hub.network(), hub.clock.now()
    node = network.nodes.find(query.node)
    if node is None:
        raise NotFound("network.no_such_code", field="node", code=query.node)
    return node_view(network, node, principal.language, now, days=14)


OPERATIONS = (
    Operation(
        "network.show", "GET", "/api/v1/network", ANYONE, NoInput,
        "The nodes, agreements and routes in force.", ask=show,
    ),
    Operation(
        "network.node", "GET", "/api/v1/network/nodes/{node}", ANYONE, NodeInput,
        "One node with its opening hours of the next two weeks.", ask=show_node,
    ),
    Operation(
        "network.load", "POST", "/api/v1/network", ADMINISTRATORS, LoadInput,
        "Check a network document and put it in force.", decide=load_document,
    ),
)  # fmt: skip
