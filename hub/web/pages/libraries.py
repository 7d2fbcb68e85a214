"""The libraries: which are open now, what can be done there, when, and how far from a chosen place."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.kernel.nodes import Node
from hub.services.network_document.views import node_view
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL
from hub.web.pages.asking import ask
from hub.web.pages.editions import known_node
from hub.web.pages.rendering import render

#: what can be done at a node, in the order it is told
SERVICES = ("pickup", "return", "lend", "self-service")
#: levels in the order of the list; what no reader visits is left out
LEVELS = (
    "city", "city-children", "district", "street", "community", "kiosk", "mobile", "metro", "metro-county",
)  # fmt: skip


async def show_all(request: web.Request) -> web.StreamResponse:
    """GET /libraries: every place readers can go to, nearest first once a place was chosen."""
    hub, language = request.app[HUB], request[LANGUAGE]
    network, now = hub.network(), hub.clock.now()
    wanted = request.query.get("service", "")
    near = known_node(request, request.query.get("near", "") or request[PRINCIPAL].node)
    visited = [node for node in network.nodes if node.level.value in LEVELS]
    views = [
        node_view(network, node, language, now) | {"services": services_of(node)}
        for node in visited
        if (not wanted or wanted in services_of(node))
        and (request.query.get("open") != "1" or network.calendars.is_open(node.code, now))
    ]
    for view in views:
        view["kilometres"] = round(network.nodes.kilometres(near, view["code"]), 1) if near else None
    views.sort(key=lambda view: view["kilometres"] or 0.0 if near else LEVELS.index(view["level"]))
    places = [(node.code, node.name(language)) for node in visited]
    return render(
        request, "libraries.html", libraries=views, places=places, near=near, wanted=wanted,
        services=SERVICES, total=len(visited),
    )  # fmt: skip


def services_of(node: Node) -> list[str]:
    """What can be done at a node, as the page tells it."""
    found = set(node.capabilities)
    if node.level.value == "kiosk":
        found.add("self-service")
    return [service for service in SERVICES if service in found]


async def show_one(request: web.Request) -> web.StreamResponse:
    """GET /libraries/{code}: its hours of two weeks and what can be done there."""
    found: dict[str, Any] = await ask(request, "network.node", {"node": request.match_info["code"]})
    if found["code"] != request.match_info["code"]:
        raise web.HTTPMovedPermanently(f"/libraries/{found['code']}")
    nodes = request.app[HUB].network().nodes
    return render(
        request, "library.html", library=found, services=services_of(nodes[found["code"]]),
        parent=nodes[found["parent"]] if found["parent"] else None,
        below=[node for node in nodes if node.parent == found["code"] and node.level.value in LEVELS],
    )  # fmt: skip


ROUTES = (web.get("/libraries", show_all), web.get("/libraries/{code}", show_one))
