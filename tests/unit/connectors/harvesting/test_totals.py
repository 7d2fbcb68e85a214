"""What a stated total is worth."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.harvesting.plan import Found
from connectors.harvesting.slices import WHOLE, Outside, Slice
from connectors.harvesting.totals import Doubts, Whole, looks_like_a_cap, weigh
from tests.simulated_target import DAY, YEAR, Book, member_test

BOOKS = [Book(f"b{n:03d}", f"202401{1 + n % 28:02d}", f"{1950 + n % 60}") for n in range(300)]
DOUBTS = Doubts(limit=40)


def weighed(count: Callable[[Slice], Found]) -> Whole:
    questions = weigh(WHOLE, count(WHOLE), [DAY, YEAR], DOUBTS)
    try:
        part = next(questions)
        while True:
            part = questions.send(count(part))
    except StopIteration as stop:
        whole: Whole = stop.value
        return whole


def cut(part: Slice) -> Found:
    hits = sum(map(member_test(part), BOOKS))
    return Found(hits) if hits <= 50 else Found(50, exact=False)


@pytest.mark.parametrize("total", [500, 999, 1000, 2_499, 5000, 9_999, 10_000, 32_767, 65_536, 100_000])
def test_totals_at_which_targets_cut_look_like_caps(total: int) -> None:
    assert looks_like_a_cap(total)


@pytest.mark.parametrize("total", [0, 1, 100, 499, 501, 1_816, 7_000, 12_345, 50_001])
def test_other_totals_do_not(total: int) -> None:
    assert not looks_like_a_cap(total)


def test_a_total_is_derived_from_two_keys_when_nothing_lies_outside() -> None:
    whole = weighed(cut)
    assert whole.plan.problem is None
    assert whole.derived
    assert whole.total == Found(300)


def test_a_record_outside_every_slice_is_heard_though_two_keys_agree() -> None:
    def one_outside(part: Slice) -> Found:
        return Found(1) if any(isinstance(one, Outside) for one in part.conditions) else cut(part)

    problem = weighed(one_outside).plan.problem
    assert problem is not None
    assert (problem.code, problem.values) == ("sum_differs", {"sum": 300, "total": 301})


def test_a_target_that_cannot_be_asked_what_lies_outside_is_judged_by_its_keys() -> None:
    def silent(part: Slice) -> Found:
        refused = any(isinstance(one, Outside) for one in part.conditions)
        return Found.nothing_said() if refused else cut(part)

    assert weighed(silent).total == Found(300)
