"""Logging: one line of JSON or text per event on stderr, never with personal data or secrets."""

from __future__ import annotations

import logging
import sys


def set_up(level: str) -> None:
    """Send the hub's log to stderr at ``level`` (DEBUG, INFO, WARNING, ERROR). Stdout stays for results."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "aiohttp.access", "apscheduler", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
