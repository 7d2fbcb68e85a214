"""People who err by chance err alike whenever they are asked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hub.kernel.volumes import Volume
from hub.simulation.chances import ANSWERS, FOUND_AGAIN, LEFT_AT_WRONG_STOP, MISLABELLED, ChanceConduct
from hub.simulation.demo.chance import seeded

MANY = 4000
VOLUME = Volume("JLT", "1")
START = datetime(2026, 5, 12, tzinfo=UTC)


@pytest.fixture
def conduct() -> ChanceConduct:
    return ChanceConduct(seeded(1))


def test_the_same_question_has_the_same_answer(conduct: ChanceConduct) -> None:
    again = ChanceConduct(seeded(1))
    asked = [f"S-{number}" for number in range(200)]
    first = {supply: conduct.answer(supply, VOLUME, "JLT") for supply in asked}
    assert first == {supply: again.answer(supply, VOLUME, "JLT") for supply in reversed(asked)}


def test_answers_come_as_often_as_they_should(conduct: ChanceConduct) -> None:
    said = Counter(conduct.answer(f"S-{number}", VOLUME, "JLT") for number in range(MANY))
    for answer, share in ANSWERS:
        assert said[answer] / MANY == pytest.approx(share, abs=0.02)


def test_labels_and_totes_are_mostly_right(conduct: ChanceConduct) -> None:
    wrong = sum(not conduct.is_right(Volume("JLT", str(number))) for number in range(MANY))
    astray = sum(conduct.goes_astray(f"T-{number}", [VOLUME]) for number in range(MANY))
    assert 0 < wrong / MANY < 3 * MISLABELLED
    assert astray / MANY == pytest.approx(LEFT_AT_WRONG_STOP, abs=0.01)


def test_most_missing_volumes_turn_up_and_then_stay_found(conduct: ChanceConduct) -> None:
    found = 0
    for number in range(300):
        volume = Volume("JLT", str(number))
        days = [conduct.turns_up(volume, START, START + timedelta(days=day)) for day in range(20)]
        assert days == sorted(days)
        assert not days[0]
        found += days[-1]
    assert found / 300 == pytest.approx(FOUND_AGAIN, abs=0.08)
