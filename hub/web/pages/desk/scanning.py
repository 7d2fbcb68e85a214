"""A scan at the desk: act at once, say what to do so that it is seen from afar, keep both on the list.

Nothing is asked before acting and nothing is dropped: a refusal is a verdict too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from hub.errors import Refusal
from hub.services.carrying.scanning import clean
from hub.services.performing import SignInFirst
from hub.web.keys import LANGUAGE
from hub.web.pages.asking import ask, new_key
from hub.web.pages.desk.places import Desk
from hub.web.pages.rendering import words_of

LONGEST_CODE = 80
HEADLINE, SENTENCE, TITLE = 200, 600, 300  #: how much of each the list keeps


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to a scan. ``headline`` is what to do: 上架, or where it goes."""

    verdict: str  #: ok, attention, stop
    headline: str
    text: str = ""
    owner: str = ""
    barcode: str = ""
    title: str = ""
    choices: tuple[Mapping[str, Any], ...] = ()


def code_of(form: Mapping[str, str], field: str = "barcode") -> str:
    """The scanned code of a form, cleaned of what scanners and input methods add."""
    return clean(form.get(field, ""))[:LONGEST_CODE]


def card_of(form: Mapping[str, str]) -> str:
    """The scanned card, in half-width characters and without control characters."""
    plain = unicodedata.normalize("NFKC", form.get("card", ""))
    return "".join(sign for sign in plain if sign.isprintable()).strip()[:LONGEST_CODE]


async def take(
    request: web.Request, desk: Desk, task: str, code: str, key: str, act: Callable[[], Awaitable[Said]]
) -> Said:
    """Act on a scan and keep it on the list with what was said.

    Raises:
        SignInFirst: the session is over; nothing was done, and the scan can be sent again.
        Broken: the hub failed.
    """
    try:
        said = await act()
    except SignInFirst:
        raise
    except Refusal as error:
        said = refused(request, error)
    title = said.title or await title_of(request, said)
    noted = {
        "node": desk.node, "task": task, "code": code, "verdict": said.verdict,
        "headline": said.headline[:HEADLINE], "text": said.text[:SENTENCE], "title": title[:TITLE],
        "owner": said.owner, "choices": [dict(choice) for choice in said.choices],
    }  # fmt: skip
    await ask(request, "desk.note_scan", noted, f"{key}/noted" if key else new_key())
    return said


def refused(request: web.Request, error: Refusal) -> Said:
    """A refusal as a verdict; where several libraries have the barcode, with the choice of whose it is."""
    words = words_of(request)
    choices = error.values.get("choices") or ()
    assert isinstance(choices, list | tuple)
    shown = tuple(
        {"owner": one["owner"], "name": one["name"], "title": one.get("title", "")} for one in choices
    )
    if shown:
        return Said("attention", words.say("desk.which_owner"), error.say(request[LANGUAGE]), choices=shown)
    return Said("stop", words.say("desk.verdict_stop"), error.say(request[LANGUAGE]))


async def title_of(request: web.Request, said: Said) -> str:
    """The title of the volume that was scanned; "" where no catalogue knows it."""
    if not (said.owner and said.barcode):
        return ""
    try:
        found = await ask(request, "volumes.history", {"owner": said.owner, "barcode": said.barcode})
    except Refusal:
        return ""
    return str(found["title"])


async def scans(request: web.Request, desk: Desk, task: str) -> dict[str, Any]:
    """Today's scans at this task, the newest first, with what the page shows large after a scan."""
    found = await ask(request, "desk.scans", {"node": desk.node, "task": task})
    shown_large = found["scans"][0] if found["scans"] and "scanned" in request.query else None
    return {"scans": found, "panel": shown_large, "extra": {}}


def done(desk: Desk, task: str) -> web.HTTPSeeOther:
    """Back to the page of the task, which shows the last scan large."""
    return web.HTTPSeeOther(f"{desk.path(task)}?scanned=1")
