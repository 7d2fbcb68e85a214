from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.services.availability.breaker import ANSWERING, FIRST_REST, LONGEST_REST

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_one_lost_answer_is_no_silence() -> None:
    assert ANSWERING.failed(NOON).may_ask(NOON)


def test_the_second_in_a_row_is_and_each_rest_is_twice_the_one_before() -> None:
    breaker, rests = ANSWERING.failed(NOON), []
    for _ in range(8):
        breaker = breaker.failed(NOON)
        assert breaker.retry_at is not None
        rests.append(breaker.retry_at - NOON)
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST


def test_it_is_tried_again_after_its_rest() -> None:
    breaker = ANSWERING.failed(NOON).failed(NOON)
    assert not breaker.may_ask(NOON + FIRST_REST - timedelta(microseconds=1))
    assert breaker.may_ask(NOON + FIRST_REST)


@given(st.lists(st.integers(0, 86_400), min_size=1, max_size=60))
def test_silence_counts_from_the_first_lost_answer(pauses: list[int]) -> None:
    breaker, now = ANSWERING, NOON
    for pause in pauses:
        breaker = breaker.failed(now)
        assert breaker.silent_since == NOON
        now += timedelta(seconds=pause)
