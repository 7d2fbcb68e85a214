"""When a silent member is left in peace, so that it does not cost every reader the deadline. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: one lost answer is no silence
FAILURES_BEFORE_REST: Final = 2
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Breaker:
    """How long a member has been silent, and when it is tried again."""

    failures: int = 0  #: in a row
    silent_since: datetime | None = None
    retry_at: datetime | None = None

    def may_ask(self, now: datetime) -> bool:
        """Whether it is not resting now."""
        return self.retry_at is None or now >= self.retry_at

    def failed(self, now: datetime) -> Breaker:
        """After an answer that did not come: from the second on it rests, each time twice as long."""
        failures = self.failures + 1
        since = self.silent_since or now
        doublings = failures - FAILURES_BEFORE_REST
        if doublings < 0:
            return Breaker(failures, since)
        # A shift by more would pass what a timedelta can hold.
        rest = min(FIRST_REST * 2 ** min(doublings, 10), LONGEST_REST)
        return Breaker(failures, since, now + rest)


ANSWERING: Final = Breaker()
