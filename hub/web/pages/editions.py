"""An edition with its holdings, what a request for it would come to, and placing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hub.errors import HubError
from hub.services.context import Role
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL
from hub.web.pages.asking import ask, form_of, new_key, to_sign_in
from hub.web.pages.live_states import can_ask, state_sentence, with_states
from hub.web.pages.rendering import render, words_of

#: what the page tells of an edition, in this order: the name of the fact, where the display record has it
FACTS = (
    ("edition_field", "edition"), ("extent", "pages"), ("isbn", "isbns"), ("unified", "unified_numbers"),
    ("issn", "issns"), ("series", "series"), ("subjects", "subjects"), ("clc", "clc"),
    ("other_titles", "other_titles"), ("contributors", "contributors"),
)  # fmt: skip


def pickup_nodes(request: web.Request) -> list[tuple[str, str]]:
    """Where volumes can be picked up: code and name, the reader's own library first."""
    own, language = request[PRINCIPAL].node, request[LANGUAGE]
    nodes = [node for node in request.app[HUB].network().nodes if "pickup" in node.capabilities]
    return [(node.code, node.name(language)) for node in sorted(nodes, key=lambda node: node.code != own)]


def known_node(request: web.Request, code: str) -> str:
    """The code, if the network has such a node; else ""."""
    return code if code in request.app[HUB].network().nodes else ""


def chosen_pickup(request: web.Request) -> str:
    """The pick-up node of the address, else the reader's own library."""
    return known_node(request, request.query.get("pickup", "") or request[PRINCIPAL].node)


def in_order(request: web.Request, holdings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Holdings as they came where they came nearest first; else in the order of the network."""
    if any(holding["kilometres"] is not None for holding in holdings):
        return holdings
    order = {node.code: place for place, node in enumerate(request.app[HUB].network().nodes)}
    return sorted(holdings, key=lambda holding: order.get(holding["node"], len(order)))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /editions/{edition}."""
    pickup = chosen_pickup(request)
    near = known_node(request, request.query.get("near", "")) or request[PRINCIPAL].node or pickup
    asked = {"edition": request.match_info["edition"], "pickup": pickup, "near": near}
    found = await ask(request, "editions.show", asked)
    if found["redirected_from"]:
        raise web.HTTPMovedPermanently(f"/editions/{found['edition']}")
    live = "live" in request.query
    now = await ask(request, "editions.availability", {"edition": found["edition"], "live": live})
    found["holdings"] = in_order(request, with_states(found["holdings"], now))
    return render(
        request, "edition.html", found=found, display=found["display"], pickups=pickup_nodes(request),
        pickup=pickup, own_library=request[PRINCIPAL].node, facts=facts(request, found["display"]),
        now=now, can_ask=can_ask(now), state_sentence=state_sentence(words_of(request), now),
    )  # fmt: skip


def facts(request: web.Request, display: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of an edition, as (name of the fact, text); what is not known is left out."""
    words = words_of(request)
    comma = words.say("list_comma")
    published = words.say("comma").join(
        str(display[name]) for name in ("place", "publisher", "year") if display.get(name) not in (None, "")
    )
    found = [("publication", published)]
    for name, key in FACTS:
        value = display.get(key) or ""
        found.append((name, comma.join(value) if isinstance(value, list) else str(value)))
    for name in ("language", "material"):
        code = str(display.get(name) or "")
        found.append((name, words.say_if_known(f"facets.{name}_{code}", code)))
    return [(name, text) for name, text in found if text]


async def quote(request: web.Request) -> web.StreamResponse:
    """GET /editions/{edition}/request: what would happen, before anything does."""
    if request[PRINCIPAL].role is Role.ANONYMOUS:
        raise to_sign_in(request)
    return await _quoted(request, "", 200)


async def _quoted(request: web.Request, problem: str, status: int) -> web.StreamResponse:
    found = await ask(request, "editions.show", {"edition": request.match_info["edition"]})
    asked = {"edition": found["edition"], "pickup": chosen_pickup(request)}
    volume = request.query.get("volume", "")
    quoted = await ask(request, "requests.quote", asked | ({"volume": volume} if volume else {}))
    return render(
        request, "request_form.html", status=status, found=found, quoted=quoted, problem=problem,
        pickups=pickup_nodes(request), pickup=asked["pickup"], volume=volume, key=new_key(), reasons=_reasons,
    )  # fmt: skip


def _reasons(entry: Mapping[str, Any]) -> str:
    """The reasons of a rota entry but its time, which has a column of its own."""
    return " · ".join(reason["text"] for reason in entry["reasons"] if reason["code"] != "time") or "—"


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
