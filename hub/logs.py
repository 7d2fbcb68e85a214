"""Logging: one line of JSON or text per event on stderr, never with personal data or secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

#: secrets in use: whatever is logged is logged without them
_concealed: set[str] = set()


def conceal(secret: str) -> None:
    """Let this never stand in a log from now on, whoever writes it and in whatever message or traceback."""
    _concealed.add(secret)


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced, longer ones first: one may be part of another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


class ConcealingFormatter(logging.Formatter):
    """A formatter whose lines hold no secret."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines where there is a traceback."""
        return without(super().format(record), _concealed)


def set_up(level: str) -> None:
    """Send the hub's log to stderr at ``level`` (DEBUG, INFO, WARNING, ERROR). Stdout stays for results."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ConcealingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "aiohttp.access", "apscheduler", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
