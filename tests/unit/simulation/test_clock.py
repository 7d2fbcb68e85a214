"""The clock that somebody sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.simulation.clock import SettableClock, SimulatedSleeper, strikes_between

EIGHT = datetime(2026, 5, 12, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_never_runs_backwards() -> None:
    clock = SettableClock(EIGHT)
    assert clock.set(EIGHT + MINUTE) == EIGHT + MINUTE
    assert clock.set(EIGHT) == EIGHT + MINUTE
    assert clock.now() == EIGHT + MINUTE


def test_let_go_it_passes_as_a_real_clock_does_and_can_still_be_set() -> None:
    clock, real = SettableClock(EIGHT), SettableClock(EIGHT + timedelta(days=99))
    clock.run_on(real.now)
    real.advance(MINUTE)
    assert clock.now() == EIGHT + MINUTE
    clock.set(EIGHT + 10 * MINUTE)
    real.advance(MINUTE)
    assert clock.now() == EIGHT + 11 * MINUTE


async def test_a_simulated_sleep_moves_the_clock() -> None:
    clock = SettableClock(EIGHT)
    await SimulatedSleeper(clock).sleep(90)
    assert clock.now() == EIGHT + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("before", "after", "strikes"),
    [(0, 0, False), (0, 59, False), (0, 60, True), (59, 60, True), (60, 61, False), (30, 200, True)],
)
def test_full_hours_strike(before: int, after: int, strikes: bool) -> None:
    assert strikes_between(EIGHT + before * MINUTE, EIGHT + after * MINUTE) is strikes
