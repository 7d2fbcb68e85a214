"""The records of a source: what its first ones would become, what could not be read, a run by its slices."""

from __future__ import annotations

from aiohttp import web

from hub.errors import HubError
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask
from hub.web.pages.coordination.overview import render_section
from hub.web.pages.coordination.sources import path_of

PIECES = 50
SLICES = 200


async def preview(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/sources/{source}/preview: asks the target; nothing is stored."""
    name = request.match_info["source"]
    source = await ask(request, "sources.show", {"source": name})
    problem, status, found = "", 200, None
    try:
        found = await ask(request, "sources.preview", {"source": name})
    except HubError as error:
        problem, status = error.say(request[LANGUAGE]), error.status
    return render_section(
        request, "harvests", status, "source_preview",
        source=source, found=found, problem=problem, path=path_of(name),
    )  # fmt: skip


async def quarantine(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/sources/{source}/quarantine: the pieces after ``?after=``."""
    name = request.match_info["source"]
    stated = request.query.get("after", "")
    after = int(stated) if stated.isascii() and stated.isdigit() else 0
    found = await ask(request, "quarantine.list", {"source": name, "limit": PIECES, "after": after})
    pieces = found["pieces"]
    return render_section(
        request, "harvests", template="source_quarantine", source=name, found=found, path=path_of(name),
        after=pieces[-1]["piece"] if len(pieces) == PIECES else 0,
    )  # fmt: skip


async def piece(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/quarantine/{piece}: one piece with its beginning."""
    found = await ask(request, "quarantine.show", {"piece": request.match_info["piece"]})
    return render_section(
        request, "harvests", template="quarantined_piece", found=found, path=path_of(found["source"])
    )


async def download(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/quarantine/{piece}/bytes: as they came."""
    found = await ask(request, "quarantine.show", {"piece": request.match_info["piece"]})
    return web.Response(
        body=bytes.fromhex(found["hexadecimal"]),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="quarantined-{found["piece"]}.bin"'},
    )


async def run(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/runs/{run}: slice by slice."""
    found = await ask(request, "harvests.slices", {"run": request.match_info["run"]})
    # Those that were not exact come first: they are why one looks.
    slices = sorted(found["slices"], key=lambda one: one["state"] == "done")
    return render_section(
        request, "harvests", template="harvest_run", found=found, path=path_of(found["source"]),
        slices=slices[:SLICES], left_off=max(0, len(slices) - SLICES),
    )  # fmt: skip


ROUTES = (
    web.get("/coordinator/sources/{source}/preview", preview),
    web.get("/coordinator/sources/{source}/quarantine", quarantine),
    web.get(r"/coordinator/quarantine/{piece:\d{1,15}}", piece),
    web.get(r"/coordinator/quarantine/{piece:\d{1,15}}/bytes", download),
    web.get(r"/coordinator/runs/{run:\d{1,15}}", run),
)
