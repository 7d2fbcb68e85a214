"""The plan against targets that exist only as functions from slices to records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.harvesting.plan import Found, Plan, divide
from connectors.harvesting.slices import WHOLE, Key, Slice, since
from tests.simulated_target import DAY, TEXT, YEAR, Book, member_test

BOOKS = st.lists(
    st.builds(
        Book,
        st.text("0123456789abcxyz", min_size=1, max_size=4),
        st.none() | st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)),
        st.none() | st.integers(0, 2100).map("{:04d}".format),
    ),
    max_size=14,
)


def honest(books: Sequence[Book], cap: int | None = None) -> Callable[[Slice], Found]:
    def count(part: Slice) -> Found:
        hits = sum(map(member_test(part), books))
        return Found(hits) if cap is None or hits <= cap else Found(cap, exact=False)

    return count


def planned(
    count: Callable[[Slice], Found], keys: Sequence[Key], limit: int, base: Slice = WHOLE
) -> tuple[Plan, int]:
    """The plan, and how many questions it took."""
    planning = divide(base, count(base), keys, limit)
    questions = 0
    try:
        part = next(planning)
        while True:
            questions += 1
            part = planning.send(count(part))
    except StopIteration as stop:
        plan: Plan = stop.value
        return plan, questions


@settings(max_examples=25, deadline=None)
@given(BOOKS, st.permutations([DAY, YEAR, TEXT]), st.integers(3, 20))
def test_every_book_lies_in_exactly_one_part(books: list[Book], keys: list[Key], limit: int) -> None:
    plan, _ = planned(honest(books), keys, limit)
    assert plan.problem is None
    assert plan.hits == len(books)
    for book in books:
        assert sum(book.lies_in(part.slice) for part in plan.parts) == 1


@settings(max_examples=25, deadline=None)
@given(BOOKS, st.integers(3, 20))
def test_parts_that_a_key_can_divide_are_small_enough(books: list[Book], limit: int) -> None:
    distinct = list({book.number: book for book in books if not book.number.endswith("0")}.values())
    plan, _ = planned(honest(distinct), [TEXT], limit)
    assert all(part.found.hits <= limit for part in plan.parts)


@settings(max_examples=25, deadline=None)
@given(BOOKS, st.integers(1, 20))
def test_a_target_that_caps_its_results_is_divided_until_they_are_exact(books: list[Book], cap: int) -> None:
    distinct = list({book.number: book for book in books if not book.number.endswith("0")}.values())
    plan, _ = planned(honest(distinct, cap), [TEXT], 1000)
    assert plan.problem is None
    assert plan.hits == len(distinct)
    assert all(part.found.exact for part in plan.parts)


def test_a_key_that_lies_is_given_up_for_the_next() -> None:
    books = [Book(f"b{number:02d}", "20240101", f"{1900 + number}") for number in range(50)]

    def count(part: Slice) -> Found:
        hits = honest(books)(part).hits
        says_day = any(condition.key == DAY for condition in part.conditions)
        return Found(hits // 2 if says_day else hits)

    plan, _ = planned(count, [DAY, YEAR], 10)
    assert plan.problem is None
    assert {condition.key for part in plan.parts for condition in part.slice.conditions} == {YEAR}
    assert plan.hits == 50


def test_where_every_key_lies_the_whole_is_fetched_if_its_count_is_exact() -> None:
    def count(part: Slice) -> Found:
        return Found(50 if part == WHOLE else 20)

    plan, questions = planned(count, [DAY, YEAR], 10)
    assert [part.slice for part in plan.parts] == [WHOLE]
    assert questions < 100


def test_where_every_key_lies_and_the_whole_is_capped_the_plan_says_so() -> None:
    plan, _ = planned(lambda part: Found(10, exact=False), [YEAR], 10)
    assert plan.problem is not None
    assert plan.problem.code == "plan_too_long"


def test_a_key_whose_every_range_is_capped_is_given_up_after_some_questions() -> None:
    books = [Book(f"b{number:03d}", None, f"{1900 + number % 90}") for number in range(500)]

    def count(part: Slice) -> Found:
        by_text = any(condition.key == TEXT for condition in part.conditions)
        return Found(99, exact=False) if by_text else honest(books)(part)

    plan, questions = planned(count, [TEXT, YEAR], 100)
    assert plan.problem is None
    assert plan.hits == 500
    assert questions < 500


def test_many_records_of_one_day_are_divided_by_the_next_key() -> None:
    books = [Book(f"b{number:03d}", "20240101", f"{1900 + number % 90}") for number in range(500)]
    plan, _ = planned(honest(books, 100), [DAY, YEAR], 100)
    assert plan.problem is None
    assert plan.hits == 500
    assert max(part.found.hits for part in plan.parts) <= 100


def test_the_number_of_questions_stays_small() -> None:
    books = [
        Book(f"b{number:05d}", f"2024{1 + number % 12:02d}{1 + number % 28:02d}", None)
        for number in range(2000)
    ]
    _, questions = planned(honest(books), [DAY], 200)
    assert questions < 80


def test_a_changed_part_is_divided_within_its_bounds() -> None:
    books = [Book(f"b{number:03d}", f"202401{1 + number % 28:02d}", None) for number in range(280)]
    base = since(DAY, date(2024, 1, 10))
    plan, _ = planned(honest(books), [DAY], 40, base)
    assert plan.problem is None
    assert plan.hits == sum(book.lies_in(base) for book in books)
    assert len(plan.parts) > 4
