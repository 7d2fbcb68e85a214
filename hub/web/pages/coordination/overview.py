"""The network at a glance, and the lists of cases and purchase suggestions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.rendering import render
from hub.web.pages.searching import page_of

SECTIONS = ("transport", "duplicates", "harvests", "cases", "suggestions")
#: the kinds of work counted by desk
DESK_COLUMNS = ("to_answer", "to_pick", "to_pack", "totes_to_open", "ready", "cases")
SUGGESTIONS_PER_PAGE = 50


def render_section(
    request: web.Request, section: str, status: int = 200, template: str = "", **context: Any
) -> web.Response:
    """Draw a page of coordination."""
    name = f"coordination/{template or section}.html"
    return render(request, name, status=status, section=section, sections=SECTIONS, key=new_key(), **context)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /coordinator: figures, each leading to its list."""
    board = await ask(request, "transport.board", {})
    harvests = await ask(request, "harvests.list", {"runs": 1})
    cases = await ask(request, "cases.list", {})
    suggestions = await ask(request, "suggestions.list", {"limit": 1})
    desks = (await ask(request, "desks.overview", {}))["desks"]
    return render_section(
        request, "overview", board=board, harvests=harvests, cases=cases["cases"],
        suggestions=suggestions["total"], desks=desks, desk_columns=DESK_COLUMNS,
    )  # fmt: skip


async def show_cases(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/cases."""
    return await _cases(request, "", "", 200)


async def _cases(request: web.Request, problem: str, about: str, status: int) -> web.Response:
    cases = (await ask(request, "cases.list", {}))["cases"]
    return render_section(
        request, "cases", status, cases=cases, problem=problem, about=about, closed="closed" in request.query
    )


async def close_case(request: web.Request) -> web.StreamResponse:
    """POST /coordinator/cases."""
    form = await form_of(request)
    asked = {"case": form.get("case", ""), "resolution": form.get("resolution", "")}
    try:
        await ask(request, "cases.close", asked, form.get("key", ""))
    except Refusal as error:
        return await _cases(request, error.say(request[LANGUAGE]), asked["case"], error.status)
    raise web.HTTPSeeOther("/coordinator/cases?closed=1")


async def show_suggestions(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/suggestions."""
    page = page_of(request.query.get("page", ""))
    asked = {"limit": SUGGESTIONS_PER_PAGE, "offset": (page - 1) * SUGGESTIONS_PER_PAGE}
    found = await ask(request, "suggestions.list", asked)
    pages = (found["total"] + SUGGESTIONS_PER_PAGE - 1) // SUGGESTIONS_PER_PAGE
    return render_section(request, "suggestions", found=found, page=page, pages=pages)


ROUTES = (
    web.get("/coordinator", show),
    web.get("/coordinator/cases", show_cases),
    web.post("/coordinator/cases", close_case),
    web.get("/coordinator/suggestions", show_suggestions),
)
