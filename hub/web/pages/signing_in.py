"""Signing in and out, and choosing the language."""

from __future__ import annotations

from aiohttp import web

from hub.errors import Forbidden
from hub.messages.catalogue import LANGUAGES
from hub.services.accounts import sign_in, sign_out
from hub.services.context import Role
from hub.web.keys import ATTEMPTS, HUB, LANGUAGE, SETTINGS
from hub.web.pages.rendering import render
from hub.web.sessions import COOKIE, LANGUAGE_COOKIE, new_token, remember, token_of

#: where each role begins
FIRST_PAGE = {
    Role.READER: "/account",
    Role.STAFF: "/staff",
    Role.DRIVER: "/driver",
    Role.COORDINATOR: "/coordinator",
    Role.ADMINISTRATOR: "/coordinator",
}


def own_path(wanted: str) -> str:
    """The path to go on to, if it is one of ours; an address elsewhere is not followed."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else ""


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in."""
    return _form(request, "", 200)


def _form(request: web.Request, problem: str, status: int, login: str = "") -> web.Response:
    accounts = request.app[SETTINGS].demo_accounts
    return render(
        request, "sign_in.html", status=status, problem=problem, login=login, demo_accounts=accounts,
        next=own_path(request.query.get("next", "")),
    )  # fmt: skip


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /sign-in."""
    form = await request.post()
    login, password = str(form.get("login", "")).strip(), str(form.get("password", ""))
    token = new_token()
    try:
        principal = await sign_in(
            request.app[HUB],
            request.app[ATTEMPTS],
            login,
            password,
            token,
            request.app[SETTINGS].session_length,
        )
    except Forbidden as error:
        return _form(request, error.say(request[LANGUAGE]), error.status, login)
    response = web.HTTPSeeOther(own_path(str(form.get("next", ""))) or FIRST_PAGE.get(principal.role, "/"))
    remember(response, token, request.app[SETTINGS])
    raise response


async def leave(request: web.Request) -> web.StreamResponse:
    """POST /sign-out."""
    await sign_out(request.app[HUB], token_of(request))
    response = web.HTTPSeeOther("/")
    response.del_cookie(COOKIE)
    raise response


async def choose_language(request: web.Request) -> web.StreamResponse:
    """GET /language/{language}?next=...: remember the language and go back."""
    language = request.match_info["language"]
    if language not in LANGUAGES:
        raise web.HTTPNotFound
    response = web.HTTPSeeOther(own_path(request.query.get("next", "")) or "/")
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, samesite="Lax", httponly=True)
    raise response


ROUTES = (
    web.get("/sign-in", show),
    web.post("/sign-in", enter),
    web.post("/sign-out", leave),
    web.get("/language/{language}", choose_language),
)
