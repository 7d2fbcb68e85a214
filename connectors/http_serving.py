"""Serving SRU and OAI-PMH over HTTP: the parameters of a request in, a document out.

Owns: reading parameters from a GET or from a form that was posted, with limits. Must not: open a port.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web

#: Names and values in the order in which they came; a name may come more than once.
Pairs: TypeAlias = tuple[tuple[str, str], ...]
#: Answers a request with a document.
Respond: TypeAlias = Callable[[Pairs], bytes]

_FORM: Final = "application/x-www-form-urlencoded"
_MAX_FORM: Final = 256 * 1024  # bytes; a query of a thousand terms has some 30,000
_MAX_PARAMETERS: Final = 100


async def read_parameters(request: web.Request) -> Pairs:
    """The parameters of the address, and after them those of a posted form, in UTF-8.

    Raises:
        web.HTTPRequestEntityTooLarge: a form of more than 256 KiB.
        web.HTTPUnsupportedMediaType: something else than a form was posted.
        web.HTTPBadRequest: more parameters than anyone needs, or bytes that are not UTF-8.
    """
    text = request.query_string
    if request.method == "POST":
        text = "&".join(part for part in (text, await _form(request)) if part)
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS))
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from None


async def _form(request: web.Request) -> str:
    if request.content_type != _FORM:
        raise web.HTTPUnsupportedMediaType(text=_FORM)
    body = bytearray()
    async for chunk in request.content.iter_chunked(16384):
        body += chunk
        if len(body) > _MAX_FORM:
            raise web.HTTPRequestEntityTooLarge(max_size=_MAX_FORM, actual_size=len(body))
    # What is not ASCII in a form is escaped; a browser's stray bytes are told by the reading of the escapes.
    return body.decode("latin-1")


def handler(respond: Respond, content_type: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler for GET and POST that answers with ``respond``."""

    async def handle(request: web.Request) -> web.Response:
        body = respond(await read_parameters(request))
        return web.Response(body=body, content_type=content_type, charset="utf-8")

    return handle
