"""What is under way, and how harvests went."""

from __future__ import annotations

from aiohttp import web

from hub.web.pages.asking import ask
from hub.web.pages.coordination.overview import render_section

#: after how many days under way a volume is listed, unless the address says otherwise
DAYS = 3
MOST_DAYS = 365


async def transport(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/transport."""
    wanted = request.query.get("days", "")
    days = min(int(wanted), MOST_DAYS) if wanted.isascii() and wanted.isdigit() else DAYS
    board = await ask(request, "transport.board", {"days": days})
    running = [trip for trip in board["trips"] if trip["state"] != "planned" or trip["late"]]
    return render_section(
        request, "transport", board=board, days=days, running=running,
        planned=[trip for trip in board["trips"] if trip not in running],
    )  # fmt: skip


async def harvests(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/harvests."""
    found = await ask(request, "harvests.list", {"runs": 3})
    sources = sorted(found["sources"], key=lambda source: (source["well"], source["source"]))
    return render_section(request, "harvests", sources=sources, unwell=found["unwell"])


ROUTES = (
    web.get("/coordinator/transport", transport),
    web.get("/coordinator/harvests", harvests),
)
