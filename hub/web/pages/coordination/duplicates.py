"""Doubtful duplicates: one pair at a time, decided by a person, undone by a person."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, form_of
from hub.web.pages.coordination.differences import Line, compared
from hub.web.pages.coordination.overview import render_section
from hub.web.pages.rendering import words_of
from hub.web.pages.words import Words

BATCH = 50
LAST_SKIP = 50_000
SHOWN_DECISIONS = 8


async def show(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/duplicates: the pair after ``skip`` others."""
    return await _pair(request, _skip(request.query.get("skip", "")), "", 200)


def _skip(text: str) -> int:
    return min(int(text), LAST_SKIP) if text.isascii() and text.isdigit() else 0


async def _pair(request: web.Request, skip: int, problem: str, status: int) -> web.Response:
    pairs, decisions = await _queue(request, skip)
    pair, words = (pairs[0] if pairs else None), words_of(request)
    newest = next((one for one in decisions if not one["undone_at"]), None)
    return render_section(
        request, "duplicates", status, pair=pair, lines=_lines(pair, words), skip=skip, problem=problem,
        done=request.query.get("done", ""), decisions=decisions[:SHOWN_DECISIONS], newest=newest,
        evidence_name=lambda code: words.say_if_known(f"coordinator.evidence_{code.partition('.')[0]}", code),
        member_name=lambda code: _member(request, code),
    )  # fmt: skip


async def _queue(request: web.Request, skip: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The pairs from the ``skip``-th on; decided ones are left out of answers, so further parts are asked."""
    found: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    for offset in range(0, LAST_SKIP, BATCH):
        part = await ask(request, "reviews.list", {"limit": BATCH, "offset": offset})
        decisions = decisions or part["decisions"]
        found += part["pairs"]
        if len(found) > skip or not (part["pairs"] or part["decisions"]):
            break
    return found[skip:], decisions


def _lines(pair: dict[str, Any] | None, words: Words) -> list[Line]:
    if pair is None:
        return []
    first, second = ({**record["display"]} for record in pair["records"])
    for display in (first, second):
        for name in ("language", "material"):
            code = str(display.get(name) or "")
            display[name] = words.say_if_known(f"facets.{name}_{code}", code)
    return compared(first, second)


def _member(request: web.Request, code: str) -> str:
    nodes = request.app[HUB].network().nodes
    return nodes[code].name(request[LANGUAGE]) if code in nodes else code


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /coordinator/duplicates: same, different, or undo of a decision."""
    form = await form_of(request)
    skip = _skip(form.get("skip", ""))
    key, undone = form.get("key", ""), form.get("decision", "")
    try:
        if undone:
            await ask(request, "reviews.undo", {"decision": undone}, key)
        else:
            asked = {name: form.get(name, "") for name in ("first", "second", "kind", "why")}
            await ask(request, "reviews.decide", asked, key)
    except Refusal as error:
        return await _pair(request, skip, error.say(request[LANGUAGE]), error.status)
    done = "undone" if undone else form.get("kind", "")
    raise web.HTTPSeeOther(f"/coordinator/duplicates?skip={skip}&done={done}")


ROUTES = (
    web.get("/coordinator/duplicates", show),
    web.post("/coordinator/duplicates", decide),
)
