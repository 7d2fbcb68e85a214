"""What the target's total is worth, and the plan that follows from it.

A stated total may be a cap in disguise: a thousand where there are fifty thousand, without a word. So it is
confirmed by dividing it once, and the parts must add up. Where it is capped, the total is derived from slices
that were counted exactly and of which it is shown that nothing lies outside of them.

Like ``plan`` this is coroutines without I/O: they yield a slice and are sent its hits.

Owns: whether a total is believed. Must not: fetch, or know a protocol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from connectors.harvesting.plan import Found, Plan, Planning, Problem, divide, divide_by
from connectors.harvesting.slices import Key, Outside, Slice

_QUESTIONS_TO_CONFIRM: Final = 60
_FIRST_USUAL_CAP: Final = 500
_LEADING_DIGITS: Final = ("1", "2", "25", "3", "4", "5")
_TRIES: Final = 3
_MOST_OUTSIDE: Final = 200  # conditions in one query


@dataclass(frozen=True, slots=True)
class Whole:
    """What is to be fetched, and how many records it has before the first is fetched."""

    plan: Plan
    total: Found
    derived: bool = False  #: the total is the sum of the parts; the target itself does not say it


Weighing: TypeAlias = Generator[Slice, Found, Whole]


def looks_like_a_cap(total: int) -> bool:
    """Whether a number of records is one at which targets are wont to cut their results."""
    if total < _FIRST_USUAL_CAP:
        return False
    return any(
        str(number).rstrip("0") in _LEADING_DIGITS or number & (number - 1) == 0
        for number in (total, total + 1)
    )


@dataclass(frozen=True, slots=True)
class Doubts:
    """How far a target is trusted."""

    limit: int  #: records in one slice
    confirm_from: int = 100  #: smaller totals are believed: no target cuts its results so short
    suspect: Callable[[int], bool] = looks_like_a_cap  #: totals that are not believed unless confirmed


def weigh(base: Slice, found: Found, keys: Sequence[Key], doubts: Doubts) -> Weighing:
    """Find out how many records ``base`` has, of which the target says ``found``, and plan them."""
    answers = _Answers()
    whole = Whole(Plan(()), found)
    for _ in range(_TRIES):
        judged = answers.judged(found)
        if judged.exact:
            whole = yield from _stated(base, judged, keys, doubts, answers)
        else:
            whole = yield from _derived(base, judged, keys, doubts, answers)
        if whole.plan.problem is None:
            break
        cap = answers.likely_cap(found, whole.plan.doubts)
        if cap is None or (answers.cap is not None and cap >= answers.cap):
            break
        answers.cap = cap
    return whole


class _Answers:
    """What the target said so far; no slice is asked for twice. From ``cap`` on no count is believed."""

    def __init__(self) -> None:
        self.cap: int | None = None
        self._known: dict[Slice, Found] = {}

    def judged(self, found: Found) -> Found:
        """The answer as far as it is believed."""
        if self.cap is not None and found.hits >= self.cap:
            return replace(found, exact=False)
        return found

    def ask(self, part: Slice) -> Generator[Slice, Found, Found]:
        """The hits of a slice."""
        if part not in self._known:
            self._known[part] = yield part
        return self.judged(self._known[part])

    def drive(self, planning: Planning) -> Generator[Slice, Found, Plan]:
        """A plan whose questions are answered from here."""
        try:
            part = next(planning)
            while True:
                part = planning.send((yield from self.ask(part)))
        except StopIteration as stop:
            plan: Plan = stop.value
            return plan

    def likely_cap(self, whole: Found, doubts: Sequence[Problem]) -> int | None:
        """The number above which the target seems to count no further."""
        contradicted = [doubt.values["total"] for doubt in doubts if doubt.code == "total_contradicted"]
        if contradicted:
            return min(int(str(total)) for total in contradicted)
        counts = Counter(found.hits for found in self._known.values() if found.exact)
        largest = max(counts, default=0)
        return largest if 1 < largest < whole.hits and counts[largest] > 1 else None


def _stated(base: Slice, found: Found, keys: Sequence[Key], doubts: Doubts, answers: _Answers) -> Weighing:
    """The stated total, when it may be believed; a plan with a problem when it may not."""
    plan = yield from answers.drive(divide(base, found, keys, doubts.limit))
    if len(plan.parts) > 1 or found.hits < doubts.confirm_from:
        return Whole(plan, found)
    trial = plan
    if found.hits <= doubts.limit:
        # Divided at all, the parts must add up; then the whole is fetched as one slice.
        trial = yield from answers.drive(divide(base, found, keys, found.hits - 1, _QUESTIONS_TO_CONFIRM))
        if len(trial.parts) > 1:
            return Whole(plan, found)
    plan = replace(plan, doubts=trial.doubts)
    contradiction = next((doubt for doubt in trial.doubts if doubt.code == "total_contradicted"), None)
    if contradiction is not None:
        plan = replace(plan, problem=contradiction)
    elif doubts.suspect(found.hits):
        plan = replace(plan, problem=Problem("total_suspect", {"total": found.hits}))
    return Whole(plan, found)


def _derived(base: Slice, found: Found, keys: Sequence[Key], doubts: Doubts, answers: _Answers) -> Weighing:
    """The sum of exact slices that provably hold everything; a plan with a problem when there are none."""
    best: Plan | None = None
    for key in keys:
        others = [other for other in keys if other != key]
        plan = yield from answers.drive(divide_by(key, base, found, others, doubts.limit))
        if plan.problem is None:
            problem = yield from _holds_everything(plan, base, found, keys, doubts, answers)
            if problem is None:
                return Whole(plan, Found(plan.hits), derived=True)
            plan = replace(plan, problem=problem)
        if best is None or plan.hits > best.hits:
            best = plan
    if best is None:
        best = Plan((), Problem("total_unknown"))
    return Whole(best, found, derived=True)


def _holds_everything(
    plan: Plan, base: Slice, found: Found, keys: Sequence[Key], doubts: Doubts, answers: _Answers
) -> Generator[Slice, Found, Problem | None]:
    """Why something may lie outside a plan; None where nothing does.

    Two witnesses: nothing is found outside its parts, where the target answers such a question, and keys of
    which the plan makes no use give the same sum.
    """
    slices = tuple(part.slice for part in plan.parts)
    outside = Found.nothing_said()
    if sum(len(part.conditions) for part in slices) <= _MOST_OUTSIDE:
        outside = yield from answers.ask(base.within(Outside(slices)))
    if not outside.refused and outside != Found(0):
        return Problem("sum_differs", {"sum": plan.hits, "total": plan.hits + outside.hits})
    used = {key for part in slices for key in part.keys}
    unused = [key for key in keys if key not in used]
    for key in unused:
        others = [other for other in unused if other != key]
        second = yield from answers.drive(divide_by(key, base, found, others, doubts.limit))
        if second.problem is None:
            values = {"sum": plan.hits, "total": second.hits}
            return None if second.hits == plan.hits else Problem("sum_differs", values)
    return Problem("total_unconfirmed", {"sum": plan.hits})
