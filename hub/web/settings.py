"""What the web application needs to know of the hub's settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from hub.services.accounts import SESSION_LENGTH


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration, shown on its login page."""

    login: str
    password: str
    role: str
    node: str


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What differs from one site to another; the defaults are those of a hub of one's own."""

    language: str = "zh"
    secure_cookies: bool = False
    allowed_hosts: frozenset[str] = field(default_factory=frozenset)
    demo_accounts: tuple[DemoAccount, ...] = ()
    session_length: timedelta = SESSION_LENGTH
