"""When each source is harvested: what comes next, what goes on, and what to do about it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, form_of
from hub.web.pages.coordination.overview import render_section

PATH = "/coordinator/harvests/timetable"
#: what can be done about a source that is in this state
ACTIONS = {
    "ready": ("start", "skip"),
    "resting": ("start", "skip"),
    "by_hand": ("start",),
    "starting": ("stop",),
    "running": ("stop",),
    "stopping": (),
    "paused": ("start", "stop"),
}
FIELDS = ("times", "days", "full", "window", "missed")
#: what the form of a source without a timetable begins with: at night, everything on Sundays
SUGGESTED = {"times": "02:30", "days": "every", "full": "sun", "window": "22:00-06:00", "missed": "latest"}


async def show(request: web.Request) -> web.StreamResponse:
    """GET /coordinator/harvests/timetable: all sources; ``?edit=SOURCE`` opens the form of one."""
    return await _page(request)


async def act(request: web.Request) -> web.StreamResponse:
    """POST /coordinator/harvests/timetable: start, stop, skip, set or remove."""
    form = await form_of(request)
    action, source = form.get("action", ""), form.get("source", "")
    if action not in {"start", "stop", "skip", "set", "remove"}:
        raise web.HTTPBadRequest
    asked: dict[str, Any] = {"source": source}
    if action == "set":
        asked |= {name: form.get(name, "") for name in FIELDS}
    try:
        await ask(request, f"timetable.{action}", asked, form.get("key", ""))
    except Refusal as error:
        editing = {name: asked.get(name, "") for name in FIELDS} if action == "set" else None
        return await _page(request, error, source, editing)
    raise web.HTTPSeeOther(f"{PATH}?done={action}")


async def _page(
    request: web.Request,
    problem: Refusal | None = None,
    source: str = "",
    editing: dict[str, str] | None = None,
) -> web.Response:
    found = await ask(request, "timetable.list", {"runs": 1})
    chosen = request.query.get("edit", "") if problem is None else source if editing else ""
    edited = next((one for one in found["sources"] if one["source"] == chosen), None)
    return render_section(
        request, "harvests", problem.status if problem is not None else 200, "timetable",
        sources=found["sources"], actions=ACTIONS, fields=FIELDS, edited=edited,
        written=editing or (edited and edited["timetable"]) or SUGGESTED,
        problem=problem.say(request[LANGUAGE]) if problem is not None else "",
        wrong=(problem.field or "") if problem is not None else "",
        done=request.query.get("done", "") if problem is None else "",
    )  # fmt: skip


ROUTES = (web.get(PATH, show), web.post(PATH, act))
