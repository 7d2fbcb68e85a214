"""The circuit breaker of a source: a member that keeps failing is left in peace ever longer. Pure."""

from __future__ import annotations

from datetime import timedelta

#: failures in a row after which a source is paused
TOLERATED = 3
FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)


def pause_after(failures: int) -> timedelta | None:
    """How long a source that failed ``failures`` times in a row is left alone; None: not at all yet.

    The pause doubles with each further failure up to a day. One success ends it: the caller counts from 0.
    """
    if failures < TOLERATED:
        return None
    # Beyond some doublings the longest pause is reached; a number without bound would overflow.
    doublings = min(failures - TOLERATED, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
