from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ill.deadlines import LOAN_DEADLINES, REQUEST_DEADLINES, SUPPLY_DEADLINES, Actor, capped

ENTERED = datetime(2026, 9, 29, tzinfo=UTC)


@pytest.mark.parametrize(("days", "cap", "kept"), [(3, 20, 3), (20, 20, 20), (35, 20, 20)])
def test_a_holiday_never_stretches_a_deadline_beyond_its_cap(days: int, cap: int, kept: int) -> None:
    assert capped(ENTERED + timedelta(days=days), ENTERED, cap) == ENTERED + timedelta(days=kept)


def test_every_clock_names_a_policy_unless_it_follows_the_supply() -> None:
    for rules in (REQUEST_DEADLINES, SUPPLY_DEADLINES, LOAN_DEADLINES):
        for state, rule in rules.items():
            assert (rule.policy == "") == (rule.actor is Actor.SUPPLY), state
            assert rule.cap, state
