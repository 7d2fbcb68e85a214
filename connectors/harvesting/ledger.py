"""Keeping count during a harvest, and the verdict at its end.

Owns: which records came already (in this slice, in other slices) and whether the harvest was complete.
Must not: fetch or store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from connectors.harvesting.plan import Found, Plan, Problem
from connectors.ports import RawRecord


def _fingerprint(record: RawRecord) -> bytes:
    return blake2b(
        record.raw + b"\0" + (record.identifier or "").encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


class SliceLedger:
    """One slice, possibly in several attempts: what came in an earlier attempt is not handed on again."""

    def __init__(self) -> None:
        self._handed_on: Counter[bytes] = Counter()
        self._expected_again: Counter[bytes] = Counter()
        self.received = 0  #: records of the present attempt
        self.refused = 0  #: of these, diagnostics in a record's place
        self.first_refusal = ""

    def begin_attempt(self) -> None:
        """Start anew; all that was handed on is expected to come again."""
        self._expected_again = self._handed_on.copy()
        self.received = self.refused = 0

    def fresh(self, records: Iterable[RawRecord]) -> tuple[RawRecord, ...]:
        """Take in a batch and return those of it that were not handed on before."""
        new: list[RawRecord] = []
        for record in records:
            self.received += 1
            if record.syntax == "diagnostic":
                self.refused += 1
                self.first_refusal = self.first_refusal or record.raw.decode("utf-8", "replace")
            fingerprint = _fingerprint(record)
            if self._expected_again[fingerprint] > 0:
                self._expected_again[fingerprint] -= 1
            else:
                self._handed_on[fingerprint] += 1
                new.append(record)
        return tuple(new)

    def exact(self, found: Found) -> bool:
        """Whether the last attempt brought what was counted, and nothing else was handed on before it."""
        unchanged = not +self._expected_again
        return found.exact and unchanged and self.refused == 0 and self.received == found.hits


@dataclass
class Ledger:
    """A whole harvest."""

    problems: list[Problem] = field(default_factory=list)
    refused: int = 0
    first_refusal: str = ""
    _slice_of: dict[bytes, int] = field(default_factory=dict)
    _repeated: set[str] = field(default_factory=set)
    _slices: int = 0

    def begin_slice(self) -> None:
        """Records that came before and come again now are repeated."""
        self._slices += 1

    def note(self, records: Iterable[RawRecord]) -> None:
        """Remember in which slice each record came; records without an identifier cannot be told apart."""
        for record in records:
            if record.identifier is None:
                continue
            key = blake2b(record.identifier.encode("utf-8", "surrogatepass"), digest_size=10).digest()
            if self._slice_of.setdefault(key, self._slices) != self._slices:
                self._repeated.add(record.identifier)

    def end_slice(self, name: str, found: Found, progress: SliceLedger) -> bool:
        """Close a slice; True when it was exact."""
        self.refused += progress.refused
        self.first_refusal = self.first_refusal or progress.first_refusal
        exact = progress.exact(found)
        if not exact and not progress.refused:
            values = {"slice": name, "hits": found.hits, "received": progress.received}
            self.problems.append(Problem("slice_inexact", values))
        return exact

    @property
    def repeated(self) -> frozenset[str]:
        """Identifiers that came in more than one slice."""
        return frozenset(self._repeated)

    def verdict(
        self, plan: Plan, hits: int, before: Found, after: Found, repeated: frozenset[str]
    ) -> Problem | None:
        """Why the harvest is not complete; None when it is (promise P7).

        Args:
            plan: What was to be fetched.
            hits: The sum of the slices as they were counted when they were fetched.
            before: The total before the first slice.
            after: The total after the last slice.
            repeated: Identifiers that came in several slices and stand for fewer records than came.
        """
        if plan.problem is not None:
            return plan.problem
        if self.problems:
            return self.problems[0]
        if self.refused:
            return Problem("records_refused", {"count": self.refused, "first": self.first_refusal})
        if not before.exact or not after.exact:
            return Problem("total_unknown")
        if before.hits != after.hits:
            return Problem("total_changed", {"before": before.hits, "after": after.hits})
        if hits != before.hits:
            return Problem("sum_differs", {"sum": hits, "total": before.hits})
        if repeated:
            return Problem("records_repeat", {"count": len(repeated), "first": min(repeated)})
        return None
