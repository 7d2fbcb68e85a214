"""The bar of a demonstration's pages: its time, and the button that lets a day pass."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from hub.web.pages.asking import ask
from hub.web.pages.rendering import PASS_DAYS, is_demonstration
from hub.web.pages.signing_in import own_path


async def pass_day(request: web.Request) -> web.StreamResponse:
    """POST /demo/days: let one day pass and come back."""
    if not is_demonstration(request):
        raise web.HTTPNotFound
    await ask(request, PASS_DAYS, {"days": 1})
    raise web.HTTPSeeOther(own_path(urlsplit(request.headers.get("Referer", "")).path) or "/")


ROUTES = (web.post("/demo/days", pass_day),)
