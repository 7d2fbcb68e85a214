"""How a harvest deals with a target that breaks off, and how much it may ask of it in one run. Pure.

Owns: limits, pauses, budgets. Must not: wait or look at a clock by itself; both are handed in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connectors import options as read
from connectors.errors import ConnectorError
from connectors.harvesting.totals import Doubts, looks_like_a_cap
from connectors.options import Options
from connectors.transport import Sleep

_MAX_PAUSE: Final = 60.0
_UNLIMITED: Final = 1_000_000_000
#: Parts of a budget that one slice may take, so that every run brings at least one checkpoint.
_SLICES_PER_BUDGET: Final = 4

#: Options of every protocol that is harvested politely, and what they mean.
OPTIONS: Final = {
    "attempts": "attempts in a row that bring nothing new, before a run is given up",
    "breaks": "broken conversations in one run, before it is given up",
    "trust_total": "yes to believe a total that looks like a cap though no key confirms it",
    "budget_records": "records fetched in one run; the next run goes on from there",
    "budget_requests": "requests sent in one run; the next run goes on from there",
    "budget_seconds": "seconds that one run lasts; the next run goes on from there",
}


def trust_any(total: int) -> bool:
    """No total is suspect."""
    del total
    return False


def no_jitter() -> float:
    """Pauses of exactly the length they should have."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Time and chance as a harvest sees them."""

    sleep: Sleep = asyncio.sleep
    clock: Callable[[], float] = time.monotonic  #: seconds since any moment
    jitter: Callable[[], float] = no_jitter  #: a number from 0 up to 1; spreads what would retry in step


@dataclass(frozen=True, slots=True)
class Budget:
    """What one run may cost the target."""

    records: int = _UNLIMITED
    requests: int = _UNLIMITED
    seconds: float = float(_UNLIMITED)

    def largest_slice(self, limit: int, chunk: int) -> int:
        """The most records of a slice with which a run still ends some slices within the budget."""
        records = min(self.records, self.requests * chunk) // _SLICES_PER_BUDGET
        return max(1, min(limit, records))


class BudgetSpent(ConnectorError):
    """The run has cost what it may; the next one goes on."""

    def __init__(self, what: str, spent: float, most: float) -> None:
        super().__init__("budget_spent", "budget", what=what, spent=round(spent), most=round(most))


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one run."""

    limit: int  #: records in one slice
    attempts: int = 8  #: in a row without anything new; with doubling pauses two minutes
    breaks: int = 200  #: in the whole run
    pause: float = 1.0  #: seconds before the second attempt, doubled before each further one
    chunk: int = 50  #: records that one request brings
    confirm_from: int = 100  #: totals from here on are confirmed by a key where there is one
    suspect: Callable[[int], bool] = looks_like_a_cap  #: totals that are not believed unless confirmed
    budget: Budget = field(default_factory=Budget)

    @property
    def doubts(self) -> Doubts:
        """How far the target is trusted."""
        return Doubts(self.budget.largest_slice(self.limit, self.chunk), self.confirm_from, self.suspect)

    def pause_before(self, attempt: int, jitter: float) -> float:
        """Seconds to wait before an attempt; the second is number 1."""
        return min(self.pause * 2.0 ** (attempt - 1), _MAX_PAUSE) * (1 + jitter / 2)


def patience(options: Options, *, limit: int, chunk: int) -> Patience:
    """Read the limits of a run from a source's options.

    Raises:
        Misconfigured: naming the option.
    """
    return Patience(
        limit=limit,
        attempts=read.whole(options, "attempts", 8, 1, 100),
        breaks=read.whole(options, "breaks", 200, 0, 100_000),
        chunk=chunk,
        suspect=trust_any if read.yes(options, "trust_total") else looks_like_a_cap,
        budget=Budget(
            read.whole(options, "budget_records", _UNLIMITED, 1, _UNLIMITED),
            read.whole(options, "budget_requests", _UNLIMITED, 100, _UNLIMITED),
            read.seconds(options, "budget_seconds", float(_UNLIMITED), float(_UNLIMITED)),
        ),
    )


class Spending:
    """What a run has cost so far, held against its budget.

    Until the first slice is done a run may cost twice its budget: runs that are always cut off before their
    first checkpoint would never come to an end.
    """

    def __init__(self, budget: Budget, clock: Callable[[], float]) -> None:
        self._budget = budget
        self._clock = clock
        self._begun = clock()
        self.records = 0
        self.checkpoints = 0

    def check(self, requests: int) -> None:
        """Nothing, while the run may go on.

        Raises:
            BudgetSpent: it may not.
        """
        allowance = 1 if self.checkpoints else 2
        budget = self._budget
        for what, spent, most in (
            ("records", self.records, budget.records),
            ("requests", requests, budget.requests),
            ("seconds", self._clock() - self._begun, budget.seconds),
        ):
            if spent >= most * allowance:
                raise BudgetSpent(what, spent, most)
