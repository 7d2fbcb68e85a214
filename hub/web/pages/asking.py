"""Pages ask the hub by the same operations as the API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from hub.services.performing import SignInFirst, perform
from hub.web.keys import HUB, LANGUAGE, OPERATIONS, PRINCIPAL


async def ask(request: web.Request, operation: str, data: Mapping[str, Any], key: str = "") -> dict[str, Any]:
    """Perform an operation for whoever looks at the page; its answer.

    Raises:
        HubError: what the operation refuses; the error page or the caller says it.
    """
    principal = replace(request[PRINCIPAL], language=request[LANGUAGE])
    answer = await perform(
        request.app[HUB], request.app[OPERATIONS][operation], principal, data, key or secrets.token_hex(16)
    )
    return answer.body


def new_key() -> str:
    """The hidden key of a form: sending it twice does one thing."""
    return secrets.token_hex(12)


def to_sign_in(request: web.Request) -> web.HTTPSeeOther:
    """On to the sign-in page, and back here afterwards."""
    return web.HTTPSeeOther(f"/sign-in?next={quote(request.path_qs, safe='')}")


@web.middleware
async def send_to_sign_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page that needs somebody signed in leads to the sign-in page."""
    try:
        return await handler(request)
    except SignInFirst:
        if request.method != "GET" or request.path.startswith("/api/"):
            raise
        raise to_sign_in(request) from None


async def form_of(request: web.Request) -> dict[str, str]:
    """The fields of a posted form that are text and not empty."""
    posted = await request.post()
    return {name: str(value) for name, value in posted.items() if isinstance(value, str) and value.strip()}
