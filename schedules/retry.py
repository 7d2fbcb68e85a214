"""When a failed attempt is tried again. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(seconds=10)
LONGEST = timedelta(hours=1)
MOST_ATTEMPTS = 12


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after ``attempts`` failures (1 or more); None when it is time to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(FIRST * (1 << (attempts - 1)), LONGEST)
