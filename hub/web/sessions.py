"""Who is asking: the session token from a cookie or an Authorization header, and the language."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from hub.errors import Forbidden
from hub.messages.catalogue import LANGUAGES
from hub.services.accounts import principal_of
from hub.services.context import ANONYMOUS
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL, SETTINGS
from hub.web.settings import WebSettings

COOKIE = "tongjie_session"
LANGUAGE_COOKIE = "tongjie_language"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def new_token() -> str:
    """A session token that cannot be guessed."""
    return secrets.token_urlsafe(32)


def token_of(request: web.Request) -> str:
    """The token this request carries, or the empty string."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return request.cookies.get(COOKIE, "")


def remember(response: web.StreamResponse, token: str, settings: WebSettings) -> None:
    """Give the browser its session cookie."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.session_length.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )


def language_of(request: web.Request, chosen: str) -> str:
    """The page's language: ?lang=, then the cookie, then the account's, then the hub's own."""
    wanted = request.query.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or chosen
    return wanted if wanted in LANGUAGES else request.app[SETTINGS].language


def _foreign_origin(request: web.Request) -> bool:
    # An opaque origin ("null") is a page that hides where it comes from: it is not one of ours.
    origin = request.headers.get("Origin")
    return bool(origin) and urlsplit(str(origin)).netloc != request.host


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the principal and the language before any handler runs.

    A form sent by another site's page is refused: the cookie would be ours, the wish would not.
    """
    token = token_of(request)
    principal = await principal_of(request.app[HUB], token) if token else ANONYMOUS
    request[PRINCIPAL] = principal
    request[LANGUAGE] = language_of(request, principal.language if principal is not ANONYMOUS else "")
    if request.method not in SAFE_METHODS and request.cookies.get(COOKIE) and _foreign_origin(request):
        raise Forbidden("web.foreign_origin")
    return await handler(request)
