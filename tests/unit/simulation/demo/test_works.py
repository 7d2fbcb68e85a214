from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from hub.simulation.demo.publishing import LATEST_YEAR
from hub.simulation.demo.works.reading import works

WORKS = works()


def test_there_are_at_least_400_works() -> None:
    assert len(WORKS) >= 400


def test_no_work_is_there_twice() -> None:
    names = Counter((work.title, work.by[0].name) for work in WORKS)
    assert [name for name, times in names.items() if times > 1] == []
    assert len({work.key for work in WORKS}) == len(WORKS)


@pytest.mark.parametrize(
    ("title", "pinyin"),
    [
        ("红楼梦", "hong lou meng"),
        ("水浒传", "shui hu zhuan"),
        ("曾国藩", "zeng guo fan"),
        ("朝花夕拾", "zhao hua xi shi"),
        ("都柏林人", "du bo lin ren"),
        ("儿女英雄传", "er nü ying xiong zhuan"),
    ],
)
def test_polyphonic_characters_are_read_rightly(title: str, pinyin: str) -> None:
    assert next(work for work in WORKS if work.title == title).pinyin == pinyin


def test_pinyin_has_a_syllable_for_each_chinese_character() -> None:
    wrong = [
        (work.title, work.pinyin)
        for work in WORKS
        if work.title.isalpha()
        and all("\u4e00" <= character <= "\u9fff" for character in work.title)
        and len(work.pinyin.split()) != len(work.title)
    ]
    assert wrong == []


def test_every_kind_of_work_is_there() -> None:
    assert {work.clc[0] for work in WORKS} >= set("BCDFGHIKNOPQT")
    assert {work.original.language for work in WORKS if work.original} >= {"eng", "fre", "ger", "jpn", "rus"}


def test_years_leave_room_for_an_edition() -> None:
    assert all(1949 <= work.since <= LATEST_YEAR - 2 for work in WORKS)
    assert datetime(LATEST_YEAR, 12, 31, tzinfo=UTC) < datetime(2026, 6, 1, tzinfo=UTC)
