"""Totes at a desk: opening one for a next stop, one tote's page, and receiving what arrives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.desk.places import Desk, desk_of, render_desk
from hub.web.pages.desk.scanning import Said, code_of, done, scans, take
from hub.web.pages.rendering import words_of

#: what a form of the tote's page may ask for besides a scan
ACTIONS = {
    "take_out": "totes.take_out", "seal": "totes.seal", "unseal": "totes.unseal",
    "discard": "totes.discard", "receive": "totes.receive", "reconcile": "totes.reconcile",
}  # fmt: skip
#: after these the tote's page has nothing more to do
ENDS = {"seal": "pack", "discard": "pack", "reconcile": "receive"}


def next_stop(request: web.Request, here: str, destination: str) -> str:
    """Where the tote for a volume goes: there if a vehicle goes there from here, else to be sorted."""
    network = request.app[HUB].network()
    return destination if network.timetable.direct(here, destination) else network.sorting_hub


async def to_pack(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/pack: what is to be packed, by the next stop."""
    return await _to_pack(request, desk_of(request), "", 200)


async def _to_pack(request: web.Request, desk: Desk, problem: str, status: int) -> web.Response:
    def grouped(work: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for entry in work["to_pack"]:
            found.setdefault(next_stop(request, desk.node, entry["destination"]), []).append(entry)
        return found

    network, language = request.app[HUB].network(), request[LANGUAGE]
    reachable = [
        (node.code, node.name(language))
        for node in network.nodes
        if node.code != desk.node and network.timetable.direct(desk.node, node.code)
    ]
    return await render_desk(
        request, "pack.html", desk, "pack", status, grouped=grouped, reachable=reachable, problem=problem
    )


async def open_tote(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/pack: open a tote for a next stop."""
    desk, form = desk_of(request), await form_of(request)
    asked = {"destination": form.get("destination", ""), "node": desk.node}
    try:
        opened = await ask(request, "totes.open", asked, form.get("key", ""))
    except Refusal as error:
        return await _to_pack(request, desk, error.say(request[LANGUAGE]), error.status)
    raise web.HTTPSeeOther(desk.path(f"totes/{opened['tote']}"))


async def to_receive(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/receive."""
    desk = desk_of(request)
    return await render_desk(
        request, "receive.html", desk, "receive", **await scans(request, desk, "receive")
    )


async def receive(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/receive: a tote is scanned; one that belongs here is opened."""
    desk, form = desk_of(request), await form_of(request)
    code, key = code_of(form, "tote"), form.get("key", "")
    if not code:
        raise web.HTTPSeeOther(desk.path("receive"))

    async def act() -> Said:
        asked = {"tote": code, "node": desk.node}
        answer = await ask(request, "totes.receive", asked, key or new_key())
        words = words_of(request)
        if answer["verdict"] == "wrong_destination":
            headline = words.say("desk.goes_to", node=answer["destination_name"])
            return Said("stop", headline, answer["message"])
        return Said("ok", words.say("desk.go_on_unpacking"), answer["message"])

    said = await take(request, desk, "receive", code, key, act)
    if said.verdict == "ok":
        raise web.HTTPSeeOther(desk.path(f"totes/{code}"))
    raise done(desk, "receive")


async def show_tote(request: web.Request) -> web.StreamResponse:
    """GET /staff/{node}/totes/{tote}: pack it or unpack it, whichever it is for here."""
    return await _tote(request, desk_of(request), "", 200)


async def _tote(request: web.Request, desk: Desk, problem: str, status: int) -> web.Response:
    tote = await ask(request, "totes.show", {"tote": request.match_info["tote"]})
    task = f"totes/{tote['tote']}"
    return await render_desk(
        request, "tote.html", desk, "pack" if tote["origin"] == desk.node else "receive", status,
        tote=tote, work_here=role_of(tote, desk.node), problem=problem,
        left=sum(not one["unpacked_at"] for one in tote["contents"]),
        **await scans(request, desk, task),
    )  # fmt: skip


def role_of(tote: Mapping[str, Any], node: str) -> str:
    """What can be done with a tote at a node: pack, unseal, receive, unpack, or only look."""
    state = tote["state"]
    if tote["origin"] == node and state in {"open", "sealed"}:
        return "pack" if state == "open" else "unseal"
    if tote["destination"] == node:
        return {"opened": "unpack", "unloaded": "receive", "loaded": "receive"}.get(state, "look")
    return "look"


async def act_on_tote(request: web.Request) -> web.StreamResponse:
    """POST /staff/{node}/totes/{tote}: a scan into or out of it, or one of ``ACTIONS``."""
    desk, form = desk_of(request), await form_of(request)
    action, tote = form.get("action", "scan"), request.match_info["tote"]
    if action in ACTIONS:
        asked = {"tote": tote, "node": desk.node}
        asked |= {name: form[name] for name in ("barcode", "owner", "seal") if name in form}
        try:
            await ask(request, ACTIONS[action], asked, form.get("key", ""))
        except Refusal as error:
            return await _tote(request, desk, error.say(request[LANGUAGE]), error.status)
        raise web.HTTPSeeOther(desk.path(ENDS.get(action, f"totes/{tote}")))
    code, key, task = code_of(form), form.get("key", ""), f"totes/{tote}"
    if code:
        await take(request, desk, task, code, key, _scan_of(request, desk, tote, form, code))
    raise done(desk, task)


def _scan_of(
    request: web.Request, desk: Desk, tote: str, form: Mapping[str, str], code: str
) -> Callable[[], Awaitable[Said]]:
    async def act() -> Said:
        found = await ask(request, "totes.show", {"tote": tote})
        packing = found["origin"] == desk.node and found["state"] in {"open", "sealed"}
        operation = "totes.pack" if packing else "totes.unpack"
        asked = {"tote": tote, "barcode": code, "owner": form.get("owner", ""), "node": desk.node}
        answer = await ask(request, operation, asked, form.get("key", "") or new_key())
        return _packed(request, answer) if packing else _unpacked(request, desk, answer)

    return act


def _packed(request: web.Request, answer: Mapping[str, Any]) -> Said:
    headline = words_of(request).say("desk.goes_to", node=answer["destination_name"])
    return Said("ok", headline, answer["message"], answer["owner"], answer["barcode"])


def _unpacked(request: web.Request, desk: Desk, answer: Mapping[str, Any]) -> Said:
    words, kind = words_of(request), answer["verdict"]
    if kind == "unknown":
        return Said("stop", words.say("desk.put_aside"), answer["message"])
    if answer["destination"] != desk.node:
        headline = words.say("desk.goes_to", node=answer["destination_name"])
        verdict = "stop" if kind == "unexpected" else "attention"
    else:
        headline = words.say("desk.hold_shelf" if kind == "hold" else "desk.shelve")
        verdict = "attention" if kind == "hold" else "ok"
    return Said(verdict, headline, answer["message"], answer["owner"], answer["barcode"])


ROUTES = (
    web.get("/staff/{node}/pack", to_pack),
    web.post("/staff/{node}/pack", open_tote),
    web.get("/staff/{node}/receive", to_receive),
    web.post("/staff/{node}/receive", receive),
    web.get("/staff/{node}/totes/{tote}", show_tote),
    web.post("/staff/{node}/totes/{tote}", act_on_tote),
)
