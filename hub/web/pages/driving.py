"""The driver's phone: today's trips, one stop after another, one large button for what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.services.carrying.scanning import clean
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, form_of, new_key
from hub.web.pages.rendering import render, words_of

#: what a form of the trip's page may ask for
ACTIONS = {
    "arrive": "trips.arrive", "load": "trips.load", "unload": "trips.unload", "finish": "trips.finish",
}  # fmt: skip
#: running trips first, then what is still to come, what is over last
ORDER = {"running": 0, "planned": 1, "done": 2, "cancelled": 3}


async def today(request: web.Request) -> web.StreamResponse:
    """GET /driver."""
    found = await ask(request, "trips.today", {})
    trips = sorted(found["trips"], key=lambda trip: ORDER.get(trip["state"], 9))
    return render(request, "driver/today.html", trips=trips, day=found["day"])


async def show(request: web.Request) -> web.StreamResponse:
    """GET /driver/trips/{trip}."""
    return await _trip(request, "", 200)


async def _trip(request: web.Request, problem: str, status: int) -> web.Response:
    trip = await ask(request, "trips.show", {"trip": request.match_info["trip"]})
    here = current_stop(trip)
    nodes = request.app[HUB].network().nodes
    return render(
        request, "driver/trip.html", status=status, trip=trip, here=here, following=following_stop(trip),
        problem=problem, said=_said(request), key=new_key(), last=trip["stops"][-1]["stop"], nodes=nodes,
    )  # fmt: skip


def current_stop(trip: Mapping[str, Any]) -> dict[str, Any] | None:
    """The last stop that was reached; None before the first."""
    reached = [stop for stop in trip["stops"] if stop["arrived_at"]]
    return max(reached, key=lambda stop: int(stop["stop"])) if reached else None


def following_stop(trip: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first stop after the last one reached; None at the end of the round."""
    here = current_stop(trip)
    position = here["stop"] if here else -1
    return next((stop for stop in trip["stops"] if stop["stop"] > position), None)


def _said(request: web.Request) -> str:
    """What was just done; only words of ours are shown."""
    words, done = words_of(request), request.query.get("done", "")
    tote = clean(request.query.get("tote", ""))[:40]
    node = request.query.get("to", "")
    nodes = request.app[HUB].network().nodes
    if done not in {"loaded", "unloaded"} or node not in nodes:
        return ""
    return words.say(f"carrying.{done}", tote=tote, destination=nodes[node].name(words.language))


async def act(request: web.Request) -> web.StreamResponse:
    """POST /driver/trips/{trip}: reach a stop, load or unload a tote, end the round."""
    form = await form_of(request)
    trip_id = request.match_info["trip"]
    trip = await ask(request, "trips.show", {"trip": trip_id})
    action, asked = _asked(trip, form)
    try:
        answer = await ask(request, ACTIONS[action], {"trip": trip_id, **asked}, form.get("key", ""))
    except Refusal as error:
        return await _trip(request, error.say(request[LANGUAGE]), error.status)
    done = ""
    if action in {"load", "unload"}:
        done = f"?done={action}ed&tote={answer['tote']}&to={answer['destination']}"
    raise web.HTTPSeeOther(f"/driver/trips/{trip_id}{done}")


def _asked(trip: Mapping[str, Any], form: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Which operation a form means; a scanned tote is unloaded when it is aboard, else loaded."""
    action = form.get("action", "scan")
    if action == "arrive":
        return action, {"stop": form.get("stop", "")}
    if action == "finish":
        return action, {}
    tote = clean(form.get("tote", ""))
    if action not in ACTIONS:
        action = "unload" if tote in trip["totes"] else "load"
    return action, {"tote": tote}


ROUTES = (
    web.get("/driver", today),
    web.get("/driver/trips/{trip}", show),
    web.post("/driver/trips/{trip}", act),
)
