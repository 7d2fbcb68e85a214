"""Every code of a connector has its words in both languages."""

from __future__ import annotations

import pytest

from connectors.errors import ERROR_CODES, HARVEST_PROBLEMS
from hub.messages.catalogue import messages
from hub.services.harvesting.problems import say_problem, say_stored


@pytest.mark.parametrize("code", sorted({*ERROR_CODES, *HARVEST_PROBLEMS}))
def test_a_code_has_words(code: str) -> None:
    assert f"harvest.{code}" in messages()


def test_the_particulars_follow_the_sentence() -> None:
    assert say_problem("timed_out", {"seconds": 5, "during": None}, "en") == (
        "no answer before the deadline (seconds=5)"
    )


def test_a_stored_problem_is_said_in_either_language() -> None:
    assert say_stored("total_changed: before=3, after=4", "zh") == "收割前后对方的总数不同 (before=3, after=4)"
    assert say_stored("disconnected", "en") == "the peer closed the connection"
