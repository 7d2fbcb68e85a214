"""The search box, the results and the purchase suggestion that stands in for a dead end."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.services.context import Role
from hub.services.suggesting import offer
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL
from hub.web.pages.asking import ask, form_of, new_key, to_sign_in
from hub.web.pages.editions import in_order, known_node
from hub.web.pages.rendering import render, words_of

PAGE_SIZE = 20
FILTERS = ("library", "material", "language", "clc", "year")
#: values of a facet that are shown before "more"
SHOWN = 8
#: values of a facet that are listed at all
MOST = 40
#: the last page that can be asked for
LAST_PAGE = 500
EXAMPLES = ("红楼梦", "honglou", "hlm", "紅樓夢", "南京", "Tolstoy")


async def home(request: web.Request) -> web.StreamResponse:
    """GET /."""
    everything = await ask(request, "editions.search", {"limit": 0, "facets": "library"})
    libraries = sum("lend" in node.capabilities for node in request.app[HUB].network().nodes)
    return render(request, "home.html", total=everything["total"], libraries=libraries, examples=EXAMPLES)


async def results(request: web.Request) -> web.StreamResponse:
    """GET /search: the whole state of the search is in the address."""
    query = request.query
    page = page_of(query.get("page", ""))
    near = known_node(request, query.get("near", ""))
    asked: dict[str, Any] = {
        "q": query.get("q", ""), "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE, "facets": "true",
        "sort": query.get("sort", "relevance"), "available": query.get("available", "false"), "near": near,
    }  # fmt: skip
    asked.update({name: ",".join(query.getall(name)) for name in FILTERS if name in query})
    found = await ask(request, "editions.search", asked)
    pages = min((found["total"] + PAGE_SIZE - 1) // PAGE_SIZE, LAST_PAGE)
    if page > max(pages, 1):
        raise web.HTTPSeeOther(str(request.rel_url.update_query(page=max(pages, 1))))
    for hit in found["hits"]:
        hit["holdings"] = in_order(request, hit["holdings"])
    return render(
        request, "results.html", found=found, page=page, pages=pages, filters=FILTERS, shown=SHOWN,
        most=MOST, chips=_chips(request, found), own_library=request[PRINCIPAL].node,
        places=libraries(request), toggled=lambda name, value: _toggled(request, name, value),
    )  # fmt: skip


def page_of(text: str) -> int:
    """The page an address asks for; the first when it says nothing that can be used."""
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and text != "0" else 1


def libraries(request: web.Request) -> list[tuple[str, str]]:
    """The places that lend, by code and name."""
    nodes, language = request.app[HUB].network().nodes, request[LANGUAGE]
    return [(node.code, node.name(language)) for node in nodes if "lend" in node.capabilities]


def _chips(request: web.Request, found: dict[str, Any]) -> list[dict[str, str]]:
    """The filters in force, each with its category and the way to take it off."""
    names = {
        (facet, entry["value"]): entry["name"]
        for facet, entries in found["facets"].items()
        for entry in entries
    }
    network, words = request.app[HUB].network(), words_of(request)
    chips = []
    if request.query.get("available") == "true":
        remove = _toggled(request, "available", "true")
        chips.append({"name": words.say("available_only"), "remove": remove})
    for facet in FILTERS:
        for value in request.query.getall(facet, []):
            name = names.get((facet, value), value)
            if facet == "library" and value in network.nodes:
                name = network.nodes[value].name(words.language)
            said = words.say("chip", category=words.say(f"facet_{facet}"), value=name)
            chips.append({"name": said, "remove": _toggled(request, facet, value)})
    return chips


def _toggled(request: web.Request, name: str, value: str) -> str:
    """This search with a filter value put on, or taken off when it is on; from the first page again."""
    pairs = [(key, one) for key, one in request.query.items() if key != "page"]
    wanted = (name, value)
    pairs = [pair for pair in pairs if pair != wanted] if wanted in pairs else [*pairs, wanted]
    return str(request.rel_url.with_query(pairs))


async def suggest(request: web.Request) -> web.StreamResponse:
    """POST /suggestions: record what no library can lend."""
    form = await form_of(request)
    key = form.pop("key", "")
    if request[PRINCIPAL].role is Role.ANONYMOUS:
        raise to_sign_in(request)
    try:
        await ask(request, "suggestions.make", form, key)
    except Refusal as error:
        wish = offer(form.get("title", ""), form.get("author", ""), query=form.get("query", ""))
        wish["isbn"] = form.get("isbn", "")
        return render(
            request, "suggest.html", status=error.status, problem=error.say(request[LANGUAGE]), wish=wish,
            key=new_key(), field=error.field,
        )  # fmt: skip
    raise web.HTTPSeeOther("/account?done=suggested")


async def suggestion_form(request: web.Request) -> web.StreamResponse:
    """GET /suggestions: the form, filled as far as the address says."""
    if request[PRINCIPAL].role is Role.ANONYMOUS:
        raise to_sign_in(request)
    query = request.query
    wish = offer(
        query.get("title", ""), query.get("author", ""), query.get("isbn", ""), query=query.get("q", "")
    )
    return render(request, "suggest.html", problem="", wish=wish, key=new_key(), field="")


ROUTES = (
    web.get("/", home),
    web.get("/search", results),
    web.get("/suggestions", suggestion_form),
    web.post("/suggestions", suggest),
)
