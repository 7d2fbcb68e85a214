"""What went wrong, in the form the caller asked for: problem+json for the API, a page for people."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from hub.errors import HubError, NotFound, Refusal
from hub.services.validation import InvalidInput
from hub.web.keys import LANGUAGE, SETTINGS

log = logging.getLogger(__name__)

Page = Callable[[web.Request, int, str], Awaitable[web.StreamResponse]]


def problem(error: HubError, language: str) -> web.Response:
    """An RFC 9457 answer: what was wrong, which field, what to do."""
    body: dict[str, Any] = {
        "type": f"urn:tongjie:{error.message}",
        "title": error.say(language),
        "status": error.status,
        "code": error.message,
    }
    if error.field:
        body["field"] = error.field
    if isinstance(error, InvalidInput):
        body["errors"] = error.problems(language)
    else:
        body.update(
            {name: value for name, value in error.values.items() if _plain(value) and name not in body}
        )
    return web.json_response(body, status=error.status, content_type="application/problem+json")


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | list | dict) or value is None


def wants_page(request: web.Request) -> bool:
    """Whether a person is looking: pages live outside /api and the protocol end points."""
    return not request.path.startswith(("/api/", "/sru", "/oai", "/healthz", "/metrics", "/static/"))


def _from_http(error: web.HTTPException, request: web.Request) -> HubError | None:
    if isinstance(error, web.HTTPNotFound):
        return NotFound("web.no_page", path=request.path)
    if isinstance(error, web.HTTPMethodNotAllowed):
        refusal = Refusal(
            "web.method", method=request.method, allowed=", ".join(sorted(error.allowed_methods))
        )
        refusal.status = 405
        return refusal
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        refusal = Refusal("web.too_large", limit=request.app._client_max_size)
        refusal.status = 413
        return refusal
    return None


def middleware(page: Page) -> Middleware:
    """The middleware that says every refusal; ``page`` draws an error page."""

    @web.middleware
    async def say_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        error: HubError
        try:
            return await handler(request)
        except HubError as refusal:
            error = refusal
        except web.HTTPException as answer:
            found = _from_http(answer, request)
            if found is None:
                raise
            error = found
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("request %s %s failed, reference %s", request.method, request.path, reference)
            error = HubError("web.broken", reference=reference)
        language = request.get(LANGUAGE) or request.app[SETTINGS].language
        if wants_page(request):
            return await page(request, error.status, error.say(language))
        return problem(error, language)

    return say_errors
