"""The harvest plan: divide what is too large, count every part, and see that the parts add up.

``divide`` is a coroutine without I/O: it yields a slice whose hits it wants to know, is sent the answer, and
returns the plan. Whoever drives it asks the target.

Owns: what is fetched in which slices, and whether the parts make the whole.
Must not: fetch, or know a protocol.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from connectors.harvesting.slices import Key, Lacks, Range, Slice

_QUESTIONS_TO_BEGIN: Final = 250
_QUESTIONS_PER_PART: Final = 20
_UNKNOWN_PARTS: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What a target says about a slice."""

    hits: int
    exact: bool = True  #: False where the number is capped or an estimate
    refused: bool = False  #: the target does not answer this question; the number means nothing

    @classmethod
    def nothing_said(cls) -> Found:
        """The target refused to count."""
        return cls(0, exact=False, refused=True)


@dataclass(frozen=True, slots=True)
class Part:
    """A slice to fetch, with the hits it was planned with."""

    slice: Slice
    found: Found


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is not complete."""

    code: str  #: a key of ``errors.HARVEST_PROBLEMS`` or ``errors.ERROR_CODES``
    values: Mapping[str, object] = field(default_factory=dict)  #: the particulars


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to fetch; with a problem they are known not to be the whole."""

    parts: tuple[Part, ...]
    problem: Problem | None = None
    doubts: tuple[Problem, ...] = ()  #: why keys were given up on the way to this plan

    @property
    def hits(self) -> int:
        """The sum of the parts."""
        return sum(part.found.hits for part in self.parts)


Planning: TypeAlias = Generator[Slice, Found, Plan]


def divide(
    base: Slice, found: Found, keys: Sequence[Key], limit: int, questions: int = _QUESTIONS_TO_BEGIN
) -> Planning:
    """Plan the slice ``base``, which has ``found`` hits, in parts of at most ``limit`` hits.

    Keys are tried in order. A key whose parts do not add up, or that takes too many questions, is given up
    for the next one; a part that its key cannot divide further is divided by the keys after it. What no key
    can divide is fetched whole where its count is exact: the limit is our wish, and the records that come
    will be counted.

    Args:
        base: What is to be divided.
        found: Its hits.
        keys: The keys to divide by, best first.
        limit: The most hits of a part.
        questions: What a key may take to find where its values lie, besides some for each part.
    """
    return (yield from _Division(limit, questions).divide(base, found, tuple(keys), None))


def divide_by(key: Key, base: Slice, found: Found, others: Sequence[Key], limit: int) -> Planning:
    """As ``divide``, by this key and no other; what it cannot divide further is divided by the others."""
    division = _Division(limit, _QUESTIONS_TO_BEGIN)
    return (yield from division.by_key(key, base, found, tuple(others), division.budget(found)))


class _Division:
    def __init__(self, limit: int, questions: int) -> None:
        self._limit = limit
        self._questions = questions

    def budget(self, found: Found) -> _Budget:
        parts = found.hits // self._limit if found.exact else _UNKNOWN_PARTS
        return _Budget(self._questions + _QUESTIONS_PER_PART * parts)

    def fits(self, found: Found) -> bool:
        return found.exact and found.hits <= self._limit

    def divide(self, base: Slice, found: Found, keys: tuple[Key, ...], budget: _Budget | None) -> Planning:
        if self.fits(found):
            return Plan((Part(base, found),) if found.hits else ())
        best: Plan | None = None
        doubts: list[Problem] = []
        for index, key in enumerate(keys):
            # Parts of parts spend from the budget of the whole.
            spending = budget or self.budget(found)
            plan = yield from self.by_key(key, base, found, keys[index + 1 :], spending)
            doubts += plan.doubts
            if plan.problem is None:
                return replace(plan, doubts=tuple(doubts))
            doubts.append(plan.problem)
            # Of plans that all fall short, the one that brings most is worth fetching: it harms nobody.
            if best is None or plan.hits > best.hits:
                best = plan
        if found.exact:
            return Plan((Part(base, found),), doubts=tuple(doubts))
        if best is None:
            best = Plan((Part(base, found),), _too_large(base, found, self._limit))
        return replace(best, doubts=tuple(doubts))

    def by_key(
        self, key: Key, base: Slice, found: Found, others: tuple[Key, ...], budget: _Budget
    ) -> Planning:
        plans: list[Plan] = []
        whole = base.range_on(key)
        too_large = [(whole, found)]
        while too_large:
            if budget.spent:
                # Some targets cap every range of a key, however narrow; no number of questions would help.
                return Plan((), Problem("plan_too_long", {"slice": base.name, "questions": budget.most}))
            part, hits = too_large.pop()
            halves = _halves(part)
            if not halves:
                plans.append((yield from self.divide(base.within(part), hits, others, budget)))
                continue
            budget.questions += len(halves)
            answers = ((yield base.within(halves[0])), (yield base.within(halves[1])))
            doubt = _doubt(base.within(part), answers, hits, covered=part != whole)
            if doubt is not None:
                # Given up at once: a target that answers anything to anything would be asked for ever.
                return Plan((), doubt)
            for half, answer in zip(halves, answers, strict=True):
                if not self.fits(answer):
                    too_large.append((half, answer))
                elif answer.hits:
                    plans.append(Plan((Part(base.within(half), answer),)))
        rest = base.within(Lacks(key))
        lacking = yield rest
        together = sum(plan.hits for plan in plans)
        if not lacking.refused or not found.exact or together != found.hits:
            plans.append((yield from self.divide(rest, lacking, others, budget)))
        return _joined(plans, found)


@dataclass
class _Budget:
    """Questions that a key may take: enough to find where its values lie, and a good many for each part."""

    most: int
    questions: int = 0

    @property
    def spent(self) -> bool:
        """Whether it is used up."""
        return self.questions > self.most


def _doubt(part: Slice, halves: Sequence[Found], whole: Found, *, covered: bool) -> Problem | None:
    """Why these cannot be the halves of this whole; ``covered`` where every record of it has the key."""
    if any(half.refused for half in halves):
        return Problem("query_refused", {"slice": part.name})
    if not (whole.exact and all(half.exact for half in halves)):
        return None
    together = sum(half.hits for half in halves)
    values = {"slice": part.name, "sum": together, "total": whole.hits}
    if together > whole.hits:
        return Problem("total_contradicted", values)
    return Problem("sum_differs", values) if covered and together < whole.hits else None


def _joined(plans: Sequence[Plan], whole: Found) -> Plan:
    parts = tuple(part for plan in plans for part in plan.parts)
    doubts = tuple(doubt for plan in plans for doubt in plan.doubts)
    problem = next((plan.problem for plan in plans if plan.problem is not None), None)
    together = sum(part.found.hits for part in parts)
    if problem is None and whole.exact and together != whole.hits:
        code = "total_contradicted" if together > whole.hits else "sum_differs"
        problem = Problem(code, {"sum": together, "total": whole.hits})
    return Plan(parts, problem, doubts)


def _halves(whole: Range) -> list[Range]:
    """The two halves of a range; nothing when it has only one place."""
    middle = whole.key.between(whole.low, whole.high)
    if middle is None:
        return []
    return [Range(whole.key, whole.low, middle), Range(whole.key, middle, whole.high)]


def _too_large(base: Slice, found: Found, limit: int) -> Problem:
    if found.refused:
        return Problem("query_refused", {"slice": base.name})
    return Problem("slice_too_large", {"slice": base.name, "hits": found.hits, "limit": limit})
