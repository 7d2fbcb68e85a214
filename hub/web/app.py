"""The web application: the JSON API, the pages and the health of the hub."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from hub.errors import Refusal
from hub.services.accounts import FailedAttempts
from hub.services.context import Hub
from hub.services.operations import Operation
from hub.web import api, errors, openapi
from hub.web.health import healthz
from hub.web.keys import ATTEMPTS, HUB, OPERATIONS, SETTINGS
from hub.web.pages import setup as pages
from hub.web.pages.asking import send_to_sign_in
from hub.web.sessions import identify
from hub.web.settings import WebSettings

LARGEST_BODY = 1024 * 1024
#: shorter answers are not worth the work
LEAST_COMPRESSED = 1000
COMPRESSED = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "image/svg+xml",
        "application/json",
        "application/problem+json",
    }
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@web.middleware
async def guard_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that are not ours (DNS rebinding), where the operator listed them."""
    allowed = request.app[SETTINGS].allowed_hosts
    host = request.host.rsplit(":", 1)[0]
    if allowed and host not in allowed:
        raise Refusal("web.wrong_host", host=host)
    return await handler(request)


@web.middleware
async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress long answers for those who can read them so."""
    response = await handler(request)
    long = isinstance(response, web.Response) and (response.content_length or 0) > LEAST_COMPRESSED
    if long and response.content_type in COMPRESSED:
        response.enable_compression()
        response.headers["Vary"] = "Accept-Encoding"
    return response


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer tells the browser to load nothing from elsewhere."""
    del request
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def create_app(hub: Hub, operations: Mapping[str, Operation], settings: WebSettings) -> web.Application:
    """The application over an assembled hub.

    Args:
        hub: where everything is decided and asked.
        operations: the table of operations by name.
        settings: language, cookies, names, demo accounts.
    """
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[compress, errors.middleware(pages.error_page), guard_host, identify, send_to_sign_in],
    )
    app[HUB] = hub
    app[OPERATIONS] = dict(operations)
    app[SETTINGS] = settings
    app[ATTEMPTS] = FailedAttempts()
    api.add_routes(app, app[OPERATIONS])
    app.router.add_get("/api/openapi.json", openapi.handle)
    app.router.add_get("/healthz", healthz)
    pages.add_pages(app)
    app.on_response_prepare.append(add_headers)
    return app
