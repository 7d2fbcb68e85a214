"""Putting questions to a target that may refuse them, end the session over them, or never tire of answering.

Owns: one association at a time, the number of questions, refusals and breaks as answers.
Must not: decide what is asked (``probing`` does).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from connectors.errors import ConnectorError, Diagnostic, Interrupted, ProtocolViolation
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE
from connectors.ports import RawRecord
from connectors.z3950.apdu import Credentials
from connectors.z3950.client import Client
from connectors.z3950.rpn import RpnQuery
from connectors.z3950.settings import Settings
from connectors.z3950.target import Target

T = TypeVar("T")

_MAX_QUESTIONS: Final = 400
_MAX_BREAKS: Final = 12


class Interview:
    """A conversation with one target; use it as an asynchronous context manager."""

    def __init__(
        self, settings: Settings, tls: ssl.SSLContext | None, asked: int = 0, breaks: int = 0
    ) -> None:
        """``asked`` and ``breaks`` count the questions and broken sessions before this conversation."""
        self.settings = settings
        self.target = Target(settings, tls)
        self._tls = tls
        self._asked = asked
        self._breaks = breaks

    async def __aenter__(self) -> Interview:
        return self

    async def __aexit__(self, *reasons: object) -> None:
        await self.target.__aexit__(None, None, None)

    @property
    def tired(self) -> bool:
        """Whether the target has been asked enough."""
        return self._asked + self.target.requests >= _MAX_QUESTIONS or self._breaks >= _MAX_BREAKS

    async def sign_in(self) -> tuple[str, str]:
        """Open the association with the first form of signing in that works: its name, and what was tried.

        Raises:
            ConnectorError: none works; the error of the one that was configured.
        """
        first: ConnectorError | None = None
        tried: list[str] = []
        for name, credentials in _forms(self.settings.credentials):
            await self.target.__aexit__(None, None, None)
            settings = replace(self.settings, credentials=credentials)
            self.target = Target(settings, self._tls)
            try:
                await self.target.client()
            except (Interrupted, ProtocolViolation) as error:
                first = first or error
                tried.append(f"{name}: {error.code}")
                continue
            self.settings = settings
            return name, ", ".join([*tried, f"{name}: works"])
        assert first is not None, "there is always one form"
        raise first

    async def hits(self, query: RpnQuery) -> Found | None:
        """What a query finds; None where it is refused, ends the session, or there have been enough."""
        return await self.attempt(lambda: self.target.search(query))

    async def records(
        self, start: int, count: int, syntax: str | None = None
    ) -> tuple[RawRecord, ...] | None:
        """Records of the whole catalogue from a position; None where they are refused."""

        async def fetched() -> tuple[RawRecord, ...]:
            await self.target.count(WHOLE)
            return await self.target.present(start, count, syntax)

        return await self.attempt(fetched)

    async def with_client(self, step: Callable[[Client], Awaitable[T]]) -> T | None:
        """What a step over the association brings; None where it is refused or ends the session."""

        async def taken() -> T:
            return await step(await self.target.client())

        return await self.attempt(taken)

    async def attempt(self, step: Callable[[], Awaitable[T]]) -> T | None:
        """What a step brings; None where it is refused or ends the session."""
        if self.tired:
            return None
        self.target.requests += 1
        try:
            return await step()
        except Diagnostic:
            return None
        except (Interrupted, ProtocolViolation):
            self._breaks += 1
            await self.target.__aexit__(None, None, None)
            return None

    async def with_settings(self, **changes: object) -> Interview:
        """Another conversation with other settings; this one's association is closed first."""
        await self.target.__aexit__(None, None, None)
        settings = replace(self.settings, **changes)  # type: ignore[arg-type]  # fields by their names
        return Interview(settings, self._tls, self._asked + self.target.requests, self._breaks)


def _forms(credentials: Credentials | None) -> list[tuple[str, Credentials | None]]:
    """The forms of signing in, the configured one first."""
    if credentials is None:
        return [("none", None), ("anonymous", Credentials(anonymous=True))]
    if credentials.anonymous:
        return [("anonymous", credentials), ("none", None)]
    if credentials.open is not None:
        user, _, password = credentials.open.partition("/")
        return [("open", credentials), ("idpass", Credentials(user=user, password=password))]
    both = f"{credentials.user or ''}/{credentials.password or ''}"
    return [("idpass", credentials), ("open", Credentials(open=both))]
