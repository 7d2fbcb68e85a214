"""Keeping count during a harvest, and the verdict at its end.

Owns: which records came already (in this slice, in other slices) and whether the harvest was complete.
Must not: fetch or store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from connectors.harvesting.plan import Found, Problem
from connectors.harvesting.totals import Whole
from connectors.ports import RawRecord

# Records and identifiers are recognised by their hashes: 64 bits under a key that is new in every process.
# Where two are taken for one nevertheless, the figures do not add up, and the harvest is found incomplete.
_fingerprint = hash


class SliceLedger:
    """One slice, possibly in several attempts: what came in an earlier attempt is not handed on again.

    A further attempt goes on after the last record where that can be judged: all records have identifiers of
    their own. Then as many different identifiers as the slice has records prove that all have come, in
    whatever order the target lists them. Otherwise the slice is begun anew, and records that came before are
    recognised by their bytes.
    """

    def __init__(self) -> None:
        self.found = Found(0)  #: the hits of the present attempt
        self.received = 0  #: records of the present attempt
        self.refused = 0  #: of these, diagnostics in a record's place
        self.first_refusal = ""
        self.handed_on = 0  #: records of all attempts
        self._handed_on: Counter[int] = Counter()
        self._expected_again: Counter[int] = Counter()
        self._identifiers: set[str] = set()
        self._alike: set[str] = set()
        self._last = 0
        self._overlap: int | None = None  #: the record that a resumed attempt must bring first
        self._place = 0  #: records that it leaves out
        self._resumes = True

    @property
    def place(self) -> int:
        """Records that the next attempt may leave out; the last one that came is asked for again."""
        countable = self.refused == 0 and len(self._identifiers) == self.received
        return self.received - 1 if self._resumes and countable and self.received > 1 else 0

    def begin_attempt(self) -> int:
        """Start a further attempt; how many records it leaves out."""
        self._place = place = self.place
        if place:
            self._expected_again = Counter((self._last,))
            self._overlap = self._last
            self.received = place
        else:
            self._expected_again = self._handed_on.copy()
            self._overlap = None
            self.received = self.refused = 0
            self._identifiers.clear()
        return place

    def begin_anew(self) -> None:
        """The order of the records cannot be relied on: no attempt leaves anything out from now on."""
        self._resumes = False

    def continues(self, records: Sequence[RawRecord]) -> bool:
        """Whether this batch of a resumed attempt goes on where the attempt before it ended.

        It does not where the first record is not the last one that came, or where any other came before.
        """
        if self._overlap is None:
            return True
        if self.received == self._place:
            if not records or _fingerprint(records[0]) != self._overlap:
                return False
            records = records[1:]
        others = [record.identifier for record in records if record.identifier is not None]
        return len(self._identifiers.union(others)) == len(self._identifiers) + len(records)

    def fresh(self, records: Sequence[RawRecord]) -> tuple[RawRecord, ...]:
        """Take in a batch and return those of it that were not handed on before."""
        fingerprints = list(map(_fingerprint, records))
        if self._are_new(records, fingerprints):
            self.received += len(records)
            self.handed_on += len(records)
            self._handed_on.update(fingerprints)
            self._identifiers.update([one.identifier for one in records if one.identifier is not None])
            self._last = fingerprints[-1] if fingerprints else self._last
            return tuple(records)
        return self._one_by_one(records, fingerprints)

    def _are_new(self, records: Sequence[RawRecord], fingerprints: Sequence[int]) -> bool:
        """Whether a batch is like nearly all: nothing in it came before, twice, or as a refusal."""
        if self._expected_again or any(record.syntax == "diagnostic" for record in records):
            return False
        different = set(fingerprints)
        return len(different) == len(fingerprints) and different.isdisjoint(self._handed_on)

    def _one_by_one(self, records: Iterable[RawRecord], fingerprints: Iterable[int]) -> tuple[RawRecord, ...]:
        new: list[RawRecord] = []
        for record, fingerprint in zip(records, fingerprints, strict=True):
            self.received += 1
            if record.syntax == "diagnostic":
                self.refused += 1
                self.first_refusal = self.first_refusal or record.raw.decode("utf-8", "replace")
            elif record.identifier is not None:
                self._identifiers.add(record.identifier)
            self._last = fingerprint
            if self._expected_again[fingerprint] > 0:
                self._expected_again[fingerprint] -= 1
            else:
                self._handed_on[fingerprint] += 1
                self.handed_on += 1
                if self._handed_on[fingerprint] > 1 and record.identifier is not None:
                    self._alike.add(record.identifier)
                new.append(record)
        return tuple(new)

    @property
    def alike(self) -> frozenset[str]:
        """Identifiers of records that came twice byte for byte, as from a target that does not move on."""
        return frozenset(self._alike)

    def exact(self) -> bool:
        """Whether the last attempt brought what was counted, and nothing else was handed on before it."""
        unchanged = not +self._expected_again
        whole = self.found.exact and self.received == self.found.hits
        return whole and unchanged and self.refused == 0


@dataclass
class Ledger:
    """A whole harvest."""

    problems: list[Problem] = field(default_factory=list)
    refused: int = 0
    first_refusal: str = ""
    _slice_of: dict[int, int] = field(default_factory=dict)
    _repeated: set[str] = field(default_factory=set)
    _slices: int = 0

    def begin_slice(self) -> None:
        """Records that came before and come again now are repeated."""
        self._slices += 1

    def note(self, records: Iterable[RawRecord]) -> None:
        """Remember in which slice each record came; records without an identifier cannot be told apart."""
        named = {hash(one.identifier): one.identifier for one in records if one.identifier is not None}
        if not self._slice_of.keys().isdisjoint(named):
            self._repeated.update(
                identifier
                for key, identifier in named.items()
                if self._slice_of.get(key, self._slices) != self._slices
            )
            named = {key: name for key, name in named.items() if key not in self._slice_of}
        self._slice_of.update(dict.fromkeys(named, self._slices))

    def end_slice(self, name: str, progress: SliceLedger) -> bool:
        """Close a slice; True when it was exact."""
        self.refused += progress.refused
        self._repeated |= progress.alike
        self.first_refusal = self.first_refusal or progress.first_refusal
        exact = progress.exact()
        if not exact and not progress.refused:
            values = {"slice": name, "hits": progress.found.hits, "received": progress.received}
            self.problems.append(Problem("slice_inexact", values))
        return exact

    @property
    def repeated(self) -> frozenset[str]:
        """Identifiers that came in more than one slice, or in one with records alike."""
        return frozenset(self._repeated)

    def verdict(self, whole: Whole, hits: int, after: Found, repeated: frozenset[str]) -> Problem | None:
        """Why the harvest is not complete; None when it is (promise P7).

        Args:
            whole: What was to be fetched, and its total before the first slice.
            hits: The sum of the slices as they were counted when they were fetched.
            after: The total after the last slice.
            repeated: Identifiers that came in several slices and stand for fewer records than came.
        """
        before = whole.total
        if whole.plan.problem is not None:
            return whole.plan.problem
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
