"""Is the hub well: for load balancers and operators."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from hub.web.keys import HUB


async def healthz(request: web.Request) -> web.StreamResponse:
    """GET /healthz: 200 when the database answers."""
    hub = request.app[HUB]
    await hub.store.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())
    network = hub.network()
    return web.json_response({"status": "ok", "nodes": len(network.nodes.nodes), "network": network.version})
