from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.harvesting.ledger import Ledger, SliceLedger
from connectors.harvesting.plan import Found, Plan, Problem
from connectors.harvesting.totals import Whole
from connectors.ports import RawRecord


def records(*names: str) -> list[RawRecord]:
    return [RawRecord(f"content of {name}".encode(), name) for name in names]


def fresh(ledger: SliceLedger, *names: str) -> list[str | None]:
    return [record.identifier for record in ledger.fresh(records(*names))]


def test_a_second_attempt_hands_on_only_what_is_new_in_any_order() -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    assert fresh(ledger, "a", "b", "c") == ["a", "b", "c"]
    ledger.begin_anew()
    assert ledger.begin_attempt() == 0
    assert fresh(ledger, "d", "c") == ["d"]
    assert fresh(ledger, "a", "b") == []
    ledger.found = Found(4)
    assert ledger.exact()


def test_an_attempt_goes_on_after_what_came_and_asks_for_the_last_record_again() -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    fresh(ledger, "a", "b", "c")
    assert ledger.begin_attempt() == 2
    assert ledger.continues(records("c", "d"))
    assert not ledger.continues(records("d", "c"))
    assert not ledger.continues([])
    assert fresh(ledger, "c", "d") == ["d"]
    ledger.found = Found(4)
    assert ledger.exact()


@pytest.mark.parametrize("batch", [("c", "a"), ("c", "d", "d")])
def test_a_record_that_came_before_shows_that_the_order_is_another(batch: tuple[str, ...]) -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    fresh(ledger, "a", "b", "c")
    ledger.begin_attempt()
    assert not ledger.continues(records(*batch))


@pytest.mark.parametrize("names", [("a", "a"), ("a",), ()])
def test_a_slice_is_begun_anew_where_its_records_cannot_be_told_apart(names: tuple[str, ...]) -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    fresh(ledger, *names)
    assert ledger.begin_attempt() == 0


def test_records_that_are_twice_in_a_slice_come_twice() -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    assert fresh(ledger, "a", "a") == ["a", "a"]
    ledger.begin_attempt()
    assert fresh(ledger, "a", "a", "a") == ["a"]


def test_a_record_that_does_not_come_again_makes_the_slice_inexact() -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    fresh(ledger, "a", "b")
    ledger.begin_anew()
    ledger.begin_attempt()
    fresh(ledger, "a", "c")
    assert ledger.received == 2
    ledger.found = Found(2)
    assert not ledger.exact()


@pytest.mark.parametrize(
    ("found", "exact"), [(Found(2), True), (Found(3), False), (Found(2, exact=False), False)]
)
def test_a_slice_is_exact_when_what_was_counted_came(found: Found, exact: bool) -> None:
    ledger = SliceLedger()
    ledger.begin_attempt()
    fresh(ledger, "a", "b")
    ledger.found = found
    assert ledger.exact() is exact


def filled(*slices: tuple[str, ...]) -> Ledger:
    ledger = Ledger()
    for names in slices:
        ledger.begin_slice()
        progress = SliceLedger()
        progress.begin_attempt()
        ledger.note(progress.fresh(records(*names)))
        progress.found = Found(len(names))
        ledger.end_slice("slice", progress)
    return ledger


def refusing() -> Ledger:
    ledger = Ledger()
    progress = SliceLedger()
    progress.begin_attempt()
    progress.fresh([RawRecord(b"14 system error", None, syntax="diagnostic")])
    progress.found = Found(1)
    ledger.end_slice("slice", progress)
    return ledger


@pytest.mark.parametrize(
    ("ledger", "plan", "hits", "before", "after", "code"),
    [
        (filled, Plan(()), 3, Found(3), Found(3), None),
        (filled, Plan((), Problem("slice_too_large")), 3, Found(3), Found(3), "slice_too_large"),
        (filled, Plan(()), 3, Found(3), Found(4), "total_changed"),
        (filled, Plan(()), 2, Found(3), Found(3), "sum_differs"),
        (filled, Plan(()), 3, Found(3, exact=False), Found(3), "total_unknown"),
        (refusing, Plan(()), 1, Found(1), Found(1), "records_refused"),
    ],
)
def test_the_verdict(
    ledger: Callable[[], Ledger], plan: Plan, hits: int, before: Found, after: Found, code: str | None
) -> None:
    problem = ledger().verdict(Whole(plan, before), hits, after, frozenset())
    assert (problem.code if problem else None) == code


def test_records_in_two_slices_are_repeated_and_those_in_one_when_they_are_alike() -> None:
    assert filled(("a", "b", "a"), ("c",)).repeated == {"a"}
    progress = SliceLedger()
    progress.begin_attempt()
    progress.fresh(
        [RawRecord(b"one", "a"), RawRecord(b"another", "a"), RawRecord(b"x", None), RawRecord(b"x", None)]
    )
    assert progress.alike == frozenset()
    ledger = filled(("a", "b"), ("b", "c"))
    assert ledger.repeated == {"b"}
    problem = ledger.verdict(Whole(Plan(()), Found(4)), 4, Found(4), ledger.repeated)
    assert problem == Problem("records_repeat", {"count": 1, "first": "b"})
