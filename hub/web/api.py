"""The JSON API: one route per entry of the table of operations, and signing in."""

from __future__ import annotations

import json
import secrets
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from hub.errors import Refusal
from hub.services.accounts import sign_in, sign_out
from hub.services.operations import Input, Operation
from hub.services.performing import perform
from hub.services.validation import validated
from hub.web.keys import ATTEMPTS, HUB, LANGUAGE, PRINCIPAL, SETTINGS
from hub.web.sessions import COOKIE, new_token, remember, token_of


class Credentials(Input):
    """Login and password."""

    login: str
    password: SecretStr


async def read_body(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body; an empty body is an empty object.

    Raises:
        Refusal: the body is not a JSON object.
    """
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refusal("web.bad_json", field="body", detail=str(error)) from None
    if not isinstance(body, dict):
        raise Refusal("web.not_an_object", field="body")
    return body


def query_of(request: web.Request) -> dict[str, Any]:
    """The query parameters; one given several times becomes a list."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(request.query):
        if name == "lang":
            continue
        values = request.query.getall(name)
        found[name] = values[0] if len(values) == 1 else list(values)
    return found


def handler_of(operation: Operation) -> Handler:
    """The aiohttp handler that performs this operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        data = query_of(request) if operation.method == "GET" else await read_body(request)
        # A path parameter belongs to the address; the body may not say otherwise.
        data.update(request.match_info)
        key = request.headers.get("Idempotency-Key") or secrets.token_hex(16)
        answer = await perform(request.app[HUB], operation, request[PRINCIPAL], data, key)
        headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
        return web.json_response(answer.body, headers=headers, dumps=_dumps)

    return handle


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def open_session(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/sessions: sign in; the answer carries the token for an Authorization header."""
    credentials = validated(Credentials, await read_body(request))
    assert isinstance(credentials, Credentials)
    token = new_token()
    principal = await sign_in(
        request.app[HUB],
        request.app[ATTEMPTS],
        credentials.login,
        credentials.password.get_secret_value(),
        token,
        request.app[SETTINGS].session_length,
    )
    response = web.json_response(
        {
            "token": token,
            "account": principal.account,
            "role": principal.role,
            "node": principal.node,
            "language": request[LANGUAGE],
        }
    )
    remember(response, token, request.app[SETTINGS])
    return response


async def close_session(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/sessions: sign out."""
    await sign_out(request.app[HUB], token_of(request))
    response = web.json_response({"signed_out": True})
    response.del_cookie(COOKIE)
    return response


def add_routes(app: web.Application, operations: dict[str, Operation]) -> None:
    """Give every operation its route."""
    for operation in operations.values():
        app.router.add_route(operation.method, operation.path, handler_of(operation), name=operation.name)
    app.router.add_post("/api/v1/sessions", open_session)
    app.router.add_delete("/api/v1/sessions", close_session)
