"""Which desk, and its work of today."""

from __future__ import annotations

from aiohttp import web

from hub.services.context import Role
from hub.services.performing import may
from hub.web.keys import HUB, LANGUAGE, OPERATIONS, PRINCIPAL
from hub.web.pages.desk.places import desk_of, render_desk
from hub.web.pages.rendering import render


async def begin(request: web.Request) -> web.StreamResponse:
    """GET /staff: to the desk where the account stands, or the choice of one."""
    principal, nodes = request[PRINCIPAL], request.app[HUB].network().nodes
    may(request.app[OPERATIONS]["desk.today"], principal)
    chosen = request.query.get("node", "")
    if chosen in nodes:
        raise web.HTTPSeeOther(f"/staff/{chosen}")
    if principal.role is Role.STAFF and principal.node in nodes:
        raise web.HTTPSeeOther(f"/staff/{principal.node}")
    desks = [(node.code, node.name(request[LANGUAGE])) for node in nodes if "lend" in node.capabilities]
    return render(request, "desk/choose.html", desks=desks)


async def today(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}: what waits here."""
    return await render_desk(request, "today.html", desk_of(request), "today")


ROUTES = (web.get("/staff", begin), web.get("/staff/{node}", today))
