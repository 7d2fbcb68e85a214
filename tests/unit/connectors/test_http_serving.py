from __future__ import annotations

from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.http_serving import Pairs, handler

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def served(
    method: str, query: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """The status, and the parameters as they were read."""

    def respond(pairs: Pairs) -> bytes:
        return repr(pairs).encode()

    app = web.Application()
    handle = handler(respond, "text/xml")
    app.router.add_get("/", handle)
    app.router.add_post("/", handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = f"{server.make_url('/')}?{query}"
        async with session.request(method, url, data=body or None, headers=headers) as response:
            return response.status, await response.text()


@pytest.mark.parametrize(
    ("query", "body", "read"),
    [
        ("a=1&b=%E7%BA%A2", b"", (("a", "1"), ("b", "红"))),
        ("a=1&a=2&b=", b"", (("a", "1"), ("a", "2"), ("b", ""))),
        ("", b"a=%E7%BA%A2+x&b=2", (("a", "红 x"), ("b", "2"))),
        ("a=1", b"a=2", (("a", "1"), ("a", "2"))),
        ("", b"", ()),
    ],
)
async def test_parameters_are_read_in_order_from_address_and_form(
    query: str, body: bytes, read: Pairs
) -> None:
    method = "POST" if body else "GET"
    assert await served(method, query, body, FORM if body else None) == (200, repr(read))


async def test_a_query_of_a_thousand_terms_can_be_posted() -> None:
    query = " or ".join(f"dc.title={number}" for number in range(1000))
    status, text = await served("POST", "", f"query={quote(query)}".encode(), FORM)
    assert (status, text) == (200, repr((("query", query),)))


@pytest.mark.parametrize(
    ("query", "body", "headers", "status"),
    [
        ("", b"<a/>", {"Content-Type": "text/xml"}, 415),
        ("", b"a=" + b"x" * 300_000, FORM, 413),
        ("", b"a=%FF", FORM, 400),
        ("&".join(f"a{number}=1" for number in range(101)), b"a=1", FORM, 400),
    ],
)
async def test_what_is_no_form_or_too_long_is_refused(
    query: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert (await served("POST", query, body, headers))[0] == status
