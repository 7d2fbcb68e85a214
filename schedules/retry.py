"""When a failed attempt is tried again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Waits ``first`` after the first failure, then twice as long each time, up to ``longest``."""

    first: timedelta
    longest: timedelta
    most_attempts: int

    def wait_after(self, attempts: int) -> timedelta | None:
        """How long to wait after ``attempts`` failures (1 or more); None when it is time to give up."""
        if attempts >= self.most_attempts:
            return None
        return min(self.first * (1 << (attempts - 1)), self.longest)


#: what is done outside the hub: a notice to a reader, a word to a member
EFFECTS = RetryRule(timedelta(seconds=10), timedelta(hours=1), 12)
#: a harvest that broke off; its connector has tried again many times by then
HARVESTS = RetryRule(timedelta(minutes=10), timedelta(hours=1), 3)
