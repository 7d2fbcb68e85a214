"""An edition with its holdings, what a request for it would come to, and placing it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import HubError
from hub.services.context import Role
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL
from hub.web.pages.asking import ask, form_of, new_key, to_sign_in
from hub.web.pages.rendering import render


def pickup_nodes(request: web.Request) -> list[tuple[str, str]]:
    """Where volumes can be picked up: code and name, the reader's own library first."""
    own, language = request[PRINCIPAL].node, request[LANGUAGE]
    nodes = [node for node in request.app[HUB].network().nodes if "pickup" in node.capabilities]
    return [(node.code, node.name(language)) for node in sorted(nodes, key=lambda node: node.code != own)]


def chosen_pickup(request: web.Request) -> str:
    """The pick-up node of the address, else the reader's own library."""
    wanted = request.query.get("pickup", "") or request[PRINCIPAL].node
    return wanted if wanted in request.app[HUB].network().nodes else ""


async def show(request: web.Request) -> web.StreamResponse:
    """GET /editions/{edition}."""
    edition = request.match_info["edition"]
    asked = {"edition": edition}
    if pickup := chosen_pickup(request):
        asked |= {"pickup": pickup, "near": request[PRINCIPAL].node or pickup}
    found = await ask(request, "editions.show", asked)
    if found["redirected_from"]:
        raise web.HTTPMovedPermanently(f"/editions/{found['edition']}")
    return render(
        request, "edition.html", found=found, display=found["display"], pickups=pickup_nodes(request),
        pickup=pickup, own_library=request[PRINCIPAL].node,
    )  # fmt: skip


async def quote(request: web.Request) -> web.StreamResponse:
    """GET /editions/{edition}/request: what would happen, before anything does."""
    if request[PRINCIPAL].role is not Role.READER:
        raise to_sign_in(request)
    return await _quoted(request, "", 200)


async def _quoted(request: web.Request, problem: str, status: int) -> web.StreamResponse:
    edition = request.match_info["edition"]
    found = await ask(request, "editions.show", {"edition": edition})
    asked: dict[str, Any] = {"edition": found["edition"], "pickup": chosen_pickup(request)}
    if volume := request.query.get("volume", ""):
        asked["volume"] = volume
    quoted = await ask(request, "requests.quote", asked)
    return render(
        request, "request_form.html", status=status, found=found, quoted=quoted, problem=problem,
        pickups=pickup_nodes(request), pickup=asked["pickup"], volume=volume, key=new_key(),
    )  # fmt: skip


async def place(request: web.Request) -> web.StreamResponse:
    """POST /editions/{edition}/request."""
    form = await form_of(request)
    wanted: dict[str, Any] = {"edition": request.match_info["edition"], "pickup": form.get("pickup", "")}
    if "volume" in form:
        wanted["volume"] = form["volume"]
    if "wait" in form:
        wanted["wait"] = True
    try:
        placed = await ask(request, "requests.place", wanted, form.get("key", ""))
    except HubError as error:
        if request[PRINCIPAL].role is not Role.READER:
            raise
        return await _quoted(request, error.say(request[LANGUAGE]), error.status)
    raise web.HTTPSeeOther(f"/requests/{placed['request']}?done=placed")


ROUTES = (
    web.get("/editions/{edition}", show),
    web.get("/editions/{edition}/request", quote),
    web.post("/editions/{edition}/request", place),
)
