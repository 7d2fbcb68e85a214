"""Dates, numbers and titles as people here write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.web.pages.words import TINTS, Words, tint

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)  # nine in the morning in Nanjing


def words(language: str) -> Words:
    return Words(language, ZoneInfo("Asia/Shanghai"), NOW)


@pytest.mark.parametrize(
    ("instant", "zh", "en"),
    [
        ("2026-11-24T06:30:00+00:00", "今天 14:30", "today 14:30"),
        ("2026-11-24T16:05:00+00:00", "明天 00:05", "tomorrow 00:05"),
        ("2026-11-23T10:00:00+00:00", "昨天 18:00", "yesterday 18:00"),
        ("2026-11-29T01:00:00+00:00", "11月29日（周日）09:00", "Sun 29 Nov 09:00"),
        ("2027-01-01T01:00:00+00:00", "2027年1月1日（周五）09:00", "Fri 1 Jan 2027 09:00"),
    ],
)
def test_a_moment_is_told_in_the_networks_time_without_what_goes_without_saying(
    instant: str, zh: str, en: str
) -> None:
    assert words("zh").moment(instant) == zh
    assert words("en").moment(instant) == en


@pytest.mark.parametrize(
    ("instant", "about"),
    [
        ("2026-11-24T02:00:00+00:00", "today 10:00"),
        ("2026-11-24T02:00:01+00:00", "today 10:30"),
        ("2026-11-24T02:31:57.719716+00:00", "today 11:00"),
        ("2026-11-24T15:40:00+00:00", "tomorrow 00:00"),
    ],
)
def test_a_prediction_is_told_up_to_the_next_half_hour(instant: str, about: str) -> None:
    assert words("en").about(instant) == about


def test_nothing_is_said_of_no_instant() -> None:
    assert words("zh").moment(None) == words("zh").about(None) == words("zh").day(None) == ""


def test_midnight_is_the_end_of_a_day_of_opening() -> None:
    assert words("zh").closing("2026-11-24T16:00:00+00:00") == "24:00"
    assert words("zh").closing("2026-11-24T10:00:00+00:00") == "18:00"


@pytest.mark.parametrize(
    ("title", "volume", "said"),
    [
        ("史记", "3", "史记 · 3"),
        ("史记（三）", "3", "史记（三）"),
        ("史记 3", "3", "史记 3"),
        ("史记", "", "史记"),
        ("史记", None, "史记"),
    ],
)
def test_a_volume_is_not_said_twice(title: str, volume: str | None, said: str) -> None:
    assert words("zh").titled(title, volume) == said


def test_a_title_has_its_own_language() -> None:
    assert words("zh").title_language("rus") == "ru"
    assert words("en").title_language(None) == "en"
    assert words("zh").title_language("xxx") == "zh-Hans"


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert words("en").say_if_known("facets.language_chi", "chi") != "chi"
    assert words("en").say_if_known("facets.language_tlh", "tlh") == "tlh"


def test_an_edition_keeps_its_colour() -> None:
    assert tint("E-ONE") == tint("E-ONE")
    assert {tint(f"E-{number}") for number in range(40)} == set(range(TINTS))
