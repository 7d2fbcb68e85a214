"""What is under way, and how harvests went."""

from __future__ import annotations

from aiohttp import web

from hub.web.pages.asking import ask
from hub.web.pages.coordination.overview import render_section

#: after how many days under way a volume is listed, unless the address says otherwise
DAYS = 3
MOST_DAYS = 365
#: how many runs of a source that is not well are listed; of others the newest
RUNS = 3
#: what became of what was received; together they are all of it
FIGURES = ("changed", "deleted", "unchanged", "quarantined")


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
    found = await ask(request, "harvests.list", {"runs": RUNS})
    sources = sorted(found["sources"], key=lambda source: (source["well"], source["source"]))
    for source in sources:
        source["problem"] = source["runs"][0]["problem"] if source["runs"] else ""
    return render_section(
        request, "harvests", sources=sources, unwell=found["unwell"], figures=FIGURES,
        runs_shown=lambda source: 1 if source["well"] else RUNS,
    )  # fmt: skip


ROUTES = (
    web.get("/coordinator/transport", transport),
    web.get("/coordinator/harvests", harvests),
)
