"""Cases of a node: what somebody must look into, and ending one with what came of it."""

from __future__ import annotations

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, form_of
from hub.web.pages.desk.places import Desk, desk_of, render_desk


async def show(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/cases."""
    return await _cases(request, desk_of(request), "", "", 200)


async def _cases(request: web.Request, desk: Desk, problem: str, about: str, status: int) -> web.Response:
    return await render_desk(
        request, "cases.html", desk, "cases", status, problem=problem, about=about,
        closed="closed" in request.query,
    )  # fmt: skip


async def close(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/cases."""
    desk, form = desk_of(request), await form_of(request)
    asked = {"case": form.get("case", ""), "resolution": form.get("resolution", "")}
    try:
        await ask(request, "cases.close", asked, form.get("key", ""))
    except Refusal as error:
        return await _cases(request, desk, error.say(request[LANGUAGE]), asked["case"], error.status)
    raise web.HTTPSeeOther(f"{desk.path('cases')}?closed=1")


ROUTES = (web.get("/staff/{node}/cases", show), web.post("/staff/{node}/cases", close))
