"""Adding a source: whose it is, where and how it is asked. Its page then offers the probe and a preview."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, form_of
from hub.web.pages.coordination.overview import render_section
from hub.web.pages.coordination.sources import path_of
from hub.web.pages.coordination.stated_options import from_lines

PATH = "/coordinator/new-source"
PROTOCOLS = ("z3950", "sru", "oai-pmh", "file")
#: options that have a field of their own
NAMED = ("user", "password", "profile", "encoding")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/new-source."""
    # The page is for those who may add one; whoever may not is told so before filling it in.
    await ask(request, "sources.list", {})
    return _page(request, {})


async def add(request: web.Request) -> web.StreamResponse:
    """POST /coordinator/new-source."""
    form = await form_of(request)
    asked: dict[str, Any] = {name: form.get(name, "") for name in ("source", "protocol", "address")}
    stated = form.get("member", "").strip()
    member = request.app[HUB].network().nodes.find(stated)
    asked["member"] = member.code if member is not None else stated
    try:
        own = {name: form[name].strip() for name in NAMED if name in form}
        asked["options"] = {**from_lines(form.get("options", "")), **own}
        await ask(request, "sources.add", asked, form.get("key", ""))
    except Refusal as error:
        return _page(request, form, error)
    raise web.HTTPSeeOther(f"{path_of(asked['source'])}?done=add")


def _page(request: web.Request, typed: dict[str, str], problem: Refusal | None = None) -> web.Response:
    return render_section(
        request, "harvests", problem.status if problem is not None else 200, "new_source",
        typed=typed, protocols=PROTOCOLS, nodes=list(request.app[HUB].network().nodes),
        problem=problem.say(request[LANGUAGE]) if problem is not None else "",
        wrong=(problem.field or "") if problem is not None else "",
    )  # fmt: skip


ROUTES = (web.get(PATH, show), web.post(PATH, add))
