"""All pages on the application."""

from __future__ import annotations

from aiohttp import web

from hub.web.pages import account, demonstration, driving, editions, libraries, searching, signing_in
from hub.web.pages.coordination import (
    duplicates,
    monitoring,
    new_source,
    source_records,
    sources,
    timetable,
)
from hub.web.pages.coordination import overview as coordination
from hub.web.pages.desk import cases, lending, overview, supplying, totes
from hub.web.pages.rendering import ENVIRONMENT, environment, render
from hub.web.pages.static_files import serve_static

READERS = (signing_in, searching, editions, account, libraries, demonstration)
DESK = (overview, supplying, totes, lending, cases)
COORDINATION = (coordination, monitoring, timetable, sources, source_records, new_source, duplicates)
PAGES = (*READERS, *DESK, driving, *COORDINATION)


async def error_page(request: web.Request, status: int, sentence: str) -> web.StreamResponse:
    """What went wrong, as a page; the hub itself may be what is broken, so this asks nothing of it."""
    return render(request, "error.html", status=status, sentence=sentence, status_code=status)


def add_pages(app: web.Application) -> None:
    """Give every page its address."""
    app[ENVIRONMENT] = environment()
    app.router.add_get("/static/{digest}/{name}", serve_static)
    for page in PAGES:
        app.router.add_routes(page.ROUTES)
