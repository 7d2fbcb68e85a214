"""What an edition's page says of how fresh its states are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.web.pages.live_states import can_ask, state_sentence, with_states
from hub.web.pages.words import Words

WORDS = Words("zh", ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 24, 4, tzinfo=UTC))


def now(*states: str) -> dict[str, Any]:
    """An answer in which library number N answered in the Nth of these ways."""
    sources = [
        {"library": f"L{number}", "state": state, "as_of": f"2026-11-{10 + number}", "age": f"{number} 天前"}
        for number, state in enumerate(states)
    ]
    return {"sources": sources, "items": [], "libraries": []}


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (("live", "recent"), "各馆均已实时回应。"),
        (("live", "stored", "no_state"), "1 馆实时回应，2 馆为已有记录。"),
        (("live", "late", "resting", "stored"), "1 馆实时回应，3 馆为已有记录（其中 2 馆未能回应）。"),
        (("late", "failed", "stored"), "各馆均未能回应，以下为已有记录。"),
        (("no_state", "stored"), "以下为0 天前的记录。"),
        (("not_asked", "not_asked"), "以下为0 天前的记录。"),
        ((), ""),
    ],
)
def test_the_sentence_counts_libraries(states: tuple[str, ...], sentence: str) -> None:
    assert state_sentence(WORDS, now(*states)) == sentence


def test_somebody_can_be_asked_when_somebody_was_not() -> None:
    assert can_ask(now("stored", "not_asked"))
    assert not can_ask(now("stored", "late"))


def test_a_copy_that_came_meanwhile_is_shown_as_it_was_found() -> None:
    item = {
        "owner": "JLT", "barcode": "J1", "status": "on_loan", "status_name": "已借出", "available": False,
        "due": "2026-12-01T15:59:00+00:00",
    }  # fmt: skip
    state = {
        "owner": "JLT", "barcode": "J2", "status": "available", "status_name": "在架可借", "available": True,
        "due": None, "label": "实时", "said": "",
    }  # fmt: skip
    holding = {"node": "JLT", "items": [item, {**item, "barcode": "J2"}], "available": 0}
    answer = {
        "items": [state], "libraries": [{"node": "JLT", "label": "实时"}], "sources": [],
    }  # fmt: skip
    (shown,) = with_states([holding], answer)
    assert [(one["status"], one["due"], one["label"]) for one in shown["items"]] == [
        ("on_loan", "2026-12-01", ""),
        ("available", None, "实时"),
    ]
    assert (shown["available"], shown["label"]) == (1, "实时")
