"""Opening the HTTP client of a source, the same for every protocol over HTTP."""

from __future__ import annotations

from typing import Protocol

from connectors.transport import HttpClient, HttpPolicy, Sleep


class HttpSettings(Protocol):
    """What the settings of every protocol over HTTP say."""

    @property
    def address(self) -> str:
        """The base address."""
        ...

    @property
    def policy(self) -> HttpPolicy:
        """The limits of the conversation."""
        ...

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User and password for basic authentication."""
        ...


def http_client(settings: HttpSettings, sleep: Sleep) -> HttpClient:
    """A client for a source, to be used as an asynchronous context manager."""
    return HttpClient(settings.address, settings.policy, credentials=settings.credentials, sleep=sleep)
