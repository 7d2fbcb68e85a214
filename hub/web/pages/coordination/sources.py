"""One source: what it is, what its target can do, how its harvests went, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web

from hub.errors import HubError
from hub.services.harvesting.options import stated_value
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, form_of
from hub.web.pages.coordination.overview import render_section
from hub.web.pages.coordination.stated_options import as_lines, from_lines, taken_away

RUNS = 8
#: unmapped codes with a field each; the page keeps within its bytes
CODES = 60
FIGURES = ("changed", "deleted", "unchanged", "quarantined")
DONE = frozenset({"probe", "set", "unset", "map", "retry", "change", "add"})
#: an option that has a form of its own
LOCATIONS = "locations"


def path_of(source: str) -> str:
    """The address of a source's page."""
    return f"/coordinator/sources/{quote(source, safe='')}"


async def show(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/sources/{source}."""
    return await _page(request)


async def act(request: web.Request) -> web.StreamResponse:
    """POST /coordinator/sources/{source}: probe, set, unset, map, retry or change."""
    form = await form_of(request)
    action = form.get("action", "")
    if action not in ACTIONS:
        raise web.HTTPBadRequest
    source = request.match_info["source"]
    try:
        await ACTIONS[action](request, source, form)
    except HubError as error:
        return await _page(request, error, form)
    raise web.HTTPSeeOther(f"{path_of(source)}?done={action}")


async def _probe(request: web.Request, source: str, form: dict[str, str]) -> None:
    await ask(request, "sources.probe", {"source": source}, form.get("key", ""))


async def _set(request: web.Request, source: str, form: dict[str, str]) -> None:
    said = {form.get("finding", ""): stated_value(form.get("value", ""))}
    await ask(request, "sources.edit_profile", {"source": source, "set": said}, form.get("key", ""))


async def _unset(request: web.Request, source: str, form: dict[str, str]) -> None:
    unset = [form.get("finding", "")]
    await ask(request, "sources.edit_profile", {"source": source, "unset": unset}, form.get("key", ""))


async def _retry(request: web.Request, source: str, form: dict[str, str]) -> None:
    await ask(request, "quarantine.retry", {"source": source}, form.get("key", ""))


async def _change(request: web.Request, source: str, form: dict[str, str]) -> None:
    before = (await ask(request, "sources.show", {"source": source}))["options"]
    options = from_lines(form.get("options", ""))
    asked: dict[str, Any] = {"source": source, "options": options}
    asked["without"] = taken_away(before, options, {LOCATIONS})
    if "address" in form:
        asked["address"] = form["address"]
    await ask(request, "sources.change", asked, form.get("key", ""))


async def _map(request: web.Request, source: str, form: dict[str, str]) -> None:
    posted = await request.post()
    codes, written = posted.getall("code", []), posted.getall("node", [])
    known = (await ask(request, "sources.show", {"source": source}))["options"].get(LOCATIONS, {})
    nodes = request.app[HUB].network().nodes
    wanted: dict[str, str] = {}
    for code, text in zip(map(str, codes), map(str, written), strict=False):
        found = nodes.find(text.strip())
        node = found.code if found is not None else text.strip()
        if node != known.get(code, ""):
            wanted[code] = node
    if wanted:
        asked = {"source": source, "locations": wanted}
        await ask(request, "sources.map_locations", asked, form.get("key", ""))


ACTIONS: dict[str, Callable[[web.Request, str, dict[str, str]], Awaitable[None]]] = {
    "probe": _probe,
    "set": _set,
    "unset": _unset,
    "map": _map,
    "retry": _retry,
    "change": _change,
}


async def _page(
    request: web.Request, problem: HubError | None = None, form: dict[str, str] | None = None
) -> web.Response:
    name = request.match_info["source"]
    source = await ask(request, "sources.show", {"source": name})
    profile = await ask(request, "sources.profile", {"source": name})
    (harvested,) = (await ask(request, "harvests.list", {"source": name, "runs": RUNS}))["sources"]
    quarantine = await ask(request, "quarantine.list", {"source": name, "limit": 1})
    table: dict[str, str] = source["options"].get(LOCATIONS, {})
    own = {option: value for option, value in source["options"].items() if option != LOCATIONS}
    typed = form if form is not None and form.get("action") == "change" else {}
    return render_section(
        request, "harvests", problem.status if problem is not None else 200, "source",
        source=source, profile=profile, harvested=harvested, figures=FIGURES, quarantine=quarantine,
        path=path_of(name), table=table, unmapped=source["unmapped"][:CODES],
        options=typed.get("options", as_lines(own)), address=typed.get("address", source["address"]),
        changing=bool(typed), nodes=list(request.app[HUB].network().nodes),
        problem=problem.say(request[LANGUAGE]) if problem is not None else "",
        done=_done(request) if problem is None else "",
    )  # fmt: skip


def _done(request: web.Request) -> str:
    done = request.query.get("done", "")
    return done if done in DONE else ""


ROUTES = (
    web.get("/coordinator/sources/{source}", show),
    web.post("/coordinator/sources/{source}", act),
)
