"""Calling a hub over HTTP as any client would; where nobody answers, again under the same key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp

from hub.kernel.ports import Sleeper
from hub.services.operations import Operation
from hub.simulation.calling import Refused, Silence, Wish

#: a hub that starts again on a busy machine may take this many tries
TRIES = 240
PAUSE_SECONDS = 0.25
TIMEOUT = aiohttp.ClientTimeout(total=60)


class HttpCaller:
    """A caller over real sockets. A hub that is killed and started again is simply asked again."""

    def __init__(
        self,
        base: str,
        operations: Mapping[str, Operation],
        passwords: Mapping[str, str],
        clock_keeper: str,
        sleeper: Sleeper,
    ) -> None:
        """Call the hub at ``base``.

        Args:
            base: http://host:port.
            operations: the table, for methods and addresses.
            passwords: of every actor, by login.
            clock_keeper: the login that may move the clock.
            sleeper: waits between tries.
        """
        self._base = base
        self._operations = operations
        self._passwords = passwords
        self._clock_keeper = clock_keeper
        self._sleeper = sleeper
        self._tokens: dict[str, str] = {}
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def call(self, wish: Wish) -> dict[str, Any]:
        """Ask, again and again under the same key while nobody answers.

        Raises:
            Refused: the hub said no.
            Silence: nobody answered in any try.
        """
        problem = ""
        for _ in range(TRIES):
            try:
                return await self._once(wish)
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                problem = str(error)
                await self._sleeper.sleep(PAUSE_SECONDS)
        raise Silence(f"{wish.operation}: {problem}")

    async def move_clock(self, instant: datetime) -> None:
        """Move the hub's clock; the hub does what falls due before it answers."""
        await self.call(Wish(self._clock_keeper, "demo.set_clock", {"instant": instant.isoformat()}))

    async def _once(self, wish: Wish) -> dict[str, Any]:
        token = self._tokens.get(wish.actor) or await self._sign_in(wish.actor)
        status, body = await self._send(wish, token)
        if status == 401:
            # The session ended with the hub that gave it, or by time.
            status, body = await self._send(wish, await self._sign_in(wish.actor))
        if status >= 500:
            raise aiohttp.ClientConnectionError(f"status {status}: {body}")
        if status >= 400:
            raise Refused(str(body.get("code", status)), str(body.get("title", "")), body)
        return body

    async def _send(self, wish: Wish, token: str) -> tuple[int, dict[str, Any]]:
        operation = self._operations[wish.operation]
        rest = {name: value for name, value in wish.data.items() if f"{{{name}}}" not in operation.path}
        address = self._base + operation.path.format_map(
            {name: str(value) for name, value in wish.data.items()}
        )
        headers = {"Authorization": f"Bearer {token}"}
        if wish.key:
            headers["Idempotency-Key"] = wish.key
        sent: dict[str, Any] = {"params": _query(rest)} if operation.method == "GET" else {"json": rest}
        async with self._session.request(operation.method, address, headers=headers, **sent) as response:
            body = await response.json(content_type=None)
            return response.status, body if isinstance(body, dict) else {}

    async def _sign_in(self, login: str) -> str:
        credentials = {"login": login, "password": self._passwords[login]}
        async with self._session.post(f"{self._base}/api/v1/sessions", json=credentials) as response:
            body = await response.json(content_type=None)
            if response.status >= 400:
                raise Refused(str(body.get("code")), str(body.get("title")), body)
            self._tokens[login] = str(body["token"])
            return self._tokens[login]


def _query(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if value is not None
    }
