"""Templates: how a page is drawn, with its words, its links and its static files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from aiohttp import web

from hub.services.context import ANONYMOUS
from hub.web.keys import HUB, LANGUAGE, OPERATIONS, PRINCIPAL, SETTINGS
from hub.web.pages.static_files import static_url
from hub.web.pages.words import Words, tint

#: the operation that only a demonstration offers
PASS_DAYS = "demo.pass_days"
ENVIRONMENT: web.AppKey[jinja2.Environment] = web.AppKey("templates", jinja2.Environment)


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
    made.filters["tint"] = tint
    return made


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


def words_of(request: web.Request) -> Words:
    """The words of this request's page."""
    hub = request.app[HUB]
    language = request.get(LANGUAGE) or request.app[SETTINGS].language
    return Words(language, ZoneInfo(hub.network().calendars.zone), hub.clock.now())


def is_demonstration(request: web.Request) -> bool:
    """Whether this hub is a demonstration whose days may be passed."""
    return PASS_DAYS in request.app[OPERATIONS]


def _demo_now(request: web.Request) -> datetime | None:
    """The time of a demonstration, for the bar that lets days pass; None on any other hub."""
    return request.app[HUB].clock.now() if is_demonstration(request) else None


def render(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """Draw a page."""
    network, words = request.app[HUB].network(), words_of(request)
    body = request.app[ENVIRONMENT].get_template(template).render(
        request=request, words=words, say=words.say, language=words.language,
        principal=request.get(PRINCIPAL, ANONYMOUS), network=network, url=url_with(request),
        query=dict(request.query), demo_now=_demo_now(request),
        node_name=lambda code: network.nodes[code].name(words.language) if code in network.nodes else code,
        **context,
    )  # fmt: skip
    response = web.Response(text=body, status=status, content_type="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response
