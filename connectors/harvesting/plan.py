"""The harvest plan: divide what is too large, count every part, and see that the parts add up.

``divide`` is a coroutine without I/O: it yields a slice whose hits it wants to know, is sent the answer, and
returns the plan. Whoever drives it asks the target.

Owns: what is fetched in which slices, and whether the parts make the whole.
Must not: fetch, or know a protocol.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
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

    @property
    def hits(self) -> int:
        """The sum of the parts."""
        return sum(part.found.hits for part in self.parts)


Planning: TypeAlias = Generator[Slice, Found, Plan]


def divide(base: Slice, found: Found, keys: Sequence[Key], limit: int) -> Planning:
    """Plan the slice ``base``, which has ``found`` hits, in parts of at most ``limit`` hits.

    Keys are tried in order. A key whose parts do not add up, or that takes too many questions, is given up
    for the next one; a part that its key cannot divide further is divided by the keys after it. What no key
    can divide is fetched whole where its count is exact: the limit is our wish, and the records that come
    will be counted.
    """
    return (yield from _divide(base, found, keys, limit, None))


def _divide(base: Slice, found: Found, keys: Sequence[Key], limit: int, budget: _Budget | None) -> Planning:
    if _fits(found, limit):
        return Plan((Part(base, found),) if found.hits else ())
    best: Plan | None = None
    for index, key in enumerate(keys):
        # Parts of parts spend from the budget of the whole.
        spending = budget or _Budget(found, limit)
        plan = yield from _divide_by(key, base, found, keys[index + 1 :], limit, spending)
        if plan.problem is None:
            return plan
        # Of plans that all fall short, the one that brings most is worth fetching: it harms nobody.
        if best is None or plan.hits > best.hits:
            best = plan
    if found.exact:
        return Plan((Part(base, found),))
    return best or Plan((Part(base, found),), _too_large(base, found, limit))


def _divide_by(
    key: Key, base: Slice, found: Found, others: Sequence[Key], limit: int, budget: _Budget
) -> Planning:
    plans: list[Plan] = []
    too_large = [(base.range_on(key), found)]
    while too_large:
        if budget.spent:
            # Some targets cap every range of a key, however narrow; no number of questions would help.
            return Plan((), Problem("plan_too_long", {"slice": base.name, "questions": budget.most}))
        whole, hits = too_large.pop()
        halves = _halves(whole)
        if not halves:
            plans.append((yield from _divide(base.within(whole), hits, others, limit, budget)))
            continue
        budget.questions += len(halves)
        answers = ((yield base.within(halves[0])), (yield base.within(halves[1])))
        if _contradict(answers, hits):
            # Given up at once: a target that answers anything to anything would be asked for ever.
            values = {"sum": sum(answer.hits for answer in answers), "total": hits.hits}
            return Plan((), Problem("sum_differs", values))
        for half, answer in zip(halves, answers, strict=True):
            if not _fits(answer, limit):
                too_large.append((half, answer))
            elif answer.hits:
                plans.append(Plan((Part(base.within(half), answer),)))
    together = sum(plan.hits for plan in plans)
    if not found.exact or together < found.hits:
        rest = base.within(Lacks(key))
        plans.append((yield from _divide(rest, (yield rest), others, limit, budget)))
    return _joined(plans, found)


class _Budget:
    """Questions that a key may take: enough to find where its values lie, and a good many for each part."""

    def __init__(self, found: Found, limit: int) -> None:
        parts = found.hits // limit if found.exact else _UNKNOWN_PARTS
        self.most = _QUESTIONS_TO_BEGIN + _QUESTIONS_PER_PART * parts
        self.questions = 0

    @property
    def spent(self) -> bool:
        """Whether it is used up."""
        return self.questions > self.most


def _contradict(halves: Sequence[Found], whole: Found) -> bool:
    """Whether two disjoint parts claim more than their whole has."""
    exact = whole.exact and all(half.exact for half in halves)
    return exact and sum(half.hits for half in halves) > whole.hits


def _joined(plans: Sequence[Plan], whole: Found) -> Plan:
    parts = tuple(part for plan in plans for part in plan.parts)
    problem = next((plan.problem for plan in plans if plan.problem is not None), None)
    together = sum(part.found.hits for part in parts)
    if problem is None and whole.exact and together != whole.hits:
        problem = Problem("sum_differs", {"sum": together, "total": whole.hits})
    return Plan(parts, problem)


def _fits(found: Found, limit: int) -> bool:
    return found.exact and found.hits <= limit


def _halves(whole: Range) -> list[Range]:
    """The two halves of a range; nothing when it has only one place."""
    middle = whole.key.between(whole.low, whole.high)
    if middle is None:
        return []
    return [Range(whole.key, whole.low, middle), Range(whole.key, middle, whole.high)]


def _too_large(base: Slice, found: Found, limit: int) -> Problem:
    return Problem("slice_too_large", {"slice": base.name, "hits": found.hits, "limit": limit})
