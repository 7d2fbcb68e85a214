"""Our own static files, under addresses that change with their bytes, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from aiohttp import web

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Our static files by name, each with a digest that changes with its bytes."""
    found: dict[str, tuple[bytes, str]] = {}
    for entry in files("hub.web").joinpath("static").iterdir():
        if entry.name.rpartition(".")[2] in KINDS:
            body = entry.read_bytes()
            found[entry.name] = (body, hashlib.sha256(body).hexdigest()[:12])
    return found


def static_url(name: str) -> str:
    """The address of a static file. Raises KeyError when there is none of this name."""
    return f"/static/{static_files()[name][1]}/{name}"


async def serve_static(request: web.Request) -> web.StreamResponse:
    """GET /static/{digest}/{name}."""
    name = request.match_info["name"]
    if name not in static_files():
        raise web.HTTPNotFound
    response = web.Response(
        body=static_files()[name][0], content_type=KINDS[name.rpartition(".")[2]], charset="utf-8"
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
