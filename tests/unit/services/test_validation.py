"""What is wrong with an input: every field at once, in both languages, with the remedy."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import AwareDatetime, Field

from hub.services.operations import Input
from hub.services.validation import InvalidInput, validated


class Colour(StrEnum):
    RED = "red"


class Everything(Input):
    name: str = Field(min_length=2, max_length=4)
    number: int = Field(default=5, ge=1, le=9)
    share: float = Field(default=0.5, gt=0, lt=1)
    at: AwareDatetime | None = None
    yes: bool = False
    colour: Colour = Colour.RED
    kind: Literal["a", "b"] = "a"
    code: str = Field(default="A1", pattern=r"^[A-Z]\d$")
    inner: Inner | None = None


class Inner(Input):
    depth: int


Everything.model_rebuild()


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({}, "name", "required"),
        ({"name": "abc", "colur": "red"}, "colur", "no such field"),
        ({"name": "a"}, "name", "at least 2"),
        ({"name": "abcde"}, "name", "at most 4"),
        ({"name": 7}, "name", "text"),
        ({"name": "abc", "number": 0}, "number", "at least 1"),
        ({"name": "abc", "number": 10}, "number", "at most 9"),
        ({"name": "abc", "number": "many"}, "number", "whole number"),
        ({"name": "abc", "number": 1.5}, "number", "whole number"),
        ({"name": "abc", "share": 0}, "share", "0"),
        ({"name": "abc", "share": 1}, "share", "1"),
        ({"name": "abc", "at": "tomorrow"}, "at", "2026-11-24T09:30:00+08:00"),
        ({"name": "abc", "at": "2026-11-24T09:30:00"}, "at", "zone"),
        ({"name": "abc", "yes": "perhaps"}, "yes", "true or false"),
        ({"name": "abc", "colour": "blue"}, "colour", "red"),
        ({"name": "abc", "kind": "c"}, "kind", "a"),
        ({"name": "abc", "code": "1A"}, "code", "match"),
        ({"name": "abc", "inner": {"depth": "x"}}, "inner.depth", "whole number"),
        ({"name": "abc", "inner": 5}, "inner", ""),
    ],
)
def test_each_wrong_field_is_named_with_its_remedy(data: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Everything, data)
    (problem,) = caught.value.problems("en")
    assert problem["field"] == field
    assert words in problem["problem"]
    (chinese,) = caught.value.problems("zh")
    assert chinese["field"] == field
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese["problem"])
    assert field in caught.value.say("en")


def test_all_wrong_fields_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Everything, {"number": 0, "yes": "?", "kind": "z"})
    assert {problem["field"] for problem in caught.value.problems("zh")} == {"name", "number", "yes", "kind"}


def test_what_is_right_becomes_a_value() -> None:
    value = validated(Everything, {"name": " abc ", "at": "2026-11-24T09:30:00+08:00"})
    assert isinstance(value, Everything)
    assert value.name == "abc"
    assert isinstance(value.at, datetime)
