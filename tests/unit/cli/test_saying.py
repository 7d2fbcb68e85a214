"""Answers told to people: columns that line up, and nothing that a terminal would obey."""

from __future__ import annotations

from typing import Any

import pytest

from hub.cli.saying import table, told


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "✓"),
        (0.5000, "0.5"),
        (None, ""),
        (["a", 1], "a, 1"),
        ({"a": None, "b": 2}, "a=, b=2"),
        ("红楼梦 é", "红楼梦 é"),
        ("two\nlines\tand\u3000more", "two lines and more"),
        ("\x1b[2Jgone", "\N{REPLACEMENT CHARACTER}[2Jgone"),
        ("\udc80\x9b31m", "\N{REPLACEMENT CHARACTER}" * 2 + "31m"),
        ("turned \u202eround", "turned \N{REPLACEMENT CHARACTER}round"),
    ],
)
def test_values(value: object, shown: str) -> None:
    assert told(value) == shown


def test_columns_line_up_where_characters_take_two() -> None:
    rows: list[dict[str, Any]] = [{"title": "围城", "year": 1947}, {"title": "abc", "year": 1948}]
    _, first, second = table(rows, "zh")
    assert first == "围城  1947"
    assert second == "abc   1948"
