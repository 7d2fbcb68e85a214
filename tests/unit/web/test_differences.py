"""What the page of a doubtful pair marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pages.coordination.differences import compared


def test_equal_differing_and_missing_facts_are_told_apart() -> None:
    lines = {
        line.name: line
        for line in compared(
            {"title": "倾城之恋", "isbns": ["9787991001278"], "year": 2024, "series": "丛书"},
            {"title": "倾城之恋", "isbns": ["9787991001285"], "year": 2024, "series": None},
        )
    }
    assert {name: line.kind for name, line in lines.items()} == {
        "title": "equal",
        "isbns": "differs",
        "year": "equal",
        "series": "missing",
    }
    assert lines["series"].second == ()


def test_what_neither_says_is_left_out() -> None:
    assert compared({"series": "", "pages": None}, {"series": None}) == []


@given(st.text(min_size=1), st.text(min_size=1))
def test_marking_loses_nothing(first: str, second: str) -> None:
    (line,) = compared({"title": first}, {"title": second})
    assert "".join(text for text, _ in line.first) == first
    assert "".join(text for text, _ in line.second) == second
    marked = any(mark for _, mark in (*line.first, *line.second))
    assert marked == (first != second)
