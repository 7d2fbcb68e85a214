"""A lender's work: answering requests, and fetching volumes from the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.desk.places import Desk, desk_of, render_desk
from hub.web.pages.desk.scanning import Said, code_of, done, scans, take
from hub.web.pages.rendering import words_of

REASONS = ("not_on_shelf", "in_use", "damaged", "not_for_loan", "declined")


async def to_answer(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/answer."""
    return await _to_answer(request, desk_of(request), "", 200)


async def _to_answer(request: web.Request, desk: Desk, problem: str, status: int) -> web.Response:
    done = request.query.get("done", "")
    return await render_desk(
        request, "answer.html", desk, "answer", status, reasons=REASONS, problem=problem,
        done=done if done in {"yes", "no"} else "",
    )  # fmt: skip


async def answer(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/answer: one supply, one answer."""
    desk, form = desk_of(request), await form_of(request)
    given = {"supply": form.get("supply", ""), "answer": form.get("answer") or form.get("reason", "")}
    try:
        answered = await ask(request, "supplies.answer", given, form.get("key", ""))
    except Refusal as error:
        return await _to_answer(request, desk, error.say(request[LANGUAGE]), error.status)
    if answered["too_late"]:
        return await _to_answer(request, desk, answered["message"], 409)
    raise web.HTTPSeeOther(f"{desk.path('answer')}?done={'yes' if answered['accepted'] else 'no'}")


async def to_pick(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/pick: the list in shelf order."""
    desk = desk_of(request)
    return await render_desk(request, "pick.html", desk, "pick", **await scans(request, desk, "pick"))


async def pick(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/pick: a scan; with ``supply``, another copy that stands in for a listed one."""
    desk, form = desk_of(request), await form_of(request)
    code, key = code_of(form), form.get("key", "")

    async def act() -> Said:
        work = await ask(request, "desk.today", {"node": desk.node})
        wanted = [
            entry
            for entry in (*work["to_pick"], *work["to_answer"])
            if entry["supply"] == form.get("supply")
            or ("supply" not in form and entry["barcode"] == code and _of(entry, form))
        ]
        if len(wanted) != 1:
            return _not_one(request, code, wanted)
        picked = await ask(
            request, "supplies.pick", {"supply": wanted[0]["supply"], "barcode": code}, key or new_key()
        )
        return _picked(request, desk, wanted[0], picked)

    if code:
        await take(request, desk, "pick", code, key, act)
    raise done(desk, "pick")


def _of(entry: Mapping[str, Any], form: Mapping[str, str]) -> bool:
    return bool(form.get("owner", entry["owner"]) == entry["owner"])


def _not_one(request: web.Request, code: str, wanted: list[Mapping[str, Any]]) -> Said:
    words = words_of(request)
    if not wanted:
        text = words.say("desk.not_on_list_text", barcode=code)
        return Said("stop", words.say("desk.not_on_list"), text)
    choices = tuple(
        {"owner": one["owner"], "name": one["owner_name"], "title": one["title"]} for one in wanted
    )
    return Said("attention", words.say("desk.which_owner"), choices=choices)


def _picked(request: web.Request, desk: Desk, entry: Mapping[str, Any], picked: Mapping[str, Any]) -> Said:
    words = words_of(request)
    here = picked["destination"] == desk.node
    headline = (
        words.say("desk.hold_shelf") if here else words.say("desk.goes_to", node=picked["destination_name"])
    )
    return Said("attention", headline, picked["message"], entry["owner"], picked["barcode"], entry["title"])


ROUTES = (
    web.get("/staff/{node}/answer", to_answer),
    web.post("/staff/{node}/answer", answer),
    web.get("/staff/{node}/pick", to_pick),
    web.post("/staff/{node}/pick", pick),
)
