"""Whatever a target does, a harvest brings every record once and says complete, or says that it is not."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.errors import HARVEST_PROBLEMS
from connectors.harvesting.driver import harvest
from connectors.harvesting.patience import Budget, Patience, Timing
from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    HarvestEvent,
    HarvestOrder,
    RawRecord,
    SliceDone,
)
from tests.simulated_target import DAY, TEXT, YEAR, Book, SimulatedTarget

DAYS = st.none() | st.sampled_from(["20091231", "20100101", "20240229", "20240301", "20240302", "20251231"])
YEARS = st.none() | st.sampled_from(["0000", "1899", "1949", "1978", "1999", "2000", "2024"])
BOOKS = st.lists(
    st.builds(Book, st.none() | st.text("019abz", min_size=1, max_size=3), DAYS, YEARS), max_size=20
)
KEYS = st.lists(st.sampled_from([DAY, YEAR, TEXT]), unique=True)
CAPS = st.none() | st.sampled_from([5, 10])


async def no_wait(seconds: float) -> None:
    del seconds


def a_multiple_of_five(total: int) -> bool:
    return total % 5 == 0


def patience(limit: int, **others: object) -> Patience:
    return replace(
        Patience(limit, confirm_from=4, suspect=a_multiple_of_five),
        **others,  # type: ignore[arg-type]  # fields by their names
    )


def events(
    target: SimulatedTarget, allowed: Patience, order: HarvestOrder | None = None
) -> list[HarvestEvent]:
    async def run() -> list[HarvestEvent]:
        told = harvest(
            target, order or HarvestOrder(), allowed, Timing(no_wait, clock=lambda: float(target.requests))
        )
        return [event async for event in told]

    return asyncio.run(run())


def brought(told: list[HarvestEvent]) -> Counter[RawRecord]:
    return Counter(record for event in told if isinstance(event, Fetched) for record in event.records)


def problem(told: list[HarvestEvent]) -> str | None:
    last = told[-1]
    assert isinstance(last, Finished)
    assert last.problem in {None, "disconnected", *HARVEST_PROBLEMS}
    return last.problem


def whole(target: SimulatedTarget) -> Counter[RawRecord]:
    return Counter(book.record for book in target.books)


TARGETS = st.builds(
    SimulatedTarget,
    books=BOOKS,
    understood=KEYS,
    cap=CAPS,
    says_cap=st.booleans(),
    hides=st.none()
    | st.tuples(st.sampled_from([DAY, YEAR, TEXT]), st.frozensets(st.integers(0, 20), max_size=6)),
    understands_outside=st.booleans(),
    breaks=st.frozensets(st.integers(1, 80), max_size=12),
    shuffles=st.booleans(),
    # Two lies that cancel each other out, a cap without a word and a key that hides just the records beyond
    # it, cannot be told from the truth by any question.
).filter(lambda target: target.hides is None or target.cap is None or target.says_cap)


@settings(max_examples=150, deadline=None)
@given(TARGETS, st.integers(2, 8))
@example(
    # A cap without a word, and the only key cannot divide what lies on one day.
    SimulatedTarget([Book(f"a{n}", "20240101", None) for n in range(12)], (DAY,), cap=10, says_cap=False),
    12,
)
def test_a_harvest_that_says_complete_has_brought_every_record_once(
    target: SimulatedTarget, limit: int
) -> None:
    told = events(target, patience(limit))
    if problem(told) is None:
        assert brought(told) == whole(target)
    else:
        assert not brought(told) - whole(target), "nothing is invented, and nothing comes twice"


@settings(max_examples=60, deadline=None)
@given(BOOKS, KEYS, st.integers(2, 20), st.frozensets(st.integers(1, 120), max_size=30), st.booleans())
def test_an_honest_target_is_harvested_whole_through_any_breaks(
    books: list[Book], keys: list[object], limit: int, breaks: frozenset[int], shuffles: bool
) -> None:
    target = SimulatedTarget(books, tuple(keys), breaks=breaks, shuffles=shuffles)  # type: ignore[arg-type]
    told = events(target, replace(patience(limit, attempts=40), suspect=lambda total: False))
    assert problem(told) is None
    assert brought(told) == whole(target)
    assert [event.total for event in told if isinstance(event, Counted)] == [len(books)] * 2
    assert all(event.exact for event in told if isinstance(event, SliceDone))


@pytest.mark.parametrize(("books", "said"), [(0, None), (30, "total_contradicted")])
def test_a_target_is_empty_only_if_no_key_finds_anything(books: int, said: str | None) -> None:
    held = [Book(f"b{n:03d}", f"202401{1 + n % 28:02d}", None) for n in range(books)]
    target = SimulatedTarget(held, (DAY, YEAR), denies_everything=True)
    told = events(target, patience(40))
    assert problem(told) == said
    assert not brought(told) - whole(target)


@pytest.mark.parametrize("says_cap", [True, False])
def test_a_capped_total_is_derived_where_two_keys_agree(says_cap: bool) -> None:
    books = [Book(f"b{n:03d}", f"202401{1 + n % 28:02d}", f"{1950 + n % 60}") for n in range(300)]
    target = SimulatedTarget(books, (DAY, YEAR), cap=50, says_cap=says_cap)
    told = events(target, patience(40))
    assert problem(told) is None
    assert [event.total for event in told if isinstance(event, Counted)] == [300, 300]
    assert brought(told) == whole(target)


@pytest.mark.parametrize(
    ("keys", "hides", "said"),
    [
        ((DAY,), frozenset(), "total_unconfirmed"),
        ((DAY, YEAR), frozenset({7}), "sum_differs"),
        ((), frozenset(), "total_unknown"),
    ],
)
def test_a_capped_total_that_cannot_be_derived_is_said(
    keys: tuple[object, ...], hides: frozenset[int], said: str
) -> None:
    books = [Book(f"b{n:03d}", f"202401{1 + n % 28:02d}", f"{1950 + n % 60}") for n in range(300)]
    target = SimulatedTarget(books, keys, cap=50, hides=(DAY, hides))  # type: ignore[arg-type]
    assert problem(events(target, patience(40))) == said


def test_a_break_is_resumed_where_it_was() -> None:
    books = [Book(f"b{n:03d}", None, None) for n in range(100)]
    target = SimulatedTarget(books, (), breaks=frozenset({20, 30}), batch=5)
    told = events(target, replace(patience(1000), suspect=lambda total: False))
    assert problem(told) is None
    assert brought(told) == whole(target)
    assert target.requests < 20 + 2 * 3 + 5, "what came before a break is not fetched again"


def test_a_slice_that_always_breaks_off_is_fetched_in_pieces() -> None:
    class Frail(SimulatedTarget):
        """Cannot deliver more than ten records of one result."""

        async def _deliver(self, books: list[Book]):  # type: ignore[no-untyped-def]  # as the one it overrides
            async for batch in super()._deliver(books[:6]):
                yield batch
            if len(books) > 6:
                self.breaks = frozenset({self.requests + 1})
                self._request()

    books = [Book(None, f"202401{1 + n % 28:02d}", None) for n in range(60)]
    target = Frail(books, (DAY,))
    told = events(target, patience(100, suspect=lambda total: False))
    assert problem(told) is None
    assert brought(told) == whole(target)


@pytest.mark.parametrize("budget", [Budget(records=40), Budget(requests=30), Budget(seconds=40)])
def test_a_budget_ends_a_run_and_the_next_one_goes_on(budget: Budget) -> None:
    books = [Book(f"b{n:03d}", f"202401{1 + n % 28:02d}", None) for n in range(200)]
    done: set[str] = set()
    came: Counter[RawRecord] = Counter()
    for run in range(60):
        target = SimulatedTarget(books, (DAY, TEXT), batch=10)
        told = events(
            target, replace(patience(100, budget=budget), chunk=10), HarvestOrder(done_slices=frozenset(done))
        )
        done |= {event.slice for event in told if isinstance(event, SliceDone) and event.exact}
        came |= brought(told)
        said = problem(told)
        if said is None:
            assert run > 0
            break
        assert said == "budget_spent"
    assert said is None
    assert came == Counter(book.record for book in books)
