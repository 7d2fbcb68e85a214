from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.index.embedded.queries import compiled
from hub.index.query.box import parsed, years_in
from hub.index.query.loosening import loosened
from hub.index.query.planning import planned
from hub.index.query.tree import (
    Beginning,
    Both,
    Everything,
    Exactly,
    Field,
    Question,
    Without,
    Words,
    Years,
    spoken,
)

ANY = Field.ANY


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("红楼梦 曹雪芹", Words(ANY, "红楼梦 曹雪芹")),
        ("title:红楼梦", Words(Field.TITLE, "红楼梦")),
        ("题名： 红楼梦", Words(Field.TITLE, "红楼梦")),
        ("题名:“红楼 梦”", Exactly(Field.TITLE, "红楼 梦")),
        ("comput* science", Both((Words(ANY, "science"), Beginning(ANY, "comput")))),
        ("红楼 -研究", Both((Words(ANY, "红楼"), Without(Words(ANY, "研究"))))),
        ("-研究", Both((Everything(), Without(Words(ANY, "研究"))))),
        ("self-help", Words(ANY, "self-help")),
        ("year:1990-2000", Years(1990, 2000)),
        ("year:next", Words(ANY, "year next")),
        ("Python: an introduction", Words(ANY, "Python an introduction")),
        ('"unfinished', Exactly(ANY, "unfinished")),
        ("7-02-000220-X", Words(ANY, "7-02-000220-X")),
    ],
)
def test_the_box_reads(typed: str, question: Question) -> None:
    assert parsed(typed) == question


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("1996", Years(1996, 1996)), ("1990-2000", Years(1990, 2000)), ("1990—2000", Years(1990, 2000)),
        ("1990-", Years(1990, None)), ("-1949", Years(None, 1949)), ("-", None), ("19", None), ("199x", None),
    ],
)  # fmt: skip
def test_years(typed: str, years: Years | None) -> None:
    assert years_in(typed) == years


@given(st.text(max_size=200))
@example('title:"' * 25)
@example("*" * 200)
@example("a* " * 60)
@example("-" * 100)
@example("[a-z]*  (.*)* \\d{9}*")
@example("title:title:title:")
def test_whatever_is_typed_becomes_a_query(typed: str) -> None:
    question = parsed(typed)
    compiled(planned(question))
    compiled(loosened(spoken(question)))


def test_what_is_excluded_is_not_spoken() -> None:
    assert spoken(parsed('红楼 -研究 title:"梦" year:1990')) == "红楼 梦"
