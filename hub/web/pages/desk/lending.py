"""The counter: the hold shelf, lending without a request (通借), taking anything back (通还)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.desk.places import Desk, desk_of, render_desk
from hub.web.pages.desk.scanning import Said, card_of, code_of, done, scans, take
from hub.web.pages.rendering import words_of

Act = Callable[[], Awaitable[Said]]


async def show_expected(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/expected."""
    return await render_desk(request, "expected.html", desk_of(request), "expected")


async def show_holds(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/holds."""
    return await _counter(request, desk_of(request), "holds")


async def show_loans(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/loans."""
    return await _counter(request, desk_of(request), "loans")


async def show_returns(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/returns."""
    return await _counter(request, desk_of(request), "returns")


async def _counter(request: web.Request, desk: Desk, task: str) -> web.Response:
    return await render_desk(request, f"{task}.html", desk, task, **await scans(request, desk, task))


async def issue(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/holds: a card and a barcode from the hold shelf."""
    desk, form = desk_of(request), await form_of(request)
    code, card, key = code_of(form), card_of(form), form.get("key", "")

    async def act() -> Said:
        work = await ask(request, "desk.today", {"node": desk.node})
        held = [
            one
            for one in work["hold_shelf"]
            if one["barcode"] == code and form.get("owner", one["owner"]) == one["owner"]
        ]
        if len(held) != 1:
            return _not_held(request, code, held)
        asked = {"request": held[0]["request"], "card": card, "barcode": code}
        loan = await ask(request, "holds.issue", asked, key or new_key())
        return _lent(request, loan)

    return await _handed_over(request, desk, "holds", code, card, key, act)


async def lend(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/loans: a card and a barcode."""
    desk, form = desk_of(request), await form_of(request)
    code, card, key = code_of(form), card_of(form), form.get("key", "")

    async def act() -> Said:
        asked = {"card": card, "barcode": code, "owner": form.get("owner", ""), "node": desk.node}
        return _lent(request, await ask(request, "loans.walk_up", asked, key or new_key()))

    return await _handed_over(request, desk, "loans", code, card, key, act)


async def _handed_over(
    request: web.Request, desk: Desk, task: str, code: str, card: str, key: str, act: Act
) -> web.StreamResponse:
    if not (code and card):
        raise web.HTTPSeeOther(desk.path(task))
    said = await take(request, desk, task, code, key, act)
    if not said.choices:
        raise done(desk, task)
    # The card stands on no list and in no address, so the choice of an owner is shown at once with it.
    found = await scans(request, desk, task)
    shown = found | {"panel": found["scans"]["scans"][0], "extra": {"card": card}}
    return await render_desk(request, f"{task}.html", desk, task, 409, **shown)


def _not_held(request: web.Request, code: str, held: list[Mapping[str, Any]]) -> Said:
    words = words_of(request)
    if not held:
        text = words.say("desk.not_on_hold_shelf", barcode=code)
        return Said("stop", words.say("desk.verdict_stop"), text)
    choices = tuple({"owner": one["owner"], "name": one["owner_name"], "title": one["title"]} for one in held)
    return Said("attention", words.say("desk.which_owner"), choices=choices)


def _lent(request: web.Request, loan: Mapping[str, Any]) -> Said:
    words = words_of(request)
    headline = words.say("desk.lent_until", day=words.day(loan["due_at"]))
    return Said("ok", headline, words.say("desk.issued"), loan["owner"], loan["barcode"], loan["title"])


async def take_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/returns."""
    desk, form = desk_of(request), await form_of(request)
    code, key = code_of(form), form.get("key", "")

    async def act() -> Said:
        asked = {"barcode": code, "owner": form.get("owner", ""), "node": desk.node}
        return _returned(request, desk, await ask(request, "returns.scan", asked, key or new_key()))

    if code:
        await take(request, desk, "returns", code, key, act)
    raise done(desk, "returns")


def _returned(request: web.Request, desk: Desk, answer: Mapping[str, Any]) -> Said:
    words = words_of(request)
    owner, _, barcode = answer["volume"].partition("/")
    stays = answer["destination"] == desk.node
    if not stays:
        verdict, headline = "attention", words.say("desk.goes_to", node=answer["destination_name"])
    elif answer["request"]:
        verdict, headline = "attention", words.say("desk.hold_shelf")
    else:
        verdict, headline = "ok", words.say("desk.shelve")
    parts = [
        answer["message"],
        words.say("desk.discharged" if answer["discharged"] else "desk.no_loan"),
        words.say("desk.was_late") if answer["late"] else "",
    ]
    joined = ("" if words.language == "zh" else " ").join(part for part in parts if part)
    return Said(verdict, headline, joined, owner, barcode)


ROUTES = (
    web.get("/staff/{node}/expected", show_expected),
    web.get("/staff/{node}/holds", show_holds),
    web.post("/staff/{node}/holds", issue),
    web.get("/staff/{node}/loans", show_loans),
    web.post("/staff/{node}/loans", lend),
    web.get("/staff/{node}/returns", show_returns),
    web.post("/staff/{node}/returns", take_back),
)
