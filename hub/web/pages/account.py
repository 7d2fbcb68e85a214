"""A reader's requests and loans, and the parcel-like story of one request."""

from __future__ import annotations

from aiohttp import web

from hub.errors import HubError
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.rendering import render

DONE = frozenset({"placed", "suggested", "cancelled", "cancelled_late", "renewed"})


def done_of(request: web.Request) -> str:
    """What was just done, for the notice on top; only words of ours are shown."""
    done = request.query.get("done", "")
    return done if done in DONE else ""


async def show(request: web.Request) -> web.StreamResponse:
    """GET /account."""
    return await _account(request, "", 200)


async def _account(request: web.Request, problem: str, status: int) -> web.StreamResponse:
    requests = (await ask(request, "requests.list", {}))["requests"]
    loans = await ask(request, "loans.list", {})
    open_requests = [one for one in requests if one["outcome"] == "open"]
    return render(
        request, "account.html", status=status, problem=problem, done=done_of(request),
        open_requests=open_requests, past=[one for one in requests if one["outcome"] != "open"],
        loans=[one for one in loans["loans"] if not one["returned_at"]], key=new_key(),
    )  # fmt: skip


async def show_request(request: web.Request) -> web.StreamResponse:
    """GET /requests/{request}."""
    return await _request(request, "", 200)


async def _request(request: web.Request, problem: str, status: int) -> web.StreamResponse:
    found = await ask(request, "requests.show", {"request": request.match_info["request"]})
    return render(
        request, "request.html", status=status, found=found, problem=problem, done=done_of(request),
        key=new_key(),
    )  # fmt: skip


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /requests/{request}/cancel."""
    form = await form_of(request)
    asked = {"request": request.match_info["request"]}
    try:
        answer = await ask(request, "requests.cancel", asked, form.get("key", ""))
    except HubError as error:
        return await _request(request, error.say(request[LANGUAGE]), error.status)
    done = "cancelled_late" if answer["too_late"] else "cancelled"
    raise web.HTTPSeeOther(f"/requests/{answer['request']}?done={done}")


async def renew(request: web.Request) -> web.StreamResponse:
    """POST /loans/{loan}/renew."""
    form = await form_of(request)
    try:
        await ask(request, "loans.renew", {"loan": request.match_info["loan"]}, form.get("key", ""))
    except HubError as error:
        return await _account(request, error.say(request[LANGUAGE]), error.status)
    raise web.HTTPSeeOther("/account?done=renewed")


ROUTES = (
    web.get("/account", show),
    web.get("/requests/{request}", show_request),
    web.post("/requests/{request}/cancel", cancel),
    web.post("/loans/{loan}/renew", renew),
)
