"""Templates: how a page is drawn, with its words, its links and its static files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from aiohttp import web

from hub.messages.catalogue import text
from hub.services.context import ANONYMOUS
from hub.web.keys import HUB, LANGUAGE, PRINCIPAL, SETTINGS

ENVIRONMENT: web.AppKey[jinja2.Environment] = web.AppKey("templates", jinja2.Environment)
WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Our static files by name, each with a digest that changes with its bytes."""
    found: dict[str, tuple[bytes, str]] = {}
    for entry in files("hub.web").joinpath("static").iterdir():
        if not entry.name.startswith((".", "_")) and not entry.name.endswith(".md"):
            body = entry.read_bytes()
            found[entry.name] = (body, hashlib.sha256(body).hexdigest()[:12])
    return found


def static_url(name: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it for ever."""
    return f"/static/{static_files()[name][1]}/{name}"


def environment() -> jinja2.Environment:
    """The template environment: everything is escaped unless a template says otherwise."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("hub.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_url
    return made


class Words:
    """What templates say: sentences, names, dates in the reader's language and the network's time zone."""

    def __init__(self, language: str, zone: ZoneInfo, now: datetime) -> None:
        """``now`` is the hub's clock."""
        self.language = language
        self._zone = zone
        self._now = now.astimezone(zone)

    def say(self, key: str, /, **values: object) -> str:
        """The sentence ``key``; a key without an area is one of the pages'."""
        return text(key if "." in key else f"pages.{key}", self.language, **values)

    def moment(self, value: str | datetime | None) -> str:
        """A date and time as people here write it, without what goes without saying."""
        if value is None:
            return ""
        local = self.local(value)
        day = self.day(local)
        return f"{day} {local:%H:%M}"

    def local(self, value: str | datetime) -> datetime:
        """In the network's time zone."""
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(self._zone)

    def day(self, value: str | datetime | None) -> str:
        """A day: 11月24日（周二）, or Tue 24 Nov; the year where it is another."""
        if value is None:
            return ""
        local = self.local(value)
        weekday = WEEKDAYS[self.language][local.weekday()]
        if self.language == "zh":
            year = "" if local.year == self._now.year else f"{local.year}年"
            return f"{year}{local.month}月{local.day}日（周{weekday}）"
        year = "" if local.year == self._now.year else f" {local.year}"
        return f"{weekday} {local.day} {local:%b}{year}"


def url_with(request: web.Request) -> Callable[..., str]:
    """A function that gives this page's address with some parameters changed; None removes one."""

    def change(**changes: Any) -> str:
        pairs = [(name, value) for name, value in request.query.items() if name not in changes]
        for name, value in changes.items():
            if isinstance(value, list | tuple):
                pairs += [(name, str(one)) for one in value]
            elif value is not None:
                pairs.append((name, str(value)))
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path

    return change


def render(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """Draw a page."""
    hub = request.app[HUB]
    language = request.get(LANGUAGE) or request.app[SETTINGS].language
    network = hub.network()
    words = Words(language, ZoneInfo(network.calendars.zone), hub.clock.now())
    principal = request.get(PRINCIPAL, ANONYMOUS)
    body = request.app[ENVIRONMENT].get_template(template).render(
        request=request, words=words, say=words.say, language=language, principal=principal,
        network=network, url=url_with(request), query=request.query,
        node_name=lambda code: network.nodes[code].name(language) if code in network.nodes else code,
        **context,
    )  # fmt: skip
    response = web.Response(text=body, status=status, content_type="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def serve_static(request: web.Request) -> web.StreamResponse:
    """GET /static/{digest}/{name}."""
    name = request.match_info["name"]
    if name not in static_files():
        raise web.HTTPNotFound
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}
    response = web.Response(
        body=static_files()[name][0],
        content_type=kinds.get(name.rpartition(".")[2], "application/octet-stream"),
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.enable_compression()
    return response
